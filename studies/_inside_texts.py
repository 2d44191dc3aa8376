"""What the pictures and ratings of `inside.py` show, item by item."""

# What the pictures of the full profile show; written from looking at them.
SEEN: dict[str, str] = {
    "R14": (
        "Before the ReLU the 32 maps of the convolution are the digit again: in most as a negative (violet), in "
        "some as itself (orange), and in others by its edges, one side of a slanted stroke orange and the other "
        "violet, as the 1 shows best. The ReLU takes the violet away, which leaves a third of the maps nearly "
        "empty. After pooling, at 12 × 12, the digit can still be read in half of the maps. Of the error, a 6 "
        "that is taken for a 5, the maps show an open bowl and a long stroke above, and no closed loop."
    ),
    "R15": (
        "Most of the 32 images are gratings: stripes two to four pixels apart, in all directions, since a "
        "unit of `dense_1` sees 6 × 6 pixels and no whole digit. Filters 0, 2, 10, 22 and 28 want thicker "
        "strokes, 3 to 5, 13 and 24 a bright ground with thin lines, 25 a grey one. Five look like noise (1, 6, "
        "18, 20, 26). Of the layer's units the first 32 are shown."
    ),
    "R16": (
        "For most digits the evidence lies on strokes: the upper tip of the 1, the end of the 2's bottom stroke, "
        "the bottom of the 3, the upper ends of the 4, the bar of the 5, the crossing of the 8, the hole of the "
        "9. Part of it lies beside them on black: along the 7's stem two pixels to its right, left of the 6's "
        "stem, below the 2. The values are small: dense layers on each place take most of a filter's mean away, and "
        "with the maps of `activation_2`, the last ReLU, 26 % of 1,000 test images show no evidence at all (here 1 %). "
        "For the 6 that is taken for a 5 it is the end of the upper stroke at the right, where the 5 has its "
        "bar; the least confident image, a 0 with a blot beside it, is told by its right side."
    ),
    "R17": (
        "`conv2d_1`, 28 × 28, before its ReLU: every filter shows the line, as itself, as a negative, or as one "
        "of its edges, on a ground that its bias makes orange or violet. `conv2d_2`, the first convolution of "
        "the angle's branch, 9 × 9 after pooling: hardly a map is plain, and what is orange and what is violet "
        "changes with the angle, as 60 and 120 degrees show. The least confident image and the error are short "
        "thin lines of 15 degrees in the lower right corner, of which a handful of cells see anything."
    ),
    "R18": (
        "No lines, but textures of colour and direction: stripes in the rhythm of the 3 × 3 pooling in front "
        "(3, 6, 21, 26, 27), diagonals (11, 17, 20), much magenta, which is red and blue (0 to 2, 18, 25). Filters "
        "5, 9, 14, 15 and 22 want a plain dark or blue ground with something at the border. The green that no image "
        "has is in many of them: on lines of red and blue nothing trains the weights of that channel, and they stay "
        "as they were drawn. Of the layer's 64 filters the first 32 are shown."
    ),
    "heatmaps": (
        "Grad-CAM, long lines: the evidence for 15 px covers the line and one pixel around it. Short lines have "
        "none: for '7 px' nothing but the bias speaks, and it is the want of length that decides. For the width a "
        "thick line is bright inside, a thin one here and there; where the line is thin the ground gives a "
        "constant. The angle is read off one or both edges, the colour off some pixels of the line. The error takes "
        "a short thin line in a corner, 15 degrees, for one of 0 (75 %). Integrated gradients stay on the line's own "
        "pixels and, with a black start, cannot but do so; their signs change from pixel to pixel, and for short "
        "lengths most are negative."
    ),
    "quality": (
        "Every bar is met but one: ScoreCAM points at the line in 0.89 of the images, not 0.95, for the length head "
        "in 0.75. Without distractors the image itself would pass every test of place (1.00), so these count with "
        "distractors only, where it has 0.52 of its energy on the line. Checks that methods fail, by the bar of 0.4 "
        "for single heads: Grad-CAM++ the randomisation check on every head without distractors, as others found "
        "too (0.49 to 0.72: much of the map is the line under any weights), ScoreCAM for the width without and the "
        "angle with distractors (0.47, 0.49), Grad-CAM for the length (0.58, 0.55), where half of its maps have no "
        "evidence and do not count. SmoothGrad fails class sensitivity: the size of a gradient is the same for both "
        "levels of a two-level head (1.00); Grad-CAM++ and ScoreCAM for the angle have much of it (0.82 and more, 0.69 "
        "and more). Energy is low for Grad-CAM++ and SmoothGrad (0.09 to 0.25), whose maps have a ground. The length "
        "head is the hardest for all, as 7 px is the absence of a longer line: removing pixels, strongest first, does "
        "not harm it (no method's deletion is clearly below that of the uniform map). Tried for occlusion, which needs "
        "0.75 of its energy on the line: squares of 5 × 5 with the mean over all that hide a pixel 0.48, of 3 × 3 so "
        "0.59 (64 images), of 5 × 5 with the loss at the square's place 0.59 (96 images), of 3 × 3 so 0.76, which is "
        "the method now. Grad-CAM at the last ReLU of each branch, 9 × 9 cells, had an energy of 0.32 and pointed "
        "right in 0.47 of 256 images; at the ReLU of 28 × 28, the method's default now, it had 0.63 and 0.86. Tried "
        "for ScoreCAM, on 256 images of a net of the same settings, where it points right in 0.89: maps scaled to 0 "
        "to 1 before they are added up 0.92, weights that are the gains' positive part 0.93, a softmax of the "
        "negative distance to the whole image's score 0.93 (0.94 with scaled maps), of gains in units of their "
        "spread with scaled maps 0.95, but with half the energy on the line (0.20 for 0.40). None is better all "
        "round, and the method stays as published."
    ),
}
