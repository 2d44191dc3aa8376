"""The speed study: its contestants do the same work, its verdicts follow the numbers. No speed is asserted."""

import csv
import runpy
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.datasets import make_lines

SCRIPT = Path(__file__).parents[2] / "studies" / "speed.py"
STUDY = runpy.run_path(str(SCRIPT))

TARGETS = [  # row, contestants of the ratio, a value that just meets the target, one that just misses it
    ("the usual OpenCV loop takes", "generator", "OpenCV loop", "make_lines", 10.0, 9.9),
    ("`make_lines` over `numpy.take`", "gather", "make_lines", "numpy.take", 1.5, 1.51),
    ("`fit` over a bare `keras.Model`'s", "fit", "MultiHeadLineClassifier", "keras.Model", 1.05, 1.06),
    ("`predict` over a bare `keras.Model`'s", "predict", "MultiHeadLineClassifier", "keras.Model", 1.05, 1.06),
]


def rows_of(item, over, under, ratios):
    """Rows whose ratio in each run is one of `ratios`; the runs differ in speed, as on a busy machine."""
    return [
        (item, name, run, "seconds", (run + 1) * value)
        for run, ratio in enumerate(ratios)
        for name, value in ((over, ratio), (under, 1.0))
    ]


def generator_rows(peak=1.2):
    """Rows of two runs of the generator, one second everywhere, and the peak in results."""
    names = ("make_lines", "import numpy", "OpenCV loop", "tuned OpenCV loop")
    rows = [("generator", name, run, "seconds", 1.0) for run in (0, 1) for name in names]
    return rows + [("generator", "make_lines", run, "peak_ratio", peak) for run in (0, 1)]


def line_of(lines, what):
    (line,) = (line for line in lines if line[0] == what)
    return line


@pytest.mark.parametrize(("what", "item", "over", "under", "enough", "short"), TARGETS)
def test_verdicts_follow_the_numbers(what, item, over, under, enough, short):
    for ratio, verdict in ((enough, "met"), (short, "**missed**")):
        rows = [row for row in generator_rows() if row[:2] not in ((item, over), (item, under)) or row[3] != "seconds"]
        line = line_of(STUDY["summarise"](rows + rows_of(item, over, under, [ratio] * 3)), what)
        assert line[3] == verdict
        assert line[1].startswith(f"{ratio:.2f} × ")


def test_peak_memory_has_its_verdict():
    for peak, verdict in ((1.3, "met"), (1.31, "**missed**")):
        line = line_of(STUDY["summarise"](generator_rows(peak=peak)), "peak memory of the process over the result")
        assert line[1:] == (f"{peak:.2f} × ({peak:.2f} to {peak:.2f}, n = 2)", "≤ 1.3 ×", verdict)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=9))
def test_the_median_of_the_runs_ratios_decides(ratios):
    line, _ = STUDY["summarise"](rows_of("fit", "MultiHeadLineClassifier", "keras.Model", ratios))
    found = [(run + 1) * ratio / (run + 1) for run, ratio in enumerate(ratios)]
    assert line[3] == ("met" if np.median(found) <= 1.05 else "**missed**")
    assert line[1] == f"{np.median(found):.2f} × ({min(found):.2f} to {max(found):.2f}, n = {len(ratios)})"


def test_a_run_that_one_side_lacks_gives_no_ratio():
    rows = rows_of("fit", "MultiHeadLineClassifier", "keras.Model", [2.0, 4.0])[:3]
    assert STUDY["summarise"](rows)[0][1] == "2.00 × (2.00 to 2.00, n = 1)"


def test_without_opencv_its_rows_say_so_and_the_others_stand():
    rows = [row for row in generator_rows() if "OpenCV" not in row[1]]
    rows += rows_of("gather", "make_lines", "numpy.take", [1.0])
    for what, measured, target, verdict in STUDY["summarise"](rows):
        assert (measured == "not measured: OpenCV is not installed") == ("OpenCV" in what)
        assert "OpenCV" not in what or (target, verdict) == ("", "")


