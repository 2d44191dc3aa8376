"""A benchmark's plan: the data and split of each track, the trial, and results in long form."""

import hashlib
import json
from functools import lru_cache

import pandas as pd

from lineclf import __version__
from lineclf.datasets import FACTORS, TARGET_NAMES, make_lines
from lineclf.experiments._design import Plan, child_seed
from lineclf.experiments._evaluate import Split, evaluate, load_estimator
from lineclf.model_selection import get_track

COLUMNS = ("track", "model", "seed", "metric", "value")


class BenchmarkPlan(Plan):
    """The trials of a :class:`Benchmark` under the command line's options."""

    def __init__(self, study, arenas, contestants, profile, seeds):
        self.study, self.profile = study, profile
        self.arenas = {arena.name: arena for arena in arenas}
        self.contestants = {contestant.name: contestant for contestant in contestants}
        if len(self.contestants) < len(contestants):
            raise ValueError(f"two models have one name: {', '.join(each.name for each in contestants)}")
        self.n_per_class = study.profiles[profile].n_per_class
        self.queue_name = study.name
        self.title = f"{study.name} · {profile}"
        self.params = {"profile": profile, "n_per_class": self.n_per_class}
        seeds = range(study.profiles[profile].seeds) if seeds is None else seeds
        keys = {
            self._key(arena, contestant, seed): (arena.name, contestant.name, seed)
            for seed in seeds
            for arena in arenas  # the models of a track and seed in a row: they share its data
            for contestant in contestants
        }
        self.trials = {
            key: {"track": track, "model": model, "seed": seed} for key, (track, model, seed) in keys.items()
        }
        self.names = {key: f"{track} · {model} · seed {seed}" for key, (track, model, seed) in keys.items()}

    def _key(self, arena, contestant, seed):
        """Identity of a trial, with a hash of everything that gives its result a meaning but the estimator's defaults.

        Those would need its class, and one that cannot be imported shall fail its own trials only.
        """
        known = {**vars(arena), **vars(contestant), "n_per_class": self.n_per_class, "version": __version__}
        del known["asks"], known["target"]
        fingerprint = hashlib.sha256(json.dumps(known, sort_keys=True, default=dict).encode()).hexdigest()[:10]
        return json.dumps({"track": arena.name, "model": contestant.name, "seed": seed, "fingerprint": fingerprint})

    def run(self, key, on_fitted=None):
        """Result of one trial, and its value."""
        known = json.loads(key)
        contestant, seed = self.contestants[known["model"]], known["seed"]
        estimator = load_estimator(contestant.estimator, dict(contestant.settings))
        seeded = {
            name: child_seed(seed, "model")
            for name in estimator.get_params()
            if name == "random_state" or name.endswith("__random_state")
        }
        estimator.set_params(**seeded)
        arena = self.arenas[known["track"]]
        result = evaluate(estimator, draw(arena, self.n_per_class, seed), on_fitted)
        return result["metrics"][arena.score], {
            "name": f"{arena.name} · {contestant.name}",
            "tags": {"track": arena.name, "model": contestant.name, "profile": self.profile},
            "track": arena.name,
            "model": contestant.name,
            "seed": seed,
            **result,
        }

    def finished(self, results):
        """Results of this plan's trials: list in the plan's order."""
        return [results[key] for key in self.trials if key in results]

    def report(self, folder, results, failures, command):
        """Write the report; what to print, and the files."""
        from lineclf.experiments._leaderboard import write_leaderboard

        return write_leaderboard(folder, self, self.finished(results), failures, command)


@lru_cache(maxsize=1)
def draw(arena, n_per_class, seed):
    """Both sides of a track at a seed: fold seed mod k of its k folds.

    Parameters
    ----------
    arena : Arena
    n_per_class : int or None
        Images drawn a class; None for every distinct one.
    seed : int

    Returns
    -------
    Split
    """
    world = dict(arena.world)
    n = n_per_class
    if n_per_class is None and not arena.distinct:
        n = 1000  # the report's
    X, y, positions = make_lines(
        n,
        distinct=n is None,
        return_positions=True,
        random_state=child_seed(seed, "data"),
        **world,
    )
    track = get_track(arena.split, random_state=child_seed(seed, "split"), **arena.options)
    fold = seed % track.get_n_splits()
    train, test = list(track.split(X, y, positions))[fold]
    return Split(
        name=f"lines {arena.name}",
        X_train=X[train],
        y_train=y[train],
        X_test=X[test],
        y_test=y[test],
        labels=_labels(world),
        source={"function": "lineclf.datasets.make_lines", "n_per_class": n, "seed": seed, **world},
        facts={"track": arena.name, "fold": fold},
    )


def _labels(world):
    """Names of the levels of each factor in a world."""
    names = dict(zip(FACTORS, TARGET_NAMES, strict=True))
    for factor in FACTORS:
        if f"{factor}s" in world:
            names[factor] = [str(level) for level in world[f"{factor}s"]]
    return names


def benchmark_frame(results):
    """Results in long form, one row a track, model, seed and metric; accuracies are fractions."""
    rows = [
        (result["track"], result["model"], result["seed"], metric, value)
        for result in results
        for metric, value in sorted({**result["metrics"], **_facts(result)}.items())
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _facts(result):
    facts = {name: result["split"][name] for name in ("leak", "label_conflicts", "n_train", "n_test")}
    facts["images_per_second"] = facts["n_test"] / result["metrics"]["seconds_predict"]
    return facts
