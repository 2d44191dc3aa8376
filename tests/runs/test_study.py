"""A whole study through its command line, with a decision tree in the net's place."""

import shutil
import signal
from pathlib import Path
from types import SimpleNamespace

import mlflow
import optuna
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from mlflow.exceptions import MlflowException

from lineclf.cli import main
from lineclf.datasets import FACTORS
from lineclf.runs import Options, Profile
from tests.runs.folder import TRIALS, Folder

# Presses Ctrl-C inside a weak reference's callback during the first trial.
LOSING_SCRIPT = """
import os, signal, weakref
class Thing: pass
def lose(plan, key, on_fitted=None, run=Naps.run):
    thing = Thing()
    reference = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.SIGINT))
    del thing
    return run(plan, key, on_fitted)
Naps.run = lose
"""


def test_a_study_end_to_end_and_again_without_training(tmp_path):
    folder = Folder(tmp_path)
    out, _ = folder.run()
    assert sorted(folder.fits().values()) == [1, 1, 1, 1, 2, 2]  # the baseline's depth occurs in two cells
    assert "max_depth" in out
    assert "mlflow ui --backend-store-uri sqlite:///mlruns/mlflow.db --host 127.0.0.1" in out
    folder.assert_everything_is_there_once()
    report = folder.path / "reports" / "trees"
    assert f"Report: {report.relative_to(folder.path)}/ablation.md" in out
    page = (report / "ablation.md").read_text()
    for words in ("how deep?", "python study.py", "4 cells × 2 seeds", "track='distinct'", "effects.png"):
        assert words in page
    assert (report / "effects.png").read_bytes().startswith(b"\x89PNG")
    effects = folder.rows("effects.csv")
    assert {(row["component"], row["level"]) for row in effects} == {
        ("max_depth", "1"),
        ("max_depth", "4"),
        ("seconds", "0.011"),
    }
    same = [row for row in effects if row["component"] == "seconds"]
    assert {float(row["delta"]) for row in same} == {0.0}  # paired to the bit: waiting longer changes nothing
    joint = pd.read_csv(report / "results.csv").pivot(index="seed", columns="cell", values="joint")
    deltas = joint.sub(joint["baseline"], axis=0).mean()
    for row in effects:
        if row["scorer"] == "joint":
            assert float(row["delta"]) == pytest.approx(deltas[f"{row['component']}={row['level']}"])

    before = folder.fits(), folder.rows(), {run.info.run_id for run in folder.runs()}
    folder.run()
    assert (folder.fits(), folder.rows(), {run.info.run_id for run in folder.runs()}) == before


def test_a_part_of_a_study_its_status_and_its_stores(folder, with_pictures):
    out, _ = folder.run("--status")
    assert f"not begun, {TRIALS} trials to run" in out
    assert not (folder.path / "mlruns").exists()
    part = ["--components", "max_depth", "--seeds", "1"]
    folder.run(*part)
    out, _ = folder.run("--status")
    assert f"3 of {TRIALS} trials finished, 0 failed, {TRIALS - 3} to run" in out
    assert folder.fits().total() == 3

    # MLflow and Optuna point at each other.
    (study,) = optuna.get_all_study_summaries(f"sqlite:///{folder.path}/mlruns/optuna.db")
    runs = {run.info.run_id: run for run in folder.runs()}
    tracked = {key: run_id for key, run_id in study.user_attrs.items() if key.startswith("mlflow.run ")}
    assert len(tracked) == 3
    for run_id in tracked.values():
        tags = runs[run_id].data.tags
        assert tags["optuna.study"] == study.study_name
        assert tags["optuna.trial"] in {"0", "1", "2"}
        cell = runs[tags["mlflow.parentRunId"]]
        assert runs[cell.data.tags["mlflow.parentRunId"]].data.tags["optuna.study"] == study.study_name
        for run, kinds in ((run_id, ["json"]), (cell.info.run_id, ["json", "png"])):
            files = {Path(file.path).name for file in folder.client().list_artifacts(run, "confusion")}
            assert files == {f"{head}.{kind}" for head in FACTORS for kind in kinds}

    # Another MLflow store gets every trial too.
    shutil.copy(folder.database, folder.path / "other.db")
    folder.run(*part, "--tracking-uri", "sqlite:///other.db")
    client = mlflow.MlflowClient(f"sqlite:///{folder.path}/other.db")
    runs = client.search_runs([client.get_experiment_by_name("lineclf").experiment_id])
    names = {run.info.run_name for run in runs if run.info.status == "FINISHED"}
    assert {"baseline · seed 0", "max_depth=1 · seed 0", "max_depth=4 · seed 0"} < names
    assert folder.fits().total() == 3


