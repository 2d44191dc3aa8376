"""The speed study: its contestants do the same work, its verdicts follow the numbers. No speed is asserted."""

import csv
import json
import os
import runpy
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.datasets import make_lines
from lineclf.runs import TrialStore
from tests.conftest import untraced
from timing.contestants import LOADERS
from timing.loading import _write_images

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
    rows = STUDY["measure_generator"](1, n=2)
    assert {row[:4] for row in rows} == {
        *(
            ("generator", name, 0, "seconds")
            for name in ("make_lines", "import numpy", "OpenCV loop", "tuned OpenCV loop")
        ),
        ("generator", "make_lines", 0, "peak_ratio"),
        *(
            ("gather", name, 0, metric)
            for name in ("make_lines", "numpy.take")
            for metric in ("seconds", "cpu_seconds")
        ),
    }
    assert all(row[4] > 0 for row in rows)


def loading_rows(**rates):
    """Rows of six runs in which everything loads 100 images a second, and what `rates` says."""
    rows = [("loading", name, 0, "bytes_per_image", 2352.0) for name in LOADERS if name != "generator"]
    for run in range(6):
        for name in LOADERS:
            cold, warm = rates.get(name.replace(" ", "_"), (100.0, 100.0))
            rows += [("loading", name, run, "cold_rate", cold), ("loading", name, run, "warm_rate", warm)]
    return rows


def run_here(code, report):
    """As `run`, but in this process, which has loaded its libraries."""
    scope = {}
    exec(code, scope)
    return 0.0, eval(report, scope)


def test_loading_is_measured_from_every_form(tmp_path, monkeypatch):
    monkeypatch.setitem(STUDY["measure_loading"].__globals__, "run", run_here)
    rows = STUDY["measure_loading"](1, tmp_path, n=2, n_files=1)
    rates = {row[1:4] for row in rows if row[3].endswith("_rate")}
    assert rates == {(name, 0, f"{when}_rate") for name in LOADERS for when in ("cold", "warm")}
    assert all(row[4] > 0 for row in rows)
    assert not list(tmp_path.iterdir())
    assert STUDY["loading_section"](rows).count("\n| ") == len(LOADERS)


def test_every_form_gives_the_generators_images(tmp_path):
    paths = _write_images(tmp_path, 2, 2)
    loaded = {}
    for name, loader in LOADERS.items():
        scope: dict = {}
        exec(loader.format(n=2, path=str(paths.get(name, [None])[0])), scope)
        loaded[name] = scope["load"]()
    for name in (".npy, memory map", ".npz", ".npz, compressed"):
        np.testing.assert_array_equal(loaded[name], loaded["generator"])
    whole = np.sort(loaded["generator"].reshape(192, -1).astype(int) @ np.arange(2352))  # a folder has its own order
    np.testing.assert_array_equal(np.sort(loaded["PNG folder"].reshape(192, -1).astype(int) @ np.arange(2352)), whole)
    assert np.abs(loaded["JPEG folder"].astype(int) - loaded["PNG folder"].astype(int)).mean() < 3


def test_the_verdict_on_the_reports_claim_is_that_of_a_sign_test():
    section = STUDY["loading_section"]
    others = [name for name in LOADERS if name not in ("generator", "PNG folder", "JPEG folder")]
    rows = loading_rows(generator=(200.0, 200.0), PNG_folder=(50.0, 300.0), JPEG_folder=(300.0, 400.0))
    text = section(rows)
    cold = f"Cold: cheaper than {', '.join([*others, 'PNG folder'])}; dearer than JPEG folder."
    assert f"{cold} Warm: cheaper than {', '.join(others)}; dearer than PNG folder, JPEG folder. Two-sided" in text
    assert "| PNG folder | 2,352 | 50 | 300 | 4.00 × (4.00 to 4.00, n = 6) | 0.67 × (0.67 to 0.67, n = 6) |" in text
    # One of six that goes the other way is p = 0.22.
    one = [(*row[:4], 1000.0) if row[1:4] == ("PNG folder", 0, "cold_rate") else row for row in rows]
    assert f"Cold: cheaper than {', '.join(others)}; dearer than JPEG folder; undecided against PNG folder." in section(
        one
    )


