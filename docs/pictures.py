"""Draws the pictures of the README: `python docs/pictures.py`."""

from pathlib import Path

from matplotlib.figure import Figure

from lineclf.datasets import class_index, make_lines

FOLDER = Path(__file__).parent


def draw_classes(path):
    """Draw one image of each of the 96 classes: a row a length, width and colour, a column an angle."""
    X, y = make_lines(n_per_class=1, shuffle=False, random_state=1)
    images = dict(zip(class_index(y).tolist(), X, strict=True))
    figure = Figure(figsize=(9.6, 6.6), dpi=100)
    axes = figure.subplots(8, 12, gridspec_kw={"wspace": 0.06, "hspace": 0.06})
    figure.subplots_adjust(left=0.15, right=0.995, top=0.95, bottom=0.005)
    rows = [(length, width, color) for length in range(2) for width in range(2) for color in range(2)]
    for i, (length, width, color) in enumerate(rows):
        for angle in range(12):
            ax = axes[i, angle]
            ax.imshow(images[int(class_index([[length, width, angle, color]])[0])], interpolation="nearest")
            ax.set(xticks=[], yticks=[])
            if i == 0:
                ax.set_title(f"{15 * angle}°", fontsize=10)
        name = f"{(7, 15)[length]} × {(1, 3)[width]} px\n{('red', 'blue')[color]}"
        axes[i, 0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=10)
    figure.savefig(path)


if __name__ == "__main__":
    draw_classes(FOLDER / "classes.png")
