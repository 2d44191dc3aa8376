"""The nets against the report's own tables."""

import keras
import numpy as np
import pytest

from lineclf import nets

HEADS = {"length": 2, "width": 2, "angle": 12, "color": 2}

# Output shape and parameters of every layer, as the report prints them (its section 7.1).
REPORT_TABLE = {
    "input_1": ((28, 28, 3), 0),
    "conv2d_1": ((28, 28, 32), 896),
    "activation_1": ((28, 28, 32), 0),
    "batch_normalization_1": ((28, 28, 32), 128),
    "max_pooling2d_1": ((9, 9, 32), 0),
    "dropout_1": ((9, 9, 32), 0),
    "conv2d_2": ((9, 9, 64), 18496),
    "activation_2": ((9, 9, 64), 0),
    "batch_normalization_2": ((9, 9, 64), 256),
    "conv2d_3": ((9, 9, 64), 36928),
    "conv2d_4": ((9, 9, 32), 9248),
    "conv2d_5": ((9, 9, 32), 9248),
    "conv2d_6": ((9, 9, 32), 9248),
    "activation_3": ((9, 9, 64), 0),
    "activation_4": ((9, 9, 32), 0),
    "activation_5": ((9, 9, 32), 0),
    "activation_6": ((9, 9, 32), 0),
    "batch_normalization_3": ((9, 9, 64), 256),
    "batch_normalization_4": ((9, 9, 32), 128),
    "batch_normalization_5": ((9, 9, 32), 128),
    "batch_normalization_6": ((9, 9, 32), 128),
    "max_pooling2d_2": ((4, 4, 64), 0),
    "max_pooling2d_3": ((4, 4, 32), 0),
    "max_pooling2d_4": ((4, 4, 32), 0),
    "max_pooling2d_5": ((4, 4, 32), 0),
    "dropout_2": ((4, 4, 64), 0),
    "dropout_3": ((4, 4, 32), 0),
    "dropout_4": ((4, 4, 32), 0),
    "dropout_5": ((4, 4, 32), 0),
    "flatten_1": ((1024,), 0),
    "flatten_2": ((512,), 0),
    "flatten_3": ((512,), 0),
    "flatten_4": ((512,), 0),
    "dense_1": ((12,), 12300),
    "dense_2": ((1,), 513),
    "dense_3": ((1,), 513),
    "dense_4": ((1,), 513),
    "angle_output": ((12,), 0),
    "color_output": ((1,), 0),
    "length_output": ((1,), 0),
    "width_output": ((1,), 0),
}


def test_multi_head_cnn_is_the_reports_net_layer_by_layer():
    model = nets.multi_head_cnn((28, 28, 3), HEADS)
    table = {layer.name: (tuple(layer.output.shape[1:]), layer.count_params()) for layer in model.layers}
    assert table == REPORT_TABLE
    assert nets.count_parameters(model) == (98_927, 98_415, 512)
    assert [output.shape[-1] for output in model.outputs] == [1, 1, 12, 1]


@pytest.mark.parametrize(
    ("shape", "n_classes", "kernel_size", "parameters"),
    [((28, 28, 1), 10, 5, 1_509_322), ((28, 28, 1), 10, 7, 1_274_570), ((28, 28, 3), 96, 7, 11_933_536)],
)
def test_one_layer_cnn_has_the_reports_parameters(shape, n_classes, kernel_size, parameters):
    model = nets.one_layer_cnn(shape, n_classes, kernel_size=kernel_size)
    assert nets.count_parameters(model) == (parameters, parameters - 64, 64)


def test_compact_cnn_has_fewer_than_100_000_parameters_on_both_data_sets():
    assert nets.count_parameters(nets.compact_cnn((28, 28, 1), 10)) == (88_474, 87_994, 480)
    assert nets.count_parameters(nets.compact_cnn((28, 28, 3), 96)) == (95_664, 95_184, 480)


def test_compact_cnn_may_have_an_output_for_each_head():
    model = nets.compact_cnn((20, 20, 3), {"a": 2, "b": 5})
    assert [(name, output.shape[-1]) for name, output in zip(model.output_names, model.outputs, strict=True)] == [
        ("a_output", 1),
        ("b_output", 5),
    ]


OPTIONS: list[dict] = [
    {"pooling": "average"},
    {"pooling": "stride"},
    {"depth": 3},
    {"kernel_size": 5},
    {"filters": 3},
    {"batch_norm": False},
    {"l2": 0.1},
    {"dropout": 0.9},
]
COMPACT_ALONE: list[dict] = [{"residual": True}, {"symmetry": "p4m", "filters": 4}]


@pytest.mark.parametrize(
    ("build", "options"),
    [
        *((build, options) for build in ("multi", "one", "compact") for options in OPTIONS),
        *(("compact", options) for options in COMPACT_ALONE),
    ],
    ids=str,
)
def test_every_option_changes_the_net_and_keeps_its_outputs(build, options):
    def make(**kwargs):
        if build == "multi":
            return nets.multi_head_cnn((12, 14, 3), {"a": 2, "b": 5}, **kwargs)
        if build == "compact":
            return nets.compact_cnn((20, 20, 3), 5, **kwargs)
        return nets.one_layer_cnn((20, 22, 3), 5, units=6, **kwargs)

    plain, model = make(), make(**options)
    assert model.get_config() != plain.get_config()
    assert [output.shape for output in model.outputs] == [output.shape for output in plain.outputs]
    images = np.random.default_rng(0).random((2, *model.input_shape[1:]), dtype=np.float32)
    for p in keras.tree.flatten(model(images)):
        p = np.asarray(p)
        np.testing.assert_allclose(p.sum(axis=1) if p.shape[1] > 1 else 1, 1, rtol=1e-5)


def test_seeds_go_by_layer_name():
    """Another head, or another dropout, leaves the other layers' initial weights as they were."""
    one = nets.multi_head_cnn((9, 9, 1), {"a": 4}, seed=3)
    two = nets.multi_head_cnn((9, 9, 1), {"a": 4, "b": 2}, seed=3, dropout=0.0)
    other = nets.multi_head_cnn((9, 9, 1), {"a": 4}, seed=4)
    for name in ("conv2d_1", "conv2d_2", "dense_1"):
        kernel = one.get_layer(name).kernel.numpy()
        np.testing.assert_array_equal(kernel, two.get_layer(name).kernel.numpy())
        assert not np.array_equal(kernel, other.get_layer(name).kernel.numpy())


def test_joint_accuracy_counts_samples_with_every_head_right():
    model = nets.multi_head_cnn((9, 9, 1), {"a": 2, "b": 3}, dropout=0.0)
    model.compile(
        optimizer="sgd",
        loss=[nets.head_loss("crossentropy", n) for n in (1, 3)],
        metrics=[[nets.head_accuracy(n)] for n in (1, 3)],
    )
    rng = np.random.default_rng(0)
    X = rng.random((50, 9, 9, 1), dtype=np.float32)
    y = [rng.integers(0, 2, 50), rng.integers(0, 3, 50)]
    scores = model.evaluate(X, y, verbose=0, return_dict=True)
    a, b = model.predict(X, verbose=0)
    right = np.column_stack([(a[:, 0] > 0.5) == y[0], b.argmax(axis=1) == y[1]])
    assert scores["joint_accuracy"] == pytest.approx(right.all(axis=1).mean())
    assert scores["a_output_accuracy"] == pytest.approx(right[:, 0].mean())
    assert scores["b_output_accuracy"] == pytest.approx(right[:, 1].mean())
