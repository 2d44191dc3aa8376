"""How much of a run is not training: the engine at 10,000 trials, two workers beside one, and what surrounds a fit."""

import io
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

N_TRIALS = 10_000
N_LOGGED = 100
CELLS, SEEDS = 2, 12  # of the ablation that workers share
ABLATE = Path(__file__).parents[1] / "ablate.py"


def measure_engine(repeats, n=N_TRIALS):
    """Rows of a study of `n` trials that do nothing, on SQLite: seconds of each trial, of reading all and of status."""
    from lineclf.runs import InProcess, Plan, TrialStore, run_trials

    class Nothing(Plan):
        def __init__(self):
            self.trials = {f"trial {number}": {"number": number} for number in range(n)}

        def run(self, key, on_fitted=None):
            return 1.0, {"history": {"accuracy": [0.5] * 10}, "metrics": dict.fromkeys(map(str, range(50)), 0.5)}

    rows, plan = [], Nothing()
    for i in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/optuna.db"
            store = TrialStore(url, "speed", plan.trials)
            steps = {
                "work": lambda store=store: list(run_trials(plan, store, InProcess(plan), lambda: None)),
                "read": lambda url=url: TrialStore(url, "speed", plan.trials).results(),
            }
            for name, step in steps.items():
                start = time.perf_counter()
                step()
                seconds = time.perf_counter() - start
                rows.append(("engine", name, i, "seconds", seconds / n if name == "work" else seconds))
    return rows


