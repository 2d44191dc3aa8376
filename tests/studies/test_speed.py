"""The speed study: its contestants do the same work, its verdicts follow the numbers. No speed is asserted."""

import csv
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf import MultiHeadLineClassifier
from lineclf.datasets import make_lines
from lineclf.estimators import _base
from lineclf.experiments import _bench
from lineclf.experiments._bench import Claim, Measurement

SCRIPT = Path(__file__).parents[2] / "studies" / "speed.py"
_spec = importlib.util.spec_from_file_location("speed_study", SCRIPT)
speed = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(speed)

TINY = speed.Sizes(generator=2, fit=1, epochs=1, predict=1)
TARGETS = {  # by item and contestant above: enough to meet, and to miss by a little
    ("generator", "usual loop"): (10.0, 9.9),
    ("generator", "make_lines", "numpy.take"): (1.5, 1.51),
    ("generator in turn", "make_lines", "numpy.take"): (1.5, 1.51),
    ("generator", "make_lines", "make_lines"): (1.3, 1.31),
    ("fit", "estimator"): (1.05, 1.06),
    ("predict", "estimator"): (1.05, 1.06),
}


def ratios(claim, values):
    """Measurements whose ratio in each turn is one of `values`; the turns differ in speed, as on a busy machine."""
    return [
        Measurement(claim.item, contestant, run, metric, (run + 1) * (value if i == 0 else 1))
        for run, value in enumerate(values)
        for i, (contestant, metric) in enumerate((claim.above, claim.below))
    ]


def result_of(script, n):
    """What a contestant's script makes of `n` images a class."""
    names = {}
    arguments = sys.argv
    try:
        sys.argv = ["-c", str(n)]
        exec(_bench.PRELUDE + script, names)
    finally:
        sys.argv = arguments
    return names["X"], names.get("y")


def test_smoke_run_reports_every_row_and_every_measurement(tmp_path, capsys):
    output = tmp_path / "new folder" / "speed.md"
    assert speed.main(["--repeats", "2", "--output", str(output)], sizes=TINY) == 0
    text = output.read_text()
    assert text in capsys.readouterr().out
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    for claim in speed.GENERATOR + speed.ESTIMATORS:
        (row,) = (line for line in rows if line.startswith(f"| {claim.text} |"))
        assert "not measured" not in row
        assert row.endswith("| – |") == (claim.target == "–")
    for words in ("192 images", "Runs: 2 of each", f"--repeats 2 --output '{output}'", "numpy ", "shared"):
        assert words in text

    with output.with_suffix(".csv").open() as file:
        records = list(csv.DictReader(file))
    assert {(r["item"], r["contestant"]) for r in records} == {
        *(("generator", name) for name in ("numpy alone", "make_lines", "numpy.take", "usual loop", "tuned loop")),
        *(("generator in turn", name) for name in ("make_lines", "numpy.take")),
        *((item, name) for item in ("fit", "predict") for name in ("estimator", "bare Keras")),
    }
    assert {r["run"] for r in records} == {"0", "1"}
    assert all(float(r["value"]) > 0 for r in records if r["contestant"] != "numpy alone")
    made = [r for r in records if r["metric"] == "result_bytes" and r["contestant"] != "numpy alone"]
    assert len(made) == 2 * 4
    assert {float(r["value"]) for r in made} == {192 * 2352}
    assert not list(output.parent.glob(".*"))


def test_only_leaves_the_rest_out_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(speed.PARTS, "generator", None)  # calling it would raise
    claim = speed.ESTIMATORS[0]
    monkeypatch.setitem(speed.PARTS, "estimators", lambda sizes, repeats: (ratios(claim, [1.0] * repeats), {}))
    speed.main(["--only", "estimators", "--output", str(tmp_path / "speed.md")])
    text = (tmp_path / "speed.md").read_text()
    for left_out in speed.GENERATOR:
        assert f"| {left_out.text} | not measured: left out of this run | {left_out.target} | – |" in text
    assert "numpy, which no generator" not in text


def test_without_opencv_its_rows_say_so_and_the_others_are_measured(tmp_path, monkeypatch):
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: no such file')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    output = tmp_path / "speed.md"
    assert speed.main(["--repeats", "1", "--only", "generator", "--output", str(output)], sizes=TINY) == 0
    rows = {line.split(" | ")[0][2:]: line for line in output.read_text().splitlines() if line.startswith("| gen")}
    for claim in speed.GENERATOR:
        without = "not measured: OpenCV cannot be imported (ImportError: libGL.so.1: no such file)"
        assert (without in rows[claim.text]) == ("OpenCV" in claim.text)
        assert ("not measured" in rows[claim.text]) == ("OpenCV" in claim.text)


def test_the_targets_are_the_ones_promised():
    with_target = [claim for claim in speed.GENERATOR + speed.ESTIMATORS if claim.target != "–"]
    assert len(with_target) == len(TARGETS)
    for (item, above, *below), (enough, short) in TARGETS.items():
        (claim,) = (c for c in with_target if (c.item, c.above[0]) == (item, above) and below in ([], [c.below[0]]))
        for value, met in ((enough, True), (short, False)):
            found = ratios(claim, [value] * 3)
            assert claim.met(claim.values(found)) is met
            row = _bench.claims_table([claim], found, {}).splitlines()[-1]
            assert row.endswith("| yes |" if met else "| **no** |")
            assert (f"Missed: {claim.text}." in _bench.verdict_text([claim], found)) is not met
            assert f"Targets met: {int(met)} of 1." in _bench.verdict_text([claim], found)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=9), st.floats(0.01, 100), st.booleans())