@pytest.mark.keras
def test_estimators_are_measured_in_every_run(monkeypatch):
    from lineclf import nets

    def few_layers(shape, heads, **options):
        return whole(shape, heads, **{**options, "batch_norm": False, "filters": 2})

    whole, names = nets.multi_head_cnn, STUDY["measure_estimators"].__globals__
    monkeypatch.setattr(nets, "multi_head_cnn", few_layers)
    one_step = names["FIT_AND_PREDICT"].replace("(epochs={epochs}, ", "(epochs={epochs}, batch_size=512, ")
    monkeypatch.setitem(names, "FIT_AND_PREDICT", one_step)
    monkeypatch.setitem(names, "run", run_here)
    with untraced():  # six times
        rows = STUDY["measure_estimators"](1, n_fit=1, n_predict=1, epochs=1)
    assert {row[:4] for row in rows} == {
        (item, name, 0, metric)
        for item, pair in (("fit", STUDY["BARE"]), ("again", STUDY["AGAIN"]), ("predict", STUDY["BARE"]))
        for name in pair
        for metric in ("seconds", "cpu_seconds")
    }
    assert all(row[4] > 0 for row in rows)


INSPECTION = [
    ("inspection", "gradcam", 0, "milliseconds_per_image", 6.0),
    ("inspection", "filters", 0, "seconds", 2.0),
    ("pictures", "trials with pictures", 0, "seconds", 10.3),
    ("pictures", "trials", 0, "seconds", 10.0),
]


def test_inspection_has_its_verdicts():
    verdicts = {what: (measured, verdict) for what, measured, _, verdict in STUDY["summarise"](INSPECTION)}
    assert verdicts["Grad-CAM of all four heads, an image of 256"] == ("6.00 ms (6.00 to 6.00, n = 1)", "**missed**")
    assert verdicts["images for 32 filters in 200 steps"][1] == "met"
    assert verdicts["trials with `--pictures` over trials without"] == ("1.03 × (1.03 to 1.03, n = 1)", "met")


ENGINE = [("engine", name, 0, "seconds", 0.025) for name in ("work", "read")]
SCALE = [("scale", "100 to log", 0, "seconds", 9.0), ("scale", "none to log", 0, "seconds", 4.0)]
LOGGING = [("logging", "a trial", 0, "seconds", 0.05), ("logging", "a cell", 0, "seconds", 0.3)]
THROUGHPUT = [
    ("workers", "1 on 1", 0, "seconds", 120.0),
    ("workers", "1 on 1", 0, "seconds_of_trials", 100.0),
    ("workers", "2 on 2", 0, "seconds", 75.0),
    ("workers", "2 on 2", 0, "seconds_of_trials", 55.0),
    ("trial", "one epoch", 0, "seconds", 130.0),
    ("trial", "one epoch", 0, "seconds_of_trials", 110.0),
    ("trial", "all epochs", 0, "seconds", 1535.0),
    ("trial", "all epochs", 0, "seconds_of_trials", 1510.0),
]

ABLATION = [
    ("ablation", "a bare loop", 0, "seconds", 0.3),
    ("ablation", "AblationCV", 0, "seconds", 0.9),
    ("jobs", "n_jobs=1, one thread", 0, "seconds", 19.0),
    ("jobs", "n_jobs=1, one thread", 0, "seconds_in_all", 21.0),
    ("jobs", "n_jobs=2", 0, "seconds", 10.0),
    ("jobs", "n_jobs=2", 0, "seconds_in_all", 14.0),
]

FORMER = [
    ("former", "lineclf 0.2.0", 0, "cpu_seconds", 15.0),
    ("former", "lineclf", 0, "cpu_seconds", 6.0),
    ("former", "lineclf, on 0.2.0's images a class", 0, "cpu_seconds", 10.0),
]
WHOLE = [("whole", "lineclf 0.2.0", 0, "cpu_seconds", 15.0), ("whole", "lineclf", 0, "cpu_seconds", 7.5)]


