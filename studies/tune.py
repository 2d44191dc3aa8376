"""Which settings does each learner of the leaderboard get? The same number of tries for all, augmentation included.

They are tried on a world that no track uses: other lengths, widths, angles and colours. Three tasks are drawn of it:
half of the places held out, a part of the combinations held out, and noise. What counts is the mean joint accuracy.
The first try is a learner's defaults; Optuna's TPE chooses the others. The best settings stand in the leaderboard's
declaration, frozen before it is run.

    python studies/tune.py                            # about two hours on 2 cores; goes on where a run stopped
    python studies/tune.py --learners "random forest" # one of them
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

WORLD: dict[str, Any] = {
    "lengths": (6, 13),
    "widths": (2, 4),
    "angles": [7.5 + 15 * step for step in range(12)],
    "colors": ("cyan", "magenta"),
    "antialias": True,
}
N_PER_CLASS, N_TEST, NOISE, SEED = 40, 3000, 0.4, 1000
TASKS = ("halves", "composition", "noise")
LEARNERS = (
    "logistic regression",
    "random forest",
    "gradient boosting",
    "one-layer CNN",
    "four-head CNN",
    "global-pooling CNN",
    "residual CNN",
    "symmetry CNN",
    "p4m CNN",
)
COLUMNS = ("learner", "try", *TASKS, "mean", "seconds", "settings")


def spaces():
    """Each of the learners: import path, settings that stay, and what may vary."""
    from optuna.distributions import CategoricalDistribution as Among
    from optuna.distributions import FloatDistribution as Real
    from optuna.distributions import IntDistribution as Whole

    net = {
        "learning_rate": Real(1e-3, 2e-2, log=True),
        "epochs": Among([4, 8, 12]),
        "dropout": Among([0.0, 0.1, 0.3]),
        "max_shift": Among([0, 2, 6, 14]),
        "pooling": Among(["max", "average"]),
        "batch_size": Among([32, 64, 128]),
    }
    compact = "lineclf:CompactCNNClassifier"
    return {
        "logistic regression": ("lineclf.baselines:logistic_regression", {}, {"C": Real(1e-3, 1e2, log=True)}),
        "random forest": (
            "sklearn.ensemble:RandomForestClassifier",
            {"n_estimators": 100, "n_jobs": 2},
            {
                "max_features": Among(["sqrt", 0.05, 0.1]),
                "min_samples_leaf": Whole(1, 5),
                "max_samples": Among([0.5, None]),
            },
        ),
        "gradient boosting": (
            "lineclf.baselines:gradient_boosting",
            {"max_iter": 60},
            {
                "n_components": Among([30, 60, 120]),
                "learning_rate": Real(0.03, 0.3, log=True),
                "max_leaf_nodes": Whole(7, 63, log=True),
                "l2_regularization": Real(1e-3, 10, log=True),
            },
        ),
        "one-layer CNN": ("lineclf:OneLayerCNNClassifier", {"units": 64}, net),
        "four-head CNN": ("lineclf:MultiHeadLineClassifier", {}, net),
        "global-pooling CNN": (compact, {}, net | {"combine": Among([True, False])}),
        "residual CNN": (compact, {"residual": True}, net | {"combine": Among([True, False])}),
        "symmetry CNN": ("lineclf.estimators:symmetry_cnn", {}, net | {"copies": Among([2, 4, 8])}),
        "p4m CNN": (compact, {"symmetry": "p4m", "filters": 8}, net | {"combine": Among([True, False])}),
    }


def tasks():
    """Training and test side of each task, X, y, X_test, y_test."""
    import numpy as np

    from lineclf.datasets import make_lines
    from lineclf.model_selection import get_track

    X, y, centres = make_lines(N_PER_CLASS, **WORLD, distinct=True, return_positions=True, random_state=SEED)
    sides = {}
    for name in TASKS[:2]:
        train, test = next(get_track(name, random_state=SEED).split(X, y, centres))
        test = np.random.default_rng(SEED).permutation(test)[:N_TEST]
        sides[name] = X[train], y[train], X[test], y[test]
    X, y = make_lines(N_PER_CLASS, **WORLD, noise=NOISE, dtype="float32", random_state=SEED)
    fresh = make_lines(-(-N_TEST // 96), **WORLD, noise=NOISE, dtype="float32", random_state=SEED + 1)
    return sides | {"noise": (X, y, *fresh)}


def score(path, settings, sides):
    """Joint accuracy of a learner on the test side."""
    from lineclf.metrics import joint_accuracy_score
    from lineclf.runs import for_several_targets, load_estimator, seed_estimator, takes_images

    X, y, X_test, y_test = sides
    estimator = seed_estimator(for_several_targets(load_estimator(path, settings)), SEED)
    if not takes_images(estimator):
        X, X_test = X.reshape(len(X), -1), X_test.reshape(len(X_test), -1)
    return joint_accuracy_score(y_test, estimator.fit(X, y).predict(X_test))


def tune(name, n_tries, sides, done, store):
    """Try settings of one learner until there are `n_tries`.

    Parameters
    ----------
    name : str
    n_tries : int
    sides : dict
        As of :func:`tasks`.
    done : list of dict
        Earlier tries of it, rows of the table.
    store : callable (row)
    """
    import optuna

    path, fixed, space = spaces()[name]
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=SEED + len(done), n_startup_trials=4)  # a run that goes on draws others
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for row in done:
        params = {key: value for key, value in json.loads(row["settings"]).items() if key in space}
        if params:  # the defaults, which the space need not hold, have none
            study.add_trial(optuna.trial.create_trial(params=params, distributions=space, value=float(row["mean"])))
    for number in range(len(done), n_tries):
        trial = study.ask(space) if number else None
        settings = fixed | (trial.params if trial else {})
        started = time.perf_counter()
        scores = {task: score(path, settings, each) for task, each in sides.items()}
        mean = sum(scores.values()) / len(scores)
        if trial:
            study.tell(trial, mean)
        seconds = time.perf_counter() - started
        row = {"learner": name, "try": number, **scores, "mean": mean, "seconds": seconds}
        store(row | {"settings": json.dumps(settings)})


def page(rows, command):
    """Return the report as Markdown."""
    from lineclf.reporting import markdown_table, number, written_by

    head = ["learner", "tries", "defaults", "best", *TASKS, "minutes in all", "best settings"]
    body = []
    for name in dict.fromkeys(row["learner"] for row in rows):
        own = [row for row in rows if row["learner"] == name]
        best = max(own, key=lambda row: row["mean"])
        scores = [number(100 * best[task], ".1f") for task in TASKS]
        settings = ", ".join(f"{key}={value!r}" for key, value in json.loads(best["settings"]).items())
        means = [number(100 * row["mean"], ".1f") for row in (own[0], best)]
        minutes = number(sum(row["seconds"] for row in own) / 60, ".1f")
        body.append([name, str(len(own)), *means, *scores, minutes, f"`{settings}`"])
    world = ", ".join(f"{key} {value}" for key, value in WORLD.items())
    return f"""# The settings of the leaderboard's learners

