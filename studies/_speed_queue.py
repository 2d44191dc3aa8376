"""How much of a run is not training: the queue at 10,000 trials, two workers beside one, and what surrounds a fit."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

N_TRIALS = 10_000
EPOCHS = (1, 3)  # of the runs whose difference is training
ABLATE = Path(__file__).with_name("ablate.py")


def measure_queue(repeats, n=N_TRIALS, n_worked=200):
    """Rows of a queue of `n` trials that do nothing, on SQLite: seconds of each thing that a run asks of it."""
    from lineclf.experiments import TrialQueue

    rows = []
    for i in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/optuna.db"
            trials = {f"trial {number}": {"number": number} for number in range(n)}
            queue = TrialQueue(url, "speed")
            steps = {
                "enqueue": lambda queue=queue, trials=trials: queue.enqueue(trials.items()),
                "enqueue again": lambda queue=queue, trials=trials: queue.enqueue(trials.items()),
                "work": lambda queue=queue, trials=trials: queue.work(_nothing, keys=trials, most=n_worked),
                "status": lambda url=url: TrialQueue(url, "speed").status(),
                "results": lambda url=url: TrialQueue(url, "speed").results(),
            }
            for name, step in steps.items():
                start = time.perf_counter()
                step()
                seconds = time.perf_counter() - start
                rows.append(("queue", name, i, "seconds", seconds / n_worked if name == "work" else seconds))
    return rows


def _nothing(key, number):
    return 1.0, {"history": {"loss": [0.5] * 100}}


def measure_throughput(repeats, n_per_class=100, epochs=4, seeds=4, report_n=1000):
    """Rows of ablations with one worker on one core and two on two, and of runs of the report's size."""
    cores = sorted(os.sched_getaffinity(0))
    rows = []
    sized = [f"--n-per-class={n_per_class}", f"--epochs={epochs}", f"--seeds={seeds}"]
    for i in range(repeats):
        for n in (1, 2) if len(cores) > 1 else (1,):
            rows.append(("workers", f"{n} on {n}", i, "seconds", _ablate(cores[:n], "--workers", n, *sized)))
    for epochs in EPOCHS:
        sized = [f"--n-per-class={report_n}", f"--epochs={epochs}", "--seeds=1"]
        rows.append(("trial", f"{epochs} epochs", 0, "seconds", _ablate(cores[:1], "--workers", 1, *sized)))
    return rows


def _ablate(cores, *options):
    """Seconds of a whole run of the ablation, two cells a seed, on these cores alone."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, ABLATE, "--components", "filters", *map(str, options)]
        # The cores are set within the process that is to have them: a thread of this one keeps its own.
        code = f"import os, sys; os.sched_setaffinity(0, {cores}); os.execv(sys.argv[1], sys.argv[1:])"
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code, *command], cwd=folder, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        if done.returncode:
            raise RuntimeError(done.stderr)
        return seconds


def queue_section(rows):
    """Markdown of both parts; empty without rows of theirs."""
    seconds = {}
    for item, name, i, metric, value in rows:
        if item in ("queue", "workers", "trial") and metric == "seconds":
            seconds.setdefault(item, {}).setdefault(name, {})[i] = value
    lines = []
    for name, what in (
        ("enqueue", f"enqueue {N_TRIALS:,} trials"),
        ("enqueue again", "enqueue the same again"),
        ("work", "take a trial that does nothing, store its result"),
        ("status", "`--status`: open the queue and count"),
        ("results", "open the queue and read the results so far"),
    ):
        if "queue" in seconds:
            lines.append((what, _milliseconds(seconds["queue"][name].values()), "", ""))
    workers = seconds.get("workers", {})
    if "2 on 2" in workers:
        gains = [workers["1 on 1"][i] / workers["2 on 2"][i] for i in workers["2 on 2"]]
        lines.append(("trials an hour of two workers over one's", *_judged(gains, " ×", 1.8, at_least=True)))
    trial = {name: runs[0] for name, runs in seconds.get("trial", {}).items()}
    if trial:
        few, many = (trial[f"{epochs} epochs"] for epochs in EPOCHS)
        epoch = (many - few) / (EPOCHS[1] - EPOCHS[0])
        outside = few - EPOCHS[0] * epoch
        share = 100 * outside / (outside + _report_epochs() * epoch)
        lines.append(("of a run at the report's size, not training", *_judged([share], " %", 10)))
    if not lines:
        return ""
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"""
## Queue and workers

| what | median (smallest to largest) | target | |
|---|---|---|---|
{table}

The queue is on SQLite, its trials return at once. Workers: the same small ablation, a whole command each time, with one
worker on one core and with two on two. Not training is what does not grow with the epochs: whole runs of one worker on
one core, with {EPOCHS[0]} and with {EPOCHS[1]} epochs on the report's number of images, give the time of an epoch, and
the rest – starting, drawing, building, tracing, scoring, logging, reporting – is set against the report's
{_report_epochs()} epochs.
"""


def _report_epochs():
    import runpy

    return runpy.run_path(str(ABLATE))["STUDY"].profiles["report"].settings["epochs"]


def _judged(numbers, unit, target, at_least=False):
    middle = statistics.median(numbers)
    met = middle >= target if at_least else middle <= target
    measured = f"{middle:.2f}{unit} ({min(numbers):.2f} to {max(numbers):.2f}, n = {len(numbers)})"
    return measured, f"{'≥' if at_least else '≤'} {target:g}{unit}", "met" if met else "**missed**"


def _milliseconds(seconds):
    numbers = [1000 * each for each in seconds]
    middle = statistics.median(numbers)
    return f"{middle:.1f} ms ({min(numbers):.1f} to {max(numbers):.1f}, n = {len(numbers)})"