# While it works; while its result is stored and logged.
@pytest.mark.parametrize("moment", ["begun", "done"])
def test_kill_9_loses_nothing_and_repeats_nothing(naps, moment):
    naps.write(seconds=0, hold=["nap 2"] if moment == "begun" else [])
    process = naps.start()
    naps.wait_for_fits(3, moment)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    naps.write(seconds=0)
    naps.run()
    naps.assert_everything_is_there_once()
    assert naps.fits("begun").total() <= 8 + 1  # none but the trial that was killed is begun again
    if moment == "begun":
        assert naps.fits().total() == 8


def test_trials_travel_with_the_report(naps):
    def run_elsewhere(name, **options):  # as in a fresh clone
        return naps.run("--storage", f"sqlite:///{name}.db", **options)

    naps.write(seconds=0, press="nap 5")
    naps.run(status=130)
    travelling = naps.path / "reports" / "naps" / "trials.jsonl.gz"
    first = travelling.read_bytes()
    naps.write(seconds=0)
    run_elsewhere("second")
    assert naps.fits("begun").total() == 8 + 1
    last = travelling.read_bytes()
    assert last != first
    run_elsewhere("third")
    assert naps.fits("begun").total() == 8 + 1
    assert travelling.read_bytes() == last
    naps.run()
    naps.assert_everything_is_there_once()
    travelling.unlink()
    naps.run()  # nothing is left to run, and the report has its trials again
    assert travelling.read_bytes() == last

    script = naps.path / "study.py"  # another study's trials are not its own
    script.write_text(script.read_text().replace('params = "naps"', 'params = "other"'))
    run_elsewhere("fourth")
    assert naps.fits("begun").total() == 2 * 8 + 1
    travelling.write_bytes(last[:-9])
    _, err = run_elsewhere("fifth", status=2)
    assert "trials.jsonl.gz' has no trials that can be read, so move it away" in err


def test_ctrl_c_puts_the_trial_back(naps):
    naps.write(seconds=0, press="nap 2")
    _, err = naps.run(status=130)
    assert "the same command continues" in err
    assert naps.fits().total() == 2
    naps.write(seconds=0)
    _, err = naps.run()
    assert "Waiting" not in err
    naps.assert_everything_is_there_once()
    assert naps.fits().total() == 8


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM"])
def test_ctrl_c_counts_where_python_drops_it(naps, how):
    """An exception inside a weak reference's callback is lost: the run ends after the trial all the same."""
    script = naps.path / "study.py"
    script.write_text(script.read_text().replace("STUDY =", LOSING_SCRIPT.replace("SIGINT", how) + "STUDY ="))
    _, err = naps.run(status=130)
    assert "the same command continues" in err
    assert naps.fits().total() == 1


def test_a_failing_cell_is_reported_and_the_others_stand(folder):
    folder.write(fail_at=4)
    out, _ = folder.run("--components", "max_depth", status=1)
    assert "Failed: max_depth=4 · seed 0: RuntimeError: this depth fails" in out
    assert "RuntimeError: this depth fails" in (folder.path / "reports" / "trees" / "ablation.md").read_text()
    counts = {row["level"]: row["n"] for row in folder.rows("effects.csv") if row["scorer"] == "joint"}
    assert counts == {"1": "2", "4": "0"}


def test_other_sizes_do_not_mix_and_more_seeds_reuse(folder):
    folder.run("--components", "max_depth", "--seeds", "1")
    first = folder.fits().total()
    folder.run("--components", "max_depth", "--seeds", "2")
    assert folder.fits().total() == 2 * first
    folder.run("--components", "max_depth", "--seeds", "1", "--n-per-class", "8", "--track", "replica")
    assert folder.fits().total() == 3 * first
    page = folder.path / "reports" / "trees" / "scratch" / "replica-one-at-a-time-quick" / "ablation.md"
    assert "576 rows are trained on" in page.read_text()


