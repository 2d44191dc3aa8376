"""Layers read from a Keras model, their table beside the report's, and where they stand in the picture."""

import runpy
from pathlib import Path

import keras
import pytest

from lineclf.nets import count_parameters
from lineclf.runs import load_estimator
from reproduction import Architecture
from reproduction.layers import architecture_figure, layers_table, outputs_of, place, read_layers

STUDY = runpy.run_path(str(Path(__file__).parents[2] / "studies" / "reproduce.py"))["STUDY"]
ITEMS = {item.name: item for item in STUDY.items if item.architecture}
HEADS = {"R8": {"length": 2, "width": 2, "angle": 12, "color": 2}, "R13": {"digit": 10}}


def test_the_items_with_layers_are_those_of_the_reports_sections():
    assert ITEMS.keys() == HEADS.keys()
    for item in ITEMS.values():
        assert "layers" in item.shows


@pytest.mark.parametrize("name", HEADS)
def test_the_architecture_is_that_of_the_model_that_was_trained(name):
    item = ITEMS[name]
    layers = read_layers(item.architecture)
    estimator = load_estimator(item.models[0].estimator, dict(item.models[0].settings))
    model = estimator._build_network(item.architecture.arguments["input_shape"], HEADS[name], 0)
    assert [(layer.name, layer.shape) for layer in layers] == [
        (layer.name, tuple(layer.output.shape[1:])) for layer in model.layers
    ]
    totals = count_parameters(model)
    assert sum(layer.parameters for layer in layers) == totals[0] == item.figures["parameters"]
    assert sum(layer.not_trainable for layer in layers) == totals[2] == item.figures["parameters_not_trainable"]


@pytest.mark.parametrize("name", HEADS)
def test_every_layer_of_the_reports_table_is_there(name):
    item = ITEMS[name]
    *table, _, text = layers_table(read_layers(item.architecture), item.architecture.layers)
    n = len(item.architecture.layers)
    assert sum(line.endswith("| the same |") for line in table) == n
    assert text.startswith(f"{n} of the report's {n} layers are here")
    assert f"{item.figures['parameters']:,} parameters" in text
    assert "Not here" not in text
    assert sum(parameters for *_, parameters in item.architecture.layers) == item.figures["parameters"]


def small_net(units):
    """Two inputs, a shared layer, an output of each kind: behind another layer, and at once."""
    one, two = keras.Input((4,), name="one"), keras.Input((4,), name="two")
    both = keras.layers.Concatenate(name="both")([one, two])
    shared = keras.layers.Dense(units, name="shared")(both)
    deep = keras.layers.Dense(2, name="deep")(keras.layers.BatchNormalization(name="norm")(shared))
    return keras.Model([one, two], [deep, keras.layers.Dense(1, name="shallow")(shared)])


@pytest.fixture
def layers():
    return read_layers(Architecture("tests.studies.test_layers:small_net", {"units": 3}, ()))


def test_layers_are_read_with_what_they_take(layers):
    known = {layer.name: layer for layer in layers}
    assert known["both"].inputs == ("one", "two")
    assert known["one"].inputs == ()
    assert known["shared"].parameters == 8 * 3 + 3
    assert (known["norm"].parameters, known["norm"].not_trainable) == (12, 6)
    assert known["deep"].shape == (2,)
    assert set(outputs_of(layers)) == {"deep", "shallow"}


def test_differences_from_a_reported_table_are_said(layers):
    *table, _, text = layers_table(layers, (("shared", (3,), 28), ("norm", (3,), 12), ("pool", (1,), 0)))
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in table}
    assert lines["shared"].endswith("| 3; 28 |")
    assert lines["norm"].endswith("| the same |")
    assert lines["deep"].endswith("| not listed |")
    assert text.startswith("1 of the report's 3 layers are here")
    assert text.endswith("Not here: pool.")


def test_an_arrow_always_leads_down_and_shared_layers_stand_between_their_outputs(layers):
    for found in (layers, read_layers(ITEMS["R8"].architecture)):
        places = place(found)
        assert len(set(places.values())) == len(found) - sum(not layer.inputs for layer in found) + len(
            {places[layer.name] for layer in found if not layer.inputs}
        )
        for layer in found:
            for name in layer.inputs:
                assert places[name][1] < places[layer.name][1]
    places = place(layers)
    columns = sorted(places[name][0] for name in outputs_of(layers))
    assert columns == [0, 1]
    assert places["shared"][0] == 0.5
    assert places["shared"] == (0.5, 2)


def test_the_picture_is_a_png(layers):
    assert architecture_figure(layers).startswith(b"\x89PNG")
