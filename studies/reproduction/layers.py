"""A net's layers, read from the Keras model: a table beside the report's, and a picture of the graph."""

import math
from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from lineclf.reporting import markdown_table, png
from lineclf.runs import load_estimator

_WIDTH, _HEIGHT = 0.86, 0.62  # of a box; columns and rows are 1 apart
_COLORS = {"Conv2D": "#56B4E9", "Dense": "#E69F00", "BatchNormalization": "#CCE5D8", "MaxPooling2D": "#F3D9E6"}


class Layer(NamedTuple):
    """A layer: its name, class, output shape without the images' axis, parameters, and the layers it takes."""

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    not_trainable: int
    inputs: tuple[str, ...]


def read_layers(architecture):
    """Build a net and return its layers, every one after those that it takes.

    Parameters
    ----------
    architecture : Architecture

    Returns
    -------
    list of Layer
    """
    import keras

    model = load_estimator(architecture.build, dict(architecture.arguments))
    maker = {id(layer.output): layer.name for layer in model.layers}
    layers = []
    for layer in model.layers:
        inputs = [maker[id(tensor)] for tensor in keras.tree.flatten(layer.input)]
        fixed = sum(math.prod(weight.shape) for weight in layer.non_trainable_weights)
        layers.append(
            Layer(
                layer.name,
                type(layer).__name__,
                tuple(layer.output.shape[1:]),
                layer.count_params(),
                int(fixed),
                tuple(name for name in inputs if name != layer.name),  # an input layer is its own
            )
        )
    return layers


def outputs_of(layers):
    """Return the names of the layers that no other one takes, in order."""
    taken = {name for layer in layers for name in layer.inputs}
    return [layer.name for layer in layers if layer.name not in taken]


def layers_table(layers, reported):
    """Return the lines of a table of a net's layers beside the report's, and what both come to.

    Parameters
    ----------
    layers : list of Layer
    reported : tuple of (str, tuple of int, int)
        As of :class:`Architecture`.
    """
    theirs = {name: (shape, parameters) for name, shape, parameters in reported}
    order = {name: i for i, name in enumerate(theirs)}  # others before if they are inputs, else behind
    rows = [["layer", "class", "takes", "output shape", "parameters", "the report"]]
    same = 0
    for layer in sorted(layers, key=lambda layer: order.get(layer.name, len(order) if layer.inputs else -1)):
        own, listed = (layer.shape, layer.parameters), theirs.pop(layer.name, None)
        same += own == listed
        cells = [_shape(layer.shape), f"{layer.parameters:,}"]
        said = "not listed" if listed is None else f"{_shape(listed[0])}; {listed[1]:,}"
        rows.append([layer.name, layer.kind, ", ".join(layer.inputs), *cells, "the same" if own == listed else said])
    total, fixed = (sum(getattr(layer, name) for layer in layers) for name in ("parameters", "not_trainable"))
    text = (
        f"{same} of the report's {len(reported)} layers are here with the same output shape and parameters. In all "
        f"{total:,} parameters, {total - fixed:,} trainable and {fixed:,} not."
    )
    if theirs:
        text += f" Not here: {', '.join(theirs)}."
    return [*markdown_table(rows).split("\n"), "", text]


def _shape(shape):
    return " × ".join(map(str, shape))


def place(layers):
    """Return where each layer stands in the picture: name → (column, row).

    A row is the longest way from an input. A column is the mean of the outputs' ones that a layer leads to, so shared
    layers stand in the middle.
    """
    outputs = outputs_of(layers)
    rows: dict[str, int] = {}
    for layer in layers:
        rows[layer.name] = 1 + max((rows[name] for name in layer.inputs), default=-1)
    reaches = {layer.name: {layer.name} & set(outputs) for layer in layers}
    for layer in reversed(layers):
        for name in layer.inputs:
            reaches[name] |= reaches[layer.name]
    column = {name: sum(map(outputs.index, reached)) / len(reached) for name, reached in reaches.items()}
    return {name: (column[name], row) for name, row in rows.items()}


def architecture_figure(layers):
    """Draw a net: a box a layer, with its output shape and parameters, an arrow from each layer that it takes.

    Parameters
    ----------
    layers : list of Layer

    Returns
    -------
    bytes
        PNG.
    """
    places = place(layers)
    n_columns, n_rows = (1 + max(math.ceil(spot[i]) for spot in places.values()) for i in range(2))
    figure = Figure(figsize=(2.15 * n_columns, 0.52 * n_rows), dpi=110)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(-0.5, n_columns - 0.5)
    axes.set_ylim(n_rows - 0.5, -0.5)
    axes.axis("off")
    for layer in layers:
        x, y = places[layer.name]
        box = FancyBboxPatch(
            (x - _WIDTH / 2, y - _HEIGHT / 2),
            _WIDTH,
            _HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor=_COLORS.get(layer.kind, "white"),
            edgecolor="0.35",
            linewidth=0.8,
        )
        axes.add_patch(box)
        text = _shape(layer.shape) + (f" · {layer.parameters:,} parameters" if layer.parameters else "")
        axes.text(x, y - 0.13, layer.name, ha="center", va="center", fontsize=7.5, weight="bold")
        axes.text(x, y + 0.15, text, ha="center", va="center", fontsize=6.5)
        for name in layer.inputs:
            start, row = places[name]
            axes.annotate(
                "",
                (x, y - _HEIGHT / 2),
                (start, row + _HEIGHT / 2),
                arrowprops={"arrowstyle": "->", "color": "0.35", "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0},
            )
    return png(figure)
