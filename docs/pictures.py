"""Draws the pictures of the README: `python docs/pictures.py`."""

from pathlib import Path

from matplotlib.figure import Figure

from lineclf.datasets import CORRUPTIONS, class_index, corrupt, make_lines

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


def draw_corruptions(path):
    """Draw lines clean and under every corruption: a column a corruption, a row a severity."""
    X, y = make_lines(n_per_class=1, shuffle=False, random_state=1154)  # the first seed with all ten off the border
    # long and short, thin and thick, red and blue in turn, so that every pair of levels is somewhere
    picked = [[k % 2, (k + 1) // 2 % 2, (5 * k + 1) % 12, (k + k // 4) % 2] for k in range(len(CORRUPTIONS))]
    images = [X[class_index(y) == index] for index in class_index(picked)]
    figure = Figure(figsize=(9.6, 6.2), dpi=100)
    axes = figure.subplots(6, len(CORRUPTIONS), gridspec_kw={"wspace": 0.06, "hspace": 0.06})
    figure.subplots_adjust(left=0.09, right=0.995, top=0.93, bottom=0.005)
    for column, (name, clean) in enumerate(zip(CORRUPTIONS, images, strict=True)):
        rows = [clean, *(corrupt(clean, name, severity, random_state=column) for severity in range(1, 6))]
        for ax, (image,) in zip(axes[:, column], rows, strict=True):
            ax.imshow(image, interpolation="nearest")
            ax.set(xticks=[], yticks=[])
        axes[0, column].set_title(name.replace("-", "\n"), fontsize=10)
    for ax, label in zip(axes[:, 0], ["clean", *(f"severity {severity}" for severity in range(1, 6))], strict=True):
        ax.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=10)
    figure.savefig(path)


def draw_forest(path):
    """Draw what the first example of ``ablations.md`` finds."""
    page = (FOLDER / "ablations.md").read_text(encoding="utf-8")
    names: dict = {}
    exec(page.partition("```python\n")[2].partition("```")[0], names)
    names["ablation"].plot().figure_.savefig(path, dpi=100)


if __name__ == "__main__":
    draw_classes(FOLDER / "classes.png")
    draw_corruptions(FOLDER / "corruptions.png")
    draw_forest(FOLDER / "forest.png")