@pytest.mark.parametrize(
    ("design", "n_cells", "words"),
    [
        ("leave-one-out", 3, "| seconds | 0.01 |"),
        ("factorial", 6, "Exact sums of squares"),
        ("fractional", 4, "seconds"),
    ],
)
def test_other_designs_end_to_end_from_results_csv_alone(folder, design, n_cells, words):
    out, _ = folder.run("--design", design)
    assert folder.fits().total() == 2 * n_cells
    report = folder.path / "reports" / "trees" / f"distinct-{design}-quick"
    page = (report / "ablation.md").read_text()
    assert words in page
    assert f"{n_cells} cells × 2 seeds" in page
    assert f"reports/trees/distinct-{design}-quick/ablation.md" in out
    results = pd.read_csv(report / "results.csv", dtype=str, keep_default_na=False)
    joint = results.astype({"joint": float})
    if design == "leave-one-out":
        at, there = joint[joint["cell"] == "without seconds"], joint[joint["cell"] == "full"]
    else:
        at, there = joint[joint["seconds"] == "0.011"], joint[joint["seconds"] == "0.01"]
    effects = pd.read_csv(report / "effects.csv")
    named = effects["component"].str.partition(" = ")[0] == "seconds"
    (delta,) = effects.loc[named & (effects["scorer"] == "joint"), "delta"]
    assert delta == pytest.approx(at["joint"].mean() - there["joint"].mean()) == pytest.approx(0)
    assert f"| {at['joint'].mean():.4f} | +0.0000 |" in page
    for picture in ("effects.png", "costs.png"):
        assert (report / picture).read_bytes().startswith(b"\x89PNG")
    if design == "factorial":
        again = anova_from_results(results)
        stored = pd.read_csv(report / "anova.csv").set_index("term")
        assert again == pytest.approx(stored.loc[list(again), "sum_of_squares"].to_dict())


def anova_from_results(results):
    """Sums of squares of the joint accuracy by least squares, with and without a term."""
    joint = results.astype({"joint": float})
    ssr = {}
    for terms in ("1", "C(max_depth)", "C(seconds)", "C(max_depth) * C(seconds)"):
        ssr[terms] = smf.ols(f"joint ~ {terms}", joint).fit().ssr
    alone = {name: ssr["1"] - ssr[f"C({name})"] for name in ("max_depth", "seconds")}
    return alone | {"max_depth × seconds": ssr["1"] - ssr["C(max_depth) * C(seconds)"] - sum(alone.values())}


def test_a_store_that_fails_is_told_without_a_traceback_or_a_password(capsys):
    def plan(args):
        raise MlflowException("no answer from http://me:hunter2@host/\nand more")

    profiles = {"quick": Profile(1, 1)}
    study = SimpleNamespace(name="s", question="?", profiles=profiles, Options=Options, plan=plan)
    assert main(study, []) == 1
    assert "error: MlflowException: no answer from http://***@host/\nWhat is finished" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--components", "max_dept"], "Did you mean 'max_depth'?"),
        (["--track", "halfs"], "Did you mean 'halves'?"),
        (["--seeds", "x"], "--seeds must be a number"),
        (["--n-per-class", "0"], "--n-per-class must be from 1 to 1,000,000; got 0"),
        (["--n-per-class", "9" * 20], "--n-per-class must be from 1 to 1,000,000; got 999"),
        (["--epochs", "3"], "epochs"),
        (["--storage", "postgresql+psycopg://me:secret@127.0.0.1:1/db"], "storage='postgresql+psycopg://***@127"),
        (["--storage", "me:secret@127.0.0.1:1/db"], "storage='***@127.0.0.1:1/db' cannot be opened"),
        (["--storage", "sqlite://me:secret@x/x.db", "--status"], "a file's URL begins with sqlite:///"),
        (["--storge", "postgresql+psycopg://me:secret@host/db"], "unrecognized arguments: --storge postgresql+psycopg"),
        (["--workers", "postgresql://me:secret@host/db"], "must be a number ≥ 1; got 'postgresql://***@host/db'"),
        (["--tracking-uri", "me:secret@127.0.0.1:9"], "tracking_uri='***@127.0.0.1:9' cannot be opened"),
        (["--tracking-uri", "http://me:secret@127.0.0.1:9"], "127.0.0.1:9"),
        (["--profile", "huge"], "invalid choice: 'huge'"),
        (["--output", "study.py/report"], "--output must be a folder to write to; got 'study.py/report'"),
    ],
)
def test_bad_options_are_named_with_what_is_legal(folder, options, words):
    _, err = folder.run(*options, status=2)
    assert words in err
    assert "secret" not in err
    assert "Traceback" not in err
    assert not folder.fits()
