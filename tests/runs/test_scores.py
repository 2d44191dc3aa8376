"""Flat metrics of a trial: unseen levels, errors in units, memory."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.metrics import circular_mae, head_log_loss, joint_accuracy_score
from lineclf.runs._memory import peak_memory
from lineclf.runs._scores import label_scores, probability_scores, seen_scores, unit_errors

HEADS = ["length", "width", "angle", "color"]


def test_a_head_tested_on_unseen_levels_has_no_probability_scores_and_the_others_count():
    rng = np.random.default_rng(0)
    y = np.column_stack([rng.integers(0, 2, 50), np.full(50, 2), rng.integers(0, 3, 50), rng.integers(0, 2, 50)])
    classes = [np.arange(2), np.arange(2), np.arange(3), np.arange(2)]
    proba = [rng.dirichlet(np.ones(len(known)), 50) for known in classes]
    scores = probability_scores("test", y, proba, classes, HEADS)
    assert {name.rpartition("_")[2] for name in scores} == {"length", "angle", "color"}
    assert (
        scores["test_log_loss_angle"] == head_log_loss(y[:, 2], proba[2], heads=["angle"], labels=[[0, 1, 2]])["angle"]
    )

    predicted = y.copy()
    predicted[:, 1], predicted[:10, 2] = 0, 5
    train = np.column_stack([y[:, 0], np.zeros(50, int), y[:, 2:]])
    assert seen_scores(train, y, predicted) == {"test_joint_accuracy_seen": pytest.approx(0.8)}
    assert seen_scores(y, y, predicted) == {}
    assert seen_scores(y[:, 0], y[:, 0], predicted[:, 0]) == {}


def test_more_levels_than_the_default_world_has():
    y = np.array(list(np.ndindex(3, 4, 24, 2)))
    labels = {head: range(n) for head, n in zip(HEADS, (3, 4, 24, 2), strict=True)}
    scores = label_scores("test", y, y, labels)
    assert scores["test_f1_macro"] == scores["test_joint_accuracy"] == joint_accuracy_score(y, y) == 1


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23), st.integers(0, 14)), min_size=1, max_size=20))
def test_without_probabilities_the_level_itself_is_the_answer(rows):
    true, said, length = np.array(rows).T
    y, predicted = (np.column_stack([length, length, angle, length]) for angle in (true, said))
    degrees = [7.5 * step for step in range(24)]
    errors = unit_errors(y, predicted, {"length": range(5, 20), "width": None, "angle": degrees, "color": None})
    assert errors["test_mae_length"] == 0
    assert (
        errors["test_mae_angle"]
        == errors["test_mae_level_angle"]
        == pytest.approx(circular_mae(7.5 * true, 7.5 * said))
    )
    assert "test_mae_width" not in errors


def test_probabilities_answer_between_the_levels_and_round_the_circle():
    trained, y = np.arange(0, 24, 2), np.array([[23]])  # every 15°, tested at 172.5°
    proba = np.zeros((1, 12))
    proba[0, [0, 11]] = 0.5  # 0° or 165°
    errors = unit_errors(y, np.array([[22]]), {"angle": 7.5 * np.arange(24)}, [proba], [trained])
    assert errors == {"test_mae_angle": pytest.approx(0), "test_mae_level_angle": 7.5}
    errors = unit_errors(np.array([[2]]), y[:1] * 0, {"length": [5, 6, 9]}, [np.array([[0.25, 0.75]])], [[0, 1]])
    assert errors == {"test_mae_length": pytest.approx(9 - 5.75), "test_mae_level_length": 4}


def test_memory_of_a_block_is_seen():
    # In a process of its own: this one may give back what other tests have left at any time.
    script = """
import json
import numpy as np
from lineclf.runs._memory import peak_memory
with peak_memory() as found:
    np.ones(50_000_000 // 8)
print(json.dumps(found))
"""
    outcome = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    found = json.loads(outcome.stdout)
    if not found:
        pytest.skip("this system does not tell")
    assert 40 < found["fit_memory_mib"] < 200
    assert found["peak_memory_mib"] > found["fit_memory_mib"]


def test_memory_is_left_out_where_the_system_does_not_tell(monkeypatch, tmp_path):
    monkeypatch.setattr("lineclf.runs._memory._PROCESS", tmp_path / "nowhere")
    with peak_memory() as found:
        pass
    assert found == {}