def test_workers_have_their_verdicts():
    section = STUDY["engine_section"]
    assert "over one's | 1.82 × (1.82 to 1.82, n = 1) | ≥ 1.8 × | met |" in section(THROUGHPUT)
    another = [("workers", f"{n} on {n}", 1, "seconds_of_trials", seconds) for n, seconds in ((1, 300.0), (2, 150.0))]
    together = section(THROUGHPUT + another)  # 400 s against 205 s
    assert "over one's | 1.95 × (1.82 to 2.00, n = 2) | ≥ 1.8 × | met |" in together
    assert "over one's, start and report included, 24 trials | 1.60 × (1.60 to 1.60" in section(THROUGHPUT)
    # 50 s an epoch, 15 epochs in the report, 5 s around them, and 25 s around the 100 trials of a worker
    assert "not training | 0.70 % (0.70 to 0.70, n = 1) | ≤ 10 % | met |" in section(THROUGHPUT)
    assert "10,000 of them | 25.00 ms (25.00 to 25.00, n = 1) | ≤ 50 ms | met |" in section(ENGINE)
    assert "log a trial in MLflow | 50.00 ms (50.00 to 50.00, n = 1) | ≤ 120 ms | met |" in section(LOGGING)
    assert "finds all 10,000 done: read, report | 4.00 s (4.00 to 4.00, n = 1) | ≤ 15 s | met |" in section(SCALE)
    assert section([]) == ""


def test_ablations_have_their_verdicts():
    lines = STUDY["summarise"](ABLATION)
    assert lines[0] == (
        "`AblationCV` adds to a fit of 2.0 ms in a bare loop",
        "4.00 ms (4.00 to 4.00, n = 1)",
        "≤ 10 ms",
        "met",
    )
    assert [line[1:] for line in lines[1:]] == [
        ("1.90 × (1.90 to 1.90, n = 1)", "≥ 1.8 ×", "met"),
        ("1.50 × (1.50 to 1.50, n = 1)", "", ""),
    ]


def test_an_ablation_is_measured_beside_a_bare_loop_in_every_run(monkeypatch):
    measure = STUDY["measure_ablations"]
    small = (
        measure.__globals__["JOBS"]
        .replace("n_samples=3000", "n_samples=60")
        .replace("n_estimators=120", "n_estimators=2")
    )
    monkeypatch.setitem(measure.__globals__, "JOBS", small.replace("seeds=24", "seeds=2"))
    alone = measure.__globals__["run"]  # for what keeps its process to a core
    both = lambda code, report: (alone if "if 1 == 1" in code else run_here)(code, report)  # noqa: E731
    monkeypatch.setitem(measure.__globals__, "run", both)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")  # to have back what it is
    rows = measure(1)
    assert [row[:4] for row in rows] == [row[:4] for row in ABLATION]
    assert all(row[4] > 0 for row in rows)


def test_the_engine_is_measured_in_every_run():
    rows = STUDY["measure_engine"](2, n=5)
    names = ("work", "read")
    assert [row[:4] for row in rows] == [("engine", name, run, "seconds") for run in (0, 1) for name in names]
    assert all(row[4] > 0 for row in rows)


@pytest.fixture
def stores_at_once(monkeypatch, mlflow_database):
    """Let MLflow's stores begin as copies of an empty one, which it takes seconds to make."""

    def prepare(file):
        if not file.exists():
            shutil.copy(mlflow_database, file)

    monkeypatch.setattr("lineclf.runs._tracking_store.prepare_database_file", prepare)


@pytest.mark.usefixtures("stores_at_once")
def test_runs_of_finished_trials_log_only_what_is_new(monkeypatch):
    monkeypatch.setattr("lineclf.reporting._trials.draw_trials", lambda *what: {})
    rows = STUDY["measure_scale"](1, n_cells=4, n_seeds=3, n_new=2)
    assert [row[:4] for row in rows] == [("scale", name, 0, "seconds") for name in ("2 to log", "none to log")]
    assert all(row[4] > 0 for row in rows)


@pytest.mark.usefixtures("stores_at_once")
def test_logging_is_measured_a_trial_and_a_cell(monkeypatch):
    run = {"params": {}, "split": {}, "metrics": {}, "tags": {}, "name": "a", "started": 0.0, "finished": 1.0}
    monkeypatch.setattr("lineclf.ablation._trials.AblationTrials.run", lambda self, key: (0.5, run))
    rows = STUDY["measure_logging"](1, n=2)
    assert [row[:4] for row in rows] == [("logging", name, 0, "seconds") for name in ("a trial", "a cell")]
    assert all(row[4] > 0 for row in rows)


