"""A benchmark's plan: the data and split of each track, the trial, and the stored results that belong to it."""

import json
import math

import numpy as np
import pandas as pd

from lineclf._words import check_choice
from lineclf.benchmark._draw import draw
from lineclf.benchmark._entries import CEILING, Contestant
from lineclf.benchmark._folds import mean_result
from lineclf.benchmark._further import FURTHER
from lineclf.model_selection import get_track
from lineclf.runs._evaluate import as_input, evaluate, for_several_targets, load_estimator, seed_estimator
from lineclf.runs._identity import MEANING, fingerprint, identity_params
from lineclf.runs._plan import Plan
from lineclf.trials._levels import identity

__all__ = ["BenchmarkPlan"]


class BenchmarkPlan(Plan):
    """The trials of a :class:`Benchmark` under some options.

    Parameters
    ----------
    study : Benchmark
    arenas : sequence of Arena
        Tracks to run.
    contestants : sequence of Contestant
        Models to run.
    profile : str
    seeds : sequence of int or None
        None for the profile's.
    known : sequence of Contestant, optional
        Models whose stored results are in the report as well, beside those of earlier guests.
    """

    def __init__(self, study, arenas, contestants, profile, seeds, *, known=()):
        self.study, self.profile = study, profile
        for arena in arenas:
            if isinstance(arena.split, str):
                get_track(arena.split, **arena.options)  # raises for an unknown one
            for name in arena.tests:
                if self._further(name).test is None:
                    check_choice(f"tests of {arena.name!r}", name, FURTHER)
        for models in (contestants, known):
            if len({each.name for each in models}) < len(models):
                raise ValueError(f"two models have one name: {', '.join(each.name for each in models)}")
        self.n_per_class = study.profiles[profile].n_per_class
        self.identity = study.name
        self.title = f"{study.name} · {profile}"
        self.params = {"profile": profile, "n_per_class": self.n_per_class}
        self._known = {each.name: each for each in (*known, *contestants)}
        self._declared = {each.name for each in study.contestants}
        seeds = range(study.profiles[profile].seeds) if seeds is None else seeds
        self._runs = {
            self._key(arena, contestant, seed): (arena, contestant, seed)
            for seed in seeds
            for arena in arenas  # the models of a track and seed in a row: they share its data
            for contestant in (*contestants, *([arena.ceiling] if arena.ceiling else []))
            if arena.name not in contestant.cannot
        }
        self.trials = {
            key: {"track": arena.name, "model": contestant.name, "seed": seed}
            for key, (arena, contestant, seed) in self._runs.items()
        }
        self.cell_of = {key: f"{arena.name} · {contestant.name}" for key, (arena, contestant, _) in self._runs.items()}
        self.names = {key: f"{self.cell_of[key]} · seed {seed}" for key, (_, _, seed) in self._runs.items()}

    @property
    def models(self):
        """Models of the plan, and those whose stored results are in the report as well."""
        return list(self._known.values())

    def _further(self, name):
        """The declaration of a further test."""
        return next(each for each in self.study.further if each.name == name)

    @property
    def points(self):
        """Tracks of the learning curves at this size."""
        n = self.n_per_class
        return [arena for arena in self.study.arenas if arena.curve and (n is None or n >= arena.at_least)]

    def _fingerprint(self, arena, contestant):
        """Hash of everything that gives a result its meaning, except the seed."""
        known = {**arena.identity, **contestant.identity, "n_per_class": self.n_per_class, "version": MEANING}
        known |= _defaults(contestant)
        tests = {name: test for name in arena.tests if (test := self._further(name).test) is not None}
        known |= {"test functions": identity(tests)} if tests else {}
        return fingerprint(known, default=dict)

    def _key(self, arena, contestant, seed):
        fingerprint = self._fingerprint(arena, contestant)
        return json.dumps({"track": arena.name, "model": contestant.name, "seed": seed, "fingerprint": fingerprint})

    def run(self, key, on_fitted=None):
        """Run one trial; return the score that ranks its track, negated if small is good, and its result."""
        arena, contestant, seed = self._runs[key]
        folds = draw(arena, self.n_per_class, seed)
        found = [self._fold(arena, contestant, seed, split, None if i else on_fitted) for i, split in enumerate(folds)]
        result = mean_result(found)
        return arena.shown.sign * result["metrics"][arena.metric], {
            "name": f"{arena.name} · {contestant.name}",
            "tags": {"track": arena.name, "model": contestant.name, "profile": self.profile},
            "track": arena.name,
            "model": contestant.name,
            "seed": seed,
            "guest": None if contestant.name in self._declared | {CEILING} else contestant.estimator,
            **result,
        }

    def _fold(self, arena, contestant, seed, split, on_fitted):
        """Result of a model on one fold of a track."""
        estimator = load_estimator(contestant.estimator, dict(contestant.settings))
        estimator = estimator if split.y_train.ndim == 1 else for_several_targets(estimator)
        seed_estimator(estimator, seed).set_params(**_epochs(estimator, arena.min_steps, len(split.y_train)))
        result = evaluate(estimator, split, on_fitted, learning=False)
        metrics = result["metrics"]
        metrics.setdefault("test_joint_accuracy", metrics.get("test_accuracy"))  # of a single target
        if arena.shown.scorer is not None:
            X_test = as_input(estimator, split.X_test)
            metrics[arena.metric] = float(arena.shown.scorer(estimator, X_test, split.y_test))
        if contestant.name == CEILING:
            metrics |= _best_of_each_head(estimator, split)
            return result
        for name in arena.tests:
            further = self._further(name)
            test = FURTHER[name] if further.test is None else further.test
            found = {"n_test": len(split.y_test), **test(estimator, split, seed)}
            if further.test is not None and further.metric not in found:
                raise ValueError(f"test of {name!r} must return {further.metric!r}; got {', '.join(map(str, found))}")
            metrics |= {f"{name}/{metric}": float(value) for metric, value in found.items()}
        return result

    @property
    def tracked_as(self):
        """The study's name, and the size."""
        return f"{self.identity} · {self.profile}"

    def cells_of(self, results):
        """Return track and model of every stored trial of this size, by key."""
        return {result["key"]: result["name"] for result in self.stored(results)}

    def stored(self, results):
        """Results of the study at this size, made with whatever options.

        A guest of an earlier call is known by the import path in its result.
        """
        arenas = {arena.name: arena for arena in self.study.arenas}
        found = []
        for key, result in results.items():
            arena = arenas.get(result.get("track"))
            if arena is None:
                continue
            name, guest = result["model"], result.get("guest")
            models = ({CEILING: arena.ceiling} if arena.ceiling else {}) | self._known
            contestant = models.get(name) or (Contestant(name, guest) if guest else None)
            if contestant is not None and self._key(arena, contestant, result["seed"]) == key:
                found.append(result)
        found.sort(key=lambda result: result["finished"])
        guests = {result["model"]: result["guest"] for result in found}  # of two with one name the newer
        return [result for result in found if result["guest"] == guests[result["model"]]]

    def frame(self, results, earlier=None):
        """Stored results in long form by track, model and seed; `earlier` adds those that only it has.

        Parameters
        ----------
        results : dict of str to dict
            By key.
        earlier : pandas.DataFrame, optional
            Another such frame: of a machine whose storage cannot be reached. Rows that now have another meaning are
            left out.

        Returns
        -------
        pandas.DataFrame
            As in :func:`lineclf.benchmark._frame.benchmark_frame`.
        """
        from lineclf.benchmark._frame import benchmark_frame

        frame = benchmark_frame(self.stored(results))
        if earlier is not None and {"trial", "guest"} <= set(earlier):
            guests = earlier.loc[~earlier["model"].isin({*self._known, *frame["model"]}), ["model", "guest"]].dropna()
            guests = [Contestant(*guest) for guest in guests.drop_duplicates().itertuples(index=False)]
            valid = {
                self._fingerprint(arena, contestant)
                for arena in self.study.arenas
                for contestant in (*self._known.values(), *([arena.ceiling] if arena.ceiling else []), *guests)
            }
            here = set(zip(frame["trial"], frame["seed"], strict=True))
            trials = zip(earlier["trial"], earlier["seed"], strict=True)
            kept = np.array([trial[0] in valid and trial not in here for trial in trials], bool)
            frame = pd.concat([frame, earlier[kept]]) if len(frame) else earlier[kept]
        tracks = [each.name for each in (*self.study.arenas, *self.study.further)]
        order = pd.DataFrame(
            {
                "track": frame["track"].map({name: i for i, name in enumerate(tracks)}),
                "known": frame["model"].map({name: i for i, name in enumerate(self._known)}).fillna(len(self._known)),
                "model": frame["model"],
                "seed": frame["seed"],
            }
        ).reset_index(drop=True)
        return frame.iloc[order.sort_values(["track", "known", "model", "seed"], kind="stable").index].reset_index(
            drop=True
        )

    def report(self, folder, results, failures, command):
        """Write the report."""
        from lineclf.benchmark._leaderboard import write_leaderboard

        return write_leaderboard(folder, self, results, failures, command)