def test_the_median_of_the_turns_decides(values, target, least):
    claim = Claim("a", "i", ("a", "s_seconds"), ("b", "s_seconds"), **{"at_least" if least else "at_most": target})
    found = claim.values(ratios(claim, values))
    assert found == pytest.approx(values)
    assert claim.met(found) is bool(np.median(found) >= target if least else np.median(found) <= target)


def test_a_turn_that_one_side_lacks_gives_no_ratio():
    claim = Claim("a", "i", ("a", "s_seconds"), ("b", "s_seconds"), at_most=1)
    assert claim.values(ratios(claim, [2.0, 4.0])[:3]) == [2.0]
    assert claim.met([]) is None
    assert "Not measured: a." in _bench.verdict_text([claim], [])


def test_cells_of_the_tables():
    claim = Claim("a", "i", ("a", "s_seconds"), ("b", "s_seconds"), at_most=1.05)
    assert "| 1.051× (1.040–1.200) | ≤ 1.05× | **no** |" in _bench.claims_table(
        [claim], ratios(claim, [1.04, 1.2, 1.051]), {}
    )
    memory = [Measurement("i", "a", run, "peak_bytes", value) for run, value in enumerate((1e6, 3e6, 2e6))]
    assert "| i | a | peak | 2.000 MB (1.000–3.000) | 3 |" in _bench.numbers_table(memory)


@pytest.mark.parametrize("name", ["USUAL_LOOP", "TUNED_LOOP"])
def test_the_loops_draw_the_same_kind_of_data(name):
    pytest.importorskip("cv2")
    n = 3
    X, y = result_of(getattr(speed, name), n)
    ours, _ = make_lines(n_per_class=n, random_state=0)
    assert (X.shape, X.dtype) == (ours.shape, ours.dtype)
    combinations, counts = np.unique(y, axis=0, return_counts=True)
    assert (len(combinations), set(counts)) == (96, {n})
    lit = X.astype(float).sum(axis=(1, 2))
    color = y[:, 3]
    assert (lit[:, [0, 2]][np.arange(len(y)), color * 1] > 0).all()
    assert not lit[:, 1].any()
    assert not lit[:, [2, 0]][np.arange(len(y)), color].any()
    ink = lit.sum(axis=1)
    assert ink[y[:, 0] == 1].mean() > 1.5 * ink[y[:, 0] == 0].mean()
    assert ink[y[:, 1] == 1].mean() > 1.5 * ink[y[:, 1] == 0].mean()


def test_take_gathers_the_very_bytes_that_make_lines_returns():
    np.testing.assert_array_equal(result_of(speed.TAKE, 2)[0], result_of(speed.MAKE_LINES, 2)[0])


def test_bare_keras_trains_what_the_estimator_trains(monkeypatch):
    X, y = make_lines(n_per_class=1, random_state=0)
    classifier = MultiHeadLineClassifier(epochs=2, batch_size=40, random_state=0).fit(X, y)
    bare = speed.fit_bare(classifier.get_params(), X.astype(np.float32) / 255, list(y.T))
    ours = classifier.model_
    assert [layer.get_config() for layer in bare.layers if not layer.weights and "dropout" not in layer.name] == [
        layer.get_config() for layer in ours.layers if not layer.weights and "dropout" not in layer.name
    ]
    assert [w.shape for w in bare.weights] == [w.shape for w in ours.weights]
    assert {str(w.dtype) for w in bare.weights} == {str(w.dtype) for w in ours.weights} == {"float32"}
    assert bare.optimizer.get_config() == ours.optimizer.get_config()
    assert int(bare.optimizer.iterations) == int(ours.optimizer.iterations) == 6
    assert [type(loss) for loss in bare.loss] == [type(loss) for loss in ours.loss]
    assert bare.metrics_names == ours.metrics_names
    assert set(bare.history.history) == set(ours.history.history)
    assert speed.PREDICT_BATCH_SIZE == _base._PREDICT_BATCH_SIZE


def test_contestants_take_turns_after_a_warm_up():
    calls = []
    turns = {name: lambda name=name: calls.append(name) for name in "ab"}
    found = _bench.in_turn("i", turns, repeats=2)
    assert calls == ["a", "b"] * 3
    assert [(m.contestant, m.run) for m in found] == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]


def test_a_fresh_process_measures_itself_not_its_parent():
    ballast = np.ones(300_000_000, dtype=np.uint8)
    script = "import array\nstart = time.perf_counter()\ntime.sleep(0.2)\nclass X: nbytes = int(sys.argv[1])\n"
    found = {m.metric: m.value for m in _bench.fresh_processes("i", {"a": script}, repeats=1, arguments=["7"])}
    assert found["result_bytes"] == 7
    assert found["process_seconds"] > found["call_seconds"] >= 0.2
    assert 1e6 < found["peak_bytes"] < ballast.nbytes


def test_a_failing_script_is_an_error_with_its_message():
    with pytest.raises(RuntimeError, match="a: (.|\n)*ZeroDivisionError"):
        _bench.fresh_processes("i", {"a": "1 / 0"}, repeats=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--repeats", "0"], "--repeats must be at least 1; got 0"),
        (["--output", "speed.csv"], "--output must end in .md"),
        (["--only", "everything"], "invalid choice: 'everything'"),
    ],
)
def test_bad_options_are_refused_before_anything_is_measured(options, message, capsys):
    with pytest.raises(SystemExit) as exit:
        speed.main(options)
    assert exit.value.code == 2
    assert message in capsys.readouterr().err


def test_help_answers_at_once_without_loading_anything_heavy():
    started = time.perf_counter()
    outcome = subprocess.run(
        [sys.executable, "-X", "importtime", SCRIPT, "--help"], capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - started
    assert "--repeats" in outcome.stdout
    for name in ("tensorflow", "keras", "sklearn", "numpy", "cv2"):
        assert f" {name}\n" not in outcome.stderr
    assert seconds < 1