def test_workers_are_measured_on_their_cores(tmp_path, monkeypatch):
    script, log, storage = tmp_path / "study.py", tmp_path / "log", tmp_path / "optuna.db"
    store = TrialStore(f"sqlite:///{storage}", "study", {"one": {}, "two": {}})
    for key, started in (("one", 1000.0), ("two", 1001.0)):
        store.add(key, 1.0, {"started": started, "finished": started + 2})
    script.write_text(f"""
import json, os, shutil, sys
from types import SimpleNamespace
STUDY = SimpleNamespace(profiles={{"report": SimpleNamespace(settings={{"epochs": 7}})}})
if __name__ == "__main__":
    with open({str(log)!r}, "a") as file:
        print(json.dumps([sorted(os.sched_getaffinity(0)), sys.argv[1:]]), file=file)
    os.mkdir("mlruns")
    shutil.copy({str(storage)!r}, "mlruns")
""")
    measure = STUDY["measure_throughput"]
    monkeypatch.setitem(measure.__globals__, "ABLATE", script)
    rows = measure(1)
    runs = [json.loads(line) for line in log.read_text().splitlines()]
    cores = sorted(os.sched_getaffinity(0))
    numbers = [n for n in (1, 2, 1, 1) if n <= len(cores)]
    assert [(pinned, int(options[3])) for pinned, options in runs] == [(cores[:n], n) for n in numbers]
    names = [*(f"{n} on {n}" for n in (1, 2) if n <= len(cores)), "one epoch", "all epochs"]
    metrics = ("seconds", "seconds_of_trials")
    assert [row[1:4] for row in rows] == [(name, 0, metric) for name in names for metric in metrics]
    epochs = [options[-2] for _, options in runs]
    assert epochs[-2:] == ["--epochs=1", "--epochs=7"]
    assert all(row[4] > 0 for row in rows)


def test_a_file_in_the_folders_place_is_told_before_anything_is_measured(tmp_path, capsys):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as ended:
        STUDY["main"](["--output", str(tmp_path / "file")])
    assert ended.value.code == 2
    assert f"--output must be a folder to write to; got {str(tmp_path / 'file')!r}" in capsys.readouterr().err


def measures(part):
    """Name of the function that measures a part."""
    return {"ablation": "measure_ablations"}.get(part, f"measure_{part}")


def test_report_and_csv_hold_what_was_measured(tmp_path, monkeypatch, capsys):
    names = STUDY["main"].__globals__
    rows = generator_rows() + rows_of("gather", "make_lines", "numpy.take", [1.0, 1.0])
    fits = rows_of("fit", "MultiHeadLineClassifier", "keras.Model", [1.0, 1.2])
    monkeypatch.setitem(names, "measure_generator", lambda repeats: rows)
    monkeypatch.setitem(names, "measure_loading", lambda repeats, folder: loading_rows())
    monkeypatch.setitem(names, "measure_estimators", lambda repeats: fits)
    monkeypatch.setitem(names, "measure_inspection", lambda repeats: INSPECTION)
    monkeypatch.setitem(names, "measure_ablations", lambda repeats: ABLATION)
    monkeypatch.setitem(names, "measure_engine", lambda repeats: ENGINE)
    monkeypatch.setitem(names, "measure_logging", lambda repeats: LOGGING)
    monkeypatch.setitem(names, "measure_scale", lambda repeats: SCALE)
    monkeypatch.setitem(names, "measure_throughput", lambda repeats: THROUGHPUT)
    folder = tmp_path / "new folder"
    assert STUDY["main"](["--repeats", "2", "--output", str(folder)]) == 0
    text = (folder / "speed.md").read_text()
    assert text in capsys.readouterr().out
    for cells in STUDY["summarise"](rows + fits + INSPECTION + ABLATION):
        assert f"| {' | '.join(cells)} |" in text
    assert "1.10 × (1.00 to 1.20, n = 2) | ≤ 1.05 × | **missed** |" in text
    for words in ("--repeats 2", "cores", "numpy ", "tensorflow ", "shared"):
        assert words in text
    with (folder / "speed.csv").open() as file:
        header, *stored = csv.reader(file)
    assert header == ["item", "contestant", "run", "metric", "value", "date"]
    today = date.today().isoformat()
    assert stored == [
        [*map(str, row), today]
        for row in rows + loading_rows() + fits + INSPECTION + ABLATION + ENGINE + LOGGING + SCALE + THROUGHPUT
    ]
    assert STUDY["loading_section"](loading_rows()) in text
    assert STUDY["engine_section"](ENGINE + LOGGING + SCALE + THROUGHPUT) in text
    assert {path.name for path in folder.iterdir()} == {"speed.md", "speed.csv"}