def _defaults(contestant):
    """Parameters and revision of this package's own nets, which tell their results from those of other defaults.

    Models of other packages are left out: releases bring new parameters, and a model that cannot be imported must fail
    only its own trials.
    """
    if contestant.estimator.partition(":")[0] not in ("lineclf", "lineclf.estimators"):
        return {}
    return {"params": identity_params(load_estimator(contestant.estimator, dict(contestant.settings)))}


def _best_of_each_head(rule, split):
    """Accuracy of the most probable level of each head; the best joint answer need not be the best for each head."""
    if split.y_test.ndim == 1 or not hasattr(rule, "predict_proba"):
        return {}
    proba = rule.predict_proba(as_input(rule, split.X_test))
    return {
        f"test_accuracy_{head}": float(np.mean(each.argmax(axis=1) == truth))
        for head, each, truth in zip(split.labels, proba, split.y_test.T, strict=True)
    }


def _epochs(estimator, min_steps, n_train):
    """Number of epochs for at least so many steps, for estimators with epochs or with parts that have them."""
    params = estimator.get_params()
    least = {}
    for name, epochs in params.items() if min_steps else ():
        size = params.get(f"{name.removesuffix('epochs')}batch_size")
        if name.rpartition("__")[2] == "epochs" and isinstance(size, int):
            least[name] = max(epochs, math.ceil(min_steps / math.ceil(n_train / size)))
    return least