{__doc__.split("    python")[0].partition(chr(10))[2].strip()}

{markdown_table([head, *body])}

Joint accuracy, %, of the mean over the tasks and of each. The world: {world}; {N_PER_CLASS} images a class, noise of
{NOISE:g} of full scale. The first of equals is the best. Settings that are not named are the learner's defaults. Rules
that have no settings, and the suite's own net, which is told what the world is like, are not tried. All tries:
[tries.csv](tries.csv).

{written_by(command)}
"""


def read_tries(path):
    """Rows of an earlier table; none where there is no file."""
    import pandas as pd

    if not path.exists():
        return []
    table = pd.read_csv(path)
    if tuple(table.columns) != COLUMNS:
        raise ValueError(f"{path} must have the columns {', '.join(COLUMNS)}; got {', '.join(table.columns)}")
    return table.to_dict("records")


def main(argv=None):
    """Try what is left, print, and write the report."""
    from lineclf.cli import replace_unprintable

    replace_unprintable()
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="A run goes on where an earlier one stopped."
    )
    parser.add_argument("--tries", type=int, default=12, metavar="N", help="of each learner (default: %(default)s)")
    parser.add_argument(
        "--learners", nargs="+", choices=LEARNERS, default=LEARNERS, metavar="NAME", help="default: all"
    )
    parser.add_argument(
        "--output", type=Path, default=Path("reports/tuning"), metavar="DIR", help="default: %(default)s"
    )
    args = parser.parse_args(argv)
    if args.tries < 1:
        parser.error(f"--tries must be at least 1; got {args.tries}")
    try:
        rows = read_tries(args.output / "tries.csv")
        args.output.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        parser.error(f"--output: {error}")

    import pandas as pd

    from lineclf.reporting import write_files

    command = f"python studies/tune.py --tries {args.tries}"

    def store(row):
        rows.append(row)
        print(
            f"{row['learner']} {row['try']}: {row['mean']:.4f} in {row['seconds']:.0f} s, {row['settings']}", flush=True
        )
        rows.sort(key=lambda each: (LEARNERS.index(each["learner"]), each["try"]))
        table = pd.DataFrame(rows, columns=COLUMNS).to_csv(index=False, float_format="%.6g")
        write_files(args.output, {"tries.csv": table, "tuning.md": page(rows, command)})

    sides = tasks()
    for name in args.learners:
        tune(name, args.tries, sides, [row for row in rows if row["learner"] == name], store)
    print(page(rows, command))
    return 0


if __name__ == "__main__":
    sys.exit(main())