@pytest.mark.parametrize("only", STUDY["PARTS"])
def test_a_part_alone_is_measured_anew_and_the_others_stay(only, tmp_path, monkeypatch, capsys):
    names = STUDY["main"].__globals__
    made = {
        "generator": generator_rows(),
        "loading": loading_rows(),
        "estimators": rows_of("fit", *STUDY["BARE"], [1.0]) + rows_of("again", *STUDY["AGAIN"], [0.2]),
        "inspection": INSPECTION,
        "ablation": ABLATION,
        "engine": ENGINE,
        "logging": LOGGING,
        "scale": SCALE,
        "throughput": THROUGHPUT,
        "former": FORMER,
        "whole": WHOLE,
    }
    path = tmp_path / "speed.csv"
    for name, rows in made.items():  # one after the other, the last ones first
        monkeypatch.setitem(names, measures(name), lambda repeats, *_, rows=rows: rows)
    for name in reversed(made):
        assert STUDY["main"](["--only", name, "--former", ".", "--output", str(tmp_path)]) == 0
    whole = [row for rows in made.values() for row in rows]
    assert [row for _, rows in STUDY["read_parts"](path).values() for row in rows] == whole
    path.write_text(path.read_text().replace(date.today().isoformat(), "2019-05-01"))
    changed = [(*row[:4], 2 * row[4]) for row in made[only]]
    for name in made:
        monkeypatch.setitem(names, measures(name), (lambda repeats, *_: changed) if name == only else None)
    capsys.readouterr()
    assert STUDY["main"](["--only", only, "--former", ".", "--output", str(tmp_path)]) == 0
    text = (tmp_path / "speed.md").read_text()
    assert text in capsys.readouterr().out
    others = ", ".join(name for name in made if name != only)
    assert f"Measured 2019-05-01: {others}; {date.today().isoformat()}: {only}. Written by" in text
    assert STUDY["read_parts"](path) == {
        name: (date.today().isoformat(), changed) if name == only else ("2019-05-01", rows)
        for name, rows in made.items()
    }


def test_an_earlier_version_has_its_ratio_and_its_report_stays(tmp_path, monkeypatch, capsys):
    assert [line[1:] for line in STUDY["summarise"](FORMER)] == [
        ("2.50 × (2.50 to 2.50, n = 1)", "≥ 2 ×", "met"),
        ("1.50 × (1.50 to 1.50, n = 1)", "", ""),
    ]
    assert [line[1:] for line in STUDY["summarise"](WHOLE)] == [("2.00 × (2.00 to 2.00, n = 1)", "≥ 2 ×", "met")]
    names = STUDY["main"].__globals__
    for part in STUDY["PARTS"]:
        monkeypatch.setitem(names, measures(part), lambda *_: FORMER)
    with pytest.raises(SystemExit):
        STUDY["main"](["--only", "former", "--output", str(tmp_path)])
    assert "--only former must have a working tree to compare with" in capsys.readouterr().err
    STUDY["main"](["--only", "former", "--former", ".", "--output", str(tmp_path)])
    for part in STUDY["PARTS"]:
        monkeypatch.setitem(names, measures(part), lambda *_: [])
    assert STUDY["main"](["--output", str(tmp_path)]) == 0  # without a working tree it keeps what it had
    assert STUDY["read_parts"](tmp_path / "speed.csv") == {"former": (date.today().isoformat(), FORMER)}


def test_processor_time_counts_workers_that_outlive_their_parent(tmp_path):
    burn = "import time\nwhile time.process_time() < 3: pass"
    (tmp_path / "studies").mkdir()
    script = f"""import optuna, subprocess, sys
storage = sys.argv[sys.argv.index("--storage") + 1]
optuna.create_study(storage=storage).add_trial(optuna.trial.create_trial(value=1.0))
subprocess.Popen([sys.executable, "-c", {burn!r}])
"""
    (tmp_path / "studies" / "ablate.py").write_text(script)
    code = "import sys; from timing.former import _seconds_a_trial; from pathlib import Path\n"
    code += "print(_seconds_a_trial(Path(sys.argv[1]), []))"
    environment = {**os.environ, "PYTHONPATH": str(SCRIPT.parent)}
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert float(done.stdout) > 3


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