def test_generator_is_measured_in_every_run():
    pytest.importorskip("cv2")
    rows = STUDY["measure_generator"](2, n=2)
    assert {row[:4] for row in rows} == {
        *(
            ("generator", name, run, "seconds")
            for name in ("make_lines", "import numpy", "OpenCV loop", "tuned OpenCV loop")
            for run in (0, 1)
        ),
        *(("generator", "make_lines", run, "peak_ratio") for run in (0, 1)),
        *(
            ("gather", name, run, metric)
            for name in ("make_lines", "numpy.take")
            for run in (0, 1)
            for metric in ("seconds", "cpu_seconds")
        ),
    }
    assert all(row[4] > 0 for row in rows)


def test_estimators_are_measured_in_every_run():
    rows = STUDY["measure_estimators"](1, n_fit=1, n_predict=1, epochs=1)
    assert {row[:4] for row in rows} == {
        (item, name, 0, metric)
        for item in ("fit", "predict")
        for name in ("MultiHeadLineClassifier", "keras.Model")
        for metric in ("seconds", "cpu_seconds")
    }
    assert all(row[4] > 0 for row in rows)


def test_report_and_csv_hold_what_was_measured(tmp_path, monkeypatch, capsys):
    names = STUDY["main"].__globals__
    rows = generator_rows() + rows_of("gather", "make_lines", "numpy.take", [1.0, 1.0])
    fits = rows_of("fit", "MultiHeadLineClassifier", "keras.Model", [1.0, 1.2])
    monkeypatch.setitem(names, "measure_generator", lambda repeats: rows)
    monkeypatch.setitem(names, "measure_estimators", lambda repeats: fits)
    folder = tmp_path / "new folder"
    assert STUDY["main"](["--repeats", "2", "--output", str(folder)]) == 0
    text = (folder / "speed.md").read_text()
    assert text in capsys.readouterr().out
    for cells in STUDY["summarise"](rows + fits):
        assert f"| {' | '.join(cells)} |" in text
    assert "1.10 × (1.00 to 1.20, n = 2) | ≤ 1.05 × | **missed** |" in text
    for words in ("--repeats 2", "cores", "numpy ", "tensorflow ", "shared"):
        assert words in text
    with (folder / "speed.csv").open() as file:
        header, *stored = csv.reader(file)
    assert header == ["item", "contestant", "run", "metric", "value"]
    assert stored == [[str(cell) for cell in row] for row in rows + fits]
    assert {path.name for path in folder.iterdir()} == {"speed.md", "speed.csv"}


@pytest.mark.parametrize(
    ("only", "left_out"), [("generator", "measure_estimators"), ("estimators", "measure_generator")]
)
def test_a_part_alone_is_printed_and_no_whole_report_lost_for_it(only, left_out, tmp_path, monkeypatch, capsys):
    names = STUDY["main"].__globals__
    rows = rows_of("fit", "MultiHeadLineClassifier", "keras.Model", [1.0])
    for name in ("measure_generator", "measure_estimators"):
        monkeypatch.setitem(names, name, None if name == left_out else lambda repeats: rows)
    assert STUDY["main"](["--only", only, "--output", str(tmp_path)]) == 0
    assert "bare `keras.Model`" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_a_failing_contestant_is_an_error_with_its_message():
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        STUDY["run"]("1 / 0", "0")


@pytest.mark.parametrize("name", ["OPENCV", "OPENCV_TUNED"])
def test_the_loops_draw_the_data_that_the_generator_draws(name):
    pytest.importorskip("cv2")
    n = 3
    made = {}
    exec(STUDY[name].format(n=n), made)
    X, y = made["X"], made["y"]
    ours, _ = make_lines(n_per_class=n, random_state=0)
    assert (X.shape, X.dtype) == (ours.shape, ours.dtype)
    combinations, counts = np.unique(y, axis=0, return_counts=True)
    assert (len(combinations), set(counts.tolist())) == (96, {n})
    channels = X.astype(float).sum(axis=(1, 2))
    rows, lit = np.arange(len(y)), np.array([0, 2])[y[:, 3]]
    assert (channels[rows, lit] > 0).all()
    np.testing.assert_array_equal(channels[rows, lit], channels.sum(axis=1))
    for factor in (0, 1):  # long lines and wide ones have more ink
        ink = [channels[y[:, factor] == level].sum() for level in (0, 1)]
        assert ink[1] > 1.5 * ink[0]


def test_bad_repeats_are_refused(capsys):
    with pytest.raises(SystemExit) as stopped:
        STUDY["main"](["--repeats", "0"])
    assert stopped.value.code == 2
    assert "--repeats must be at least 1; got 0" in capsys.readouterr().err


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
