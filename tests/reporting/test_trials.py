"""The pictures of a trial: what they show, and what they cost."""

import io
import time

import numpy as np
import pytest
from matplotlib import pyplot
from PIL import Image

from lineclf.reporting._trials import _confusion_figure, _curves_figure, draw_trials

HEADS = {
    "length": ["7", "15"],
    "width": ["1", "3"],
    "angle": [str(15 * i) for i in range(12)],
    "color": ["red", "blue"],
}


def history(epochs=8):
    rng = np.random.default_rng(0)
    names = ["loss", "joint_accuracy", *(f"{head}_{kind}" for head in HEADS for kind in ("loss", "accuracy"))]
    return {f"{side}{name}": rng.random(epochs).tolist() for side in ("", "val_") for name in names}


def test_a_head_has_one_colour_and_each_curve_its_values():
    curves = history()
    accuracy, loss = _curves_figure([curves]).axes
    for axes, kind in ((accuracy, "accuracy"), (loss, "loss")):
        drawn = [line.get_ydata().tolist() for line in axes.lines]
        assert sorted(drawn) == sorted(values for name, values in curves.items() if name.endswith(kind))
    colors = [{line.get_label(): line.get_color() for line in axes.lines} for axes in (accuracy, loss)]
    assert {head: colors[0][head] for head in HEADS} == {head: colors[1][head] for head in HEADS}
    assert len({colors[0][head] for head in HEADS}) == len(HEADS)
    labels = [text.get_text() for text in accuracy.get_legend().get_texts()]
    assert labels == ["joint", "length", "width", "angle", "color"]


@pytest.mark.parametrize(
    "curves", [{"loss": [1.0]}, {"loss": [float("nan"), 1.0], "accuracy": [0.5, 0.25]}, {"learning_rate": [0.1]}]
)
def test_odd_histories_are_drawn_too(curves, tmp_path):
    figure = _curves_figure([curves])
    figure.savefig(tmp_path / "curves.png")
    drawn = sum(len(axes.lines) for axes in figure.axes)
    assert drawn == sum(name.endswith(("loss", "accuracy")) for name in curves)


@pytest.mark.parametrize("labels", [["7", "15"], HEADS["angle"], ["a very long level", "another one", "x"]])
def test_every_count_and_label_can_be_read(labels):
    rng = np.random.default_rng(0)
    matrix = rng.integers(1, 9999, (len(labels), len(labels))).tolist()
    figure = _confusion_figure("angle", matrix, labels)
    figure.savefig(io.BytesIO())  # puts everything in its place
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == [str(count) for row in matrix for count in row]
    assert str(sum(map(sum, matrix))) in axes.get_title()
    around = [axes.title, axes.xaxis.label, axes.yaxis.label, *axes.get_xticklabels(), *axes.get_yticklabels()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in [*axes.texts, *around]]
    for i, (text, box) in enumerate(boxes):
        assert min(box.x0, box.y0) >= 0, text
        assert box.x1 <= figure.bbox.x1, text
        assert box.y1 <= figure.bbox.y1, text
        assert [other for other, its in boxes[:i] if box.overlaps(its)] == [], text


def test_curves_are_the_mean_over_the_trials_that_have_them():
    histories = [{"loss": [4.0, 2.0, 1.0], "val_loss": [3.0]}, {"loss": [2.0, float("nan")]}]
    (loss,) = (axes for axes in _curves_figure(histories).axes if axes.get_ylabel() == "loss")
    drawn = {line.get_linestyle(): line.get_ydata().tolist() for line in loss.lines}
    assert drawn == {"-": [3.0, 2.0, 1.0], "--": [3.0]}


def test_all_pictures_of_a_cell_take_little_time_and_no_window():
    before = pyplot.get_fignums()  # others' that are still open
    confusion = {head: np.arange(len(labels) ** 2).reshape(len(labels), -1).tolist() for head, labels in HEADS.items()}
    for _ in range(2):  # the first pays for matplotlib's import
        clock = time.process_time()
        pictures = draw_trials(confusion, HEADS, [history(), history()])
    assert time.process_time() - clock < 4  # half a second on a machine of its own
    assert pyplot.get_fignums() == before
    assert pictures.keys() == {*(f"confusion/{head}.png" for head in HEADS), "curves.png"}
    for png in pictures.values():
        with Image.open(io.BytesIO(png)) as picture:
            picture.load()