def measure_scale(repeats, n_cells=100, n_seeds=N_TRIALS // 100, n_new=N_LOGGED):
    """Rows of runs of an ablation whose trials are all finished: seconds with `n_new` of them to log, and with none.

    The trials are copies of one, with chance in their scores, in one study; each pair of runs has its MLflow store.
    """
    from lineclf.ablation import Ablation, Component
    from lineclf.cli import main
    from lineclf.runs import Profile, Tracker, TrialStore, make_options

    study = Ablation(
        name="scale",
        question="what does a study of many trials cost beside its trials?",
        estimator="sklearn.tree:DecisionTreeClassifier",
        components=(Component("max_depth", None, tuple(range(1, n_cells))),),
        track="distinct",
        profiles={"only": Profile(n_per_class=4, seeds=n_seeds)},
    )
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/optuna.db"
        plan = study.plan(make_options(study, {}))
        first, cells = next(iter(plan.trials)), {cell.name: cell for cell in plan.cells}
        _, pattern = plan.run(first)
        rng = random.Random(0)

        def copy(key):
            cell, seed = cells[plan.names[key].rpartition(" · ")[0]], plan.trials[key]["seed"]
            about = {"name": cell.name, "cell": cell.name, "level": cell.level, "component": cell.component}
            folds = {name: [value * rng.uniform(0.9, 1) for value in each] for name, each in pattern["folds"].items()}
            scores = pattern["metrics"] | {f"test_{name}": sum(each) / len(each) for name, each in folds.items()}
            more = {"settings": cell.settings, "seed": seed, "metrics": scores, "folds": folds}
            return scores["test_joint"], {**pattern, **about, **more}

        store = TrialStore(url, plan.identity, plan.trials)
        for key in plan.trials:
            store.add(key, *copy(key))

        def run(i, name):
            options = ["--storage", url, "--tracking-uri", uri(i), "--output", f"{folder}/report"]
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                start = time.perf_counter()
                status = main(study, options)
                seconds = time.perf_counter() - start
            if status:
                raise RuntimeError(f"a run of {len(plan.trials)} finished trials ended with status {status}")
            return "scale", name, i, "seconds", seconds

        def uri(i):
            return f"sqlite:///{folder}/mlflow{i}.db"

        def leave(n, i):
            """Make a store that all but `n` trials pass for logged in."""
            tracked = Tracker(uri(i)).store
            store = TrialStore(url, plan.identity, plan.trials)
            for key in list(plan.trials)[n:]:
                store.mark_tracked(key, "elsewhere", tracked)

        leave(0, "first")
        run("first", "libraries load")
        for i in range(repeats):
            leave(n_new, i)
            rows += [run(i, f"{n_new} to log"), run(i, "none to log")]
    return rows


def measure_logging(repeats, n=20):
    """Rows of a four-head net's trials logged in MLflow, and of the cells of two that they are: seconds of each."""
    from lineclf.ablation import Ablation, Component
    from lineclf.runs import Profile, Tracker, make_options

    study = Ablation(
        name="logging",
        question="what does it take to log a trial?",
        estimator="lineclf.estimators:MultiHeadLineClassifier",
        components=(Component("filters", 32, (16,)),),
        track="distinct",
        profiles={"only": Profile(n_per_class=4, seeds=1, settings={"epochs": 15})},
    )
    plan = study.plan(make_options(study, {}))
    _, pattern = plan.run(next(iter(plan.trials)))
    trials = [
        {**pattern, "key": f"trial {i}", "value": 0.5, "seed": i, "optuna": {"study": "a study", "trial": i}}
        for i in range(n)
    ]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for i in range(repeats):
            tracker = Tracker(f"sqlite:///{folder}/mlflow{i}.db")
            run = tracker.start_study("a study", "a study", params={})
            for trial in trials[:2]:  # tables are found, libraries load
                tracker.log_trial(run, {**trial, "key": f"first {trial['seed']}"}, cell="first")
            start = time.perf_counter()
            for j, trial in enumerate(trials):
                tracker.log_trial(run, trial, cell=f"cell {j // 2}")
            logged = time.perf_counter()
            for j in range(0, n, 2):
                tracker.finish_cell(run, f"cell {j // 2}", {"value": 0.5, "verdict": "open"}, trials[j : j + 2])
            rows.append(("logging", "a trial", i, "seconds", (logged - start) / n))
            rows.append(("logging", "a cell", i, "seconds", 2 * (time.perf_counter() - logged) / n))
    return rows


def measure_throughput(repeats, n_per_class=40, epochs=4, report_n=1000):
    """Rows of ablations with one worker on one core and two on two, and of runs of the report's size."""
    cores = sorted(os.sched_getaffinity(0))
    rows = []
    sized = [f"--n-per-class={n_per_class}", f"--epochs={epochs}", f"--seeds={SEEDS}"]
    for i in range(repeats):
        for n in (1, 2) if len(cores) > 1 else (1,):
            rows += _ablate("workers", f"{n} on {n}", i, cores[:n], "--workers", n, *sized)
    for name, epochs in (("one epoch", 1), ("all epochs", _report_epochs())):
        sized = [f"--n-per-class={report_n}", f"--epochs={epochs}", "--seeds=1"]
        rows += _ablate("trial", name, 0, cores[:1], "--workers", 1, *sized)
    return rows


def _ablate(item, name, i, cores, *options):
    """Rows of a run of the ablation, `CELLS` a seed, on these cores alone: seconds of it, and of its trials."""
    with tempfile.TemporaryDirectory() as folder:
        script = [sys.executable, str(ABLATE), "--components", "filters", *map(str, options)]
        # The cores are set within the process that is to have them: a thread of this one keeps its own.
        code = f"import os, sys; os.sched_setaffinity(0, {cores}); os.execv(sys.argv[1], sys.argv[1:])"
        start = time.perf_counter()
        command = [sys.executable, "-c", code, *script]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        if done.returncode:
            raise RuntimeError(done.stderr)
        return [(item, name, i, "seconds", seconds), (item, name, i, "seconds_of_trials", _span(folder))]


def _span(folder):
    """Seconds from the start of a run's first trial to the end of its last one."""
    import optuna

    storage = f"sqlite:///{folder}/mlruns/optuna.db"
    (name,) = optuna.get_all_study_names(storage)
    trials = optuna.load_study(storage=storage, study_name=name).trials
    first = min(each.datetime_start for each in trials if each.datetime_start)
    last = max(each.datetime_complete for each in trials if each.datetime_complete)
    return (last - first).total_seconds()


def engine_section(rows):
    """Markdown of these parts; empty without rows of theirs."""
    seconds: dict = {}
    of_trials: dict = {}
    for item, name, i, metric, value in rows:
        if item in ("engine", "queue", "scale", "logging", "workers", "trial"):
            kind = of_trials if metric == "seconds_of_trials" else seconds
            kind.setdefault(item, {}).setdefault(name, {})[i] = value
    lines = []
    if "engine" in seconds:
        each = [1000 * seconds for seconds in seconds["engine"]["work"].values()]
        lines.append((f"the engine's own time for a trial, {N_TRIALS:,} of them", *_judged(each, " ms", 50)))
        lines.append(("open the study and read all results", _spread(seconds["engine"]["read"].values(), "s"), "", ""))
    if "queue" in seconds:
        each = [1000 * seconds for seconds in seconds["queue"]["work"].values()]
        lines.append(("the same of the engine of lineclf 0.2", _spread(each, "ms"), "", ""))
    if "logging" in seconds:
        each, cells = ([1000 * x for x in seconds["logging"][what].values()] for what in ("a trial", "a cell"))
        lines.append(("log a trial in MLflow", *_judged(each, " ms", 120)))
        lines.append(("log a cell in MLflow, with its pictures", *_judged(cells, " ms", None)))
    if "scale" in seconds:
        more, done = seconds["scale"][f"{N_LOGGED} to log"], seconds["scale"]["none to log"]
        each = [more[i] - done[i] for i in done]
        what = f"log {N_LOGGED} trials and 100 new cells, in a study of {N_TRIALS:,}"
        lines.append((what, _spread(each, "s"), "", ""))
        found = f"a run that finds all {N_TRIALS:,} done: read, report"
        lines.append((found, *_judged(list(done.values()), " s", 15)))
    workers = "trials an hour of two workers over one's"
    for what, kind, target in (
        (workers, of_trials, 1.8),
        (f"{workers}, start and report included, {CELLS * SEEDS} trials", seconds, None),
    ):
        runs = kind.get("workers", {})
        if "2 on 2" in runs:
            gains = [runs["1 on 1"][i] / runs["2 on 2"][i] for i in runs["2 on 2"]]
            together = sum(runs["1 on 1"].values()) / sum(runs["2 on 2"].values())
            lines.append((what, *_judged(gains, " ×", target, middle=together, at_least=True)))
    if "trial" in seconds:
        one, whole = (of_trials["trial"][name][0] / CELLS for name in ("one epoch", "all epochs"))
        epoch = (whole - one) / (_report_epochs() - 1)
        start = seconds["trial"]["all epochs"][0] - CELLS * whole
        outside = one - epoch + start / _trials_per_worker()
        share = 100 * outside / (outside + _report_epochs() * epoch)
        lines.append(("of a trial at the report's size, not training", *_judged([share], " %", 10)))
    if not lines:
        return ""
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"""
## Engine and workers

| what | median (smallest to largest) | target | |
|---|---|---|---|
{table}

The engine's own time: trials that return at once, in one process, stored on SQLite.
Logging: trials of the four-head net, with 15 epochs, in a fresh store on SQLite; a cell has two of them, whose
confusion matrices and curves are drawn. Report: an ablation of 100 cells and 100 seeds on SQLite, {N_LOGGED} of its
finished trials and none of its cells in MLflow yet, against the same run once more. Workers: the same small ablation
with one worker on one core and with two on two, from the start of the first trial to the end of the last one, which is
what grows with a study; a command of any length spends the rest once, mostly on one core. The gain is of all runs
together, in brackets those of single pairs, which the machine's other users disturb: above 2 the one worker was. Not
training: two runs of one worker on one core, on the report's number of images, with one epoch and with its
{_report_epochs()}. Their difference is epochs, each with its look at the test side for the curves; what of a trial does
not grow with them – drawing, building, tracing, scoring, logging – and its share in all that surrounds the trials of a
worker, which has {_trials_per_worker()}, is not training.
"""


def _report_epochs():
    import runpy

    return runpy.run_path(str(ABLATE))["STUDY"].profiles["report"].settings["epochs"]


def _trials_per_worker():
    from lineclf.runs import TRIALS_PER_WORKER

    return TRIALS_PER_WORKER


def _judged(numbers, unit, target, middle=None, at_least=False):
    middle = statistics.median(numbers) if middle is None else middle
    measured = f"{middle:.2f}{unit} ({min(numbers):.2f} to {max(numbers):.2f}, n = {len(numbers)})"
    if target is None:
        return measured, "", ""
    met = middle >= target if at_least else middle <= target
    return measured, f"{'≥' if at_least else '≤'} {target:g}{unit}", "met" if met else "**missed**"


def _spread(numbers, unit):
    middle = statistics.median(numbers)
    return f"{middle:.1f} {unit} ({min(numbers):.1f} to {max(numbers):.1f}, n = {len(numbers)})"
