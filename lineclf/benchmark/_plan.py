"""A benchmark's plan: the data and split of each track, the trial, and which stored results belong to it."""

import json
import math
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from lineclf._words import check_choice
from lineclf.benchmark._entries import CEILING, Contestant
from lineclf.benchmark._further import FURTHER
from lineclf.datasets import FACTORS, TARGET_NAMES, make_lines
from lineclf.model_selection import get_track
from lineclf.runs._evaluate import Split, audit_facts, evaluate, for_several_targets, load_estimator, seed_estimator
from lineclf.runs._identity import MEANING, child_seed, fingerprint, identity_params
from lineclf.runs._plan import Plan

_N_LEVELS = dict(zip(FACTORS, map(len, TARGET_NAMES), strict=True))


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
        Models whose stored results the report has as well, beside those of earlier guests.
    """

    def __init__(self, study, arenas, contestants, profile, seeds, *, known=()):
        self.study, self.profile = study, profile
        for arena in arenas:
            get_track(arena.split, **arena.options)  # raises for an unknown one
            for name in arena.tests:
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
            for contestant in (*contestants, *_ceiling(arena))
        }
        self.trials = {
            key: {"track": arena.name, "model": contestant.name, "seed": seed}
            for key, (arena, contestant, seed) in self._runs.items()
        }
        self.cell_of = {key: f"{arena.name} · {contestant.name}" for key, (arena, contestant, _) in self._runs.items()}
        self.names = {key: f"{self.cell_of[key]} · seed {seed}" for key, (_, _, seed) in self._runs.items()}

    @property
    def points(self):
        """Tracks of the learning curves that this size has."""
        n = self.n_per_class
        return [arena for arena in self.study.arenas if arena.curve and (n is None or n >= arena.at_least)]

    def _fingerprint(self, arena, contestant):
        """Hash of everything that gives a result its meaning, but the seed."""
        known = {**arena.identity, **contestant.identity, "n_per_class": self.n_per_class, "version": MEANING}
        known |= _defaults(contestant)
        return fingerprint(known, default=dict)

    def _key(self, arena, contestant, seed):
        fingerprint = self._fingerprint(arena, contestant)
        return json.dumps({"track": arena.name, "model": contestant.name, "seed": seed, "fingerprint": fingerprint})

    def run(self, key, on_fitted=None):
        """Run one trial: the score that ranks its track, and its result."""
        arena, contestant, seed = self._runs[key]
        estimator = for_several_targets(load_estimator(contestant.estimator, dict(contestant.settings)))
        split = draw(arena, self.n_per_class, seed)
        seed_estimator(estimator, seed).set_params(**_epochs(estimator, arena.min_steps, len(split.y_train)))
        result = evaluate(estimator, split, on_fitted, learning=False)
        for name in () if contestant.name == CEILING else arena.tests:
            found = FURTHER[name](estimator, split, seed)
            result["metrics"] |= {f"{name}/{metric}": float(value) for metric, value in found.items()}
        return result["metrics"][arena.score], {
            "name": f"{arena.name} · {contestant.name}",
            "tags": {"track": arena.name, "model": contestant.name, "profile": self.profile},
            "track": arena.name,
            "model": contestant.name,
            "seed": seed,
            "guest": None if contestant.name in self._declared | {CEILING} else contestant.estimator,
            **result,
        }

    @property
    def tracked_as(self):
        """The study's name, and the size."""
        return f"{self.identity} · {self.profile}"

    def cells_of(self, results):
        """Return track and model of every stored trial of this size, by key."""
        return {result["key"]: result["name"] for result in self.stored(results)}

    def stored(self, results):
        """Results of the study at this size, whichever options they were made with.

        A guest of an earlier call is known by the import path that its result has.
        """
        arenas = {arena.name: arena for arena in self.study.arenas}
        found = []
        for key, result in results.items():
            arena = arenas.get(result.get("track"))
            if arena is None:
                continue
            name, guest = result["model"], result.get("guest")
            models = {each.name: each for each in _ceiling(arena)} | self._known
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
            Another such frame: of another machine, whose storage is not at hand. What has another meaning by now is
            left out.

        Returns
        -------
        pandas.DataFrame
            As of :func:`lineclf.benchmark._frame.benchmark_frame`.
        """
        from lineclf.benchmark._frame import benchmark_frame

        frame = benchmark_frame(self.stored(results))
        if earlier is not None and {"trial", "guest"} <= set(earlier):
            guests = earlier.loc[~earlier["model"].isin({*self._known, *frame["model"]}), ["model", "guest"]].dropna()
            guests = [Contestant(*guest) for guest in guests.drop_duplicates().itertuples(index=False)]
            valid = {
                self._fingerprint(arena, contestant)
                for arena in self.study.arenas
                for contestant in (*self._known.values(), *_ceiling(arena), *guests)
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
        return frame.iloc[order.sort_values(list(order), kind="stable").index].reset_index(drop=True)

    def report(self, folder, results, failures, command):
        """Write the report."""
        from lineclf.benchmark._leaderboard import write_leaderboard

        return write_leaderboard(folder, self, results, failures, command)


def _defaults(contestant):
    """Parameters and revision of this package's own nets, which tell their results from those of other defaults.

    Others' are left out: their packages' releases come with new parameters, and one that cannot be imported shall fail
    its own trials only.
    """
    if contestant.estimator.partition(":")[0] not in ("lineclf", "lineclf.estimators"):
        return {}
    return {"params": identity_params(load_estimator(contestant.estimator, dict(contestant.settings)))}


def _ceiling(arena):
    """What no classifier beats, where it is known exactly: a model as any other, so that it is stored and paired."""
    noise = arena.world.get("noise")
    if not noise or arena.world.keys() - {"noise", "dtype"}:
        return ()
    return (Contestant(CEILING, "lineclf.baselines:BayesClassifier", MappingProxyType({"noise": noise})),)


def _epochs(estimator, min_steps, n_train):
    """Epochs that make at least so many steps, for estimators that have them."""
    params = estimator.get_params()
    if not min_steps or "epochs" not in params or not isinstance(params.get("batch_size"), int):
        return {}
    steps = math.ceil(n_train / params["batch_size"])
    return {"epochs": max(params["epochs"], math.ceil(min_steps / steps))}


@lru_cache(maxsize=1)
def draw(arena, n_per_class, seed):
    """Both sides of a track at a seed: fold seed mod k of its k folds.

    Parameters
    ----------
    arena : Arena
    n_per_class : int or None
        Images drawn a class of the default world; None for the arena's full size.
    seed : int

    Returns
    -------
    Split
    """
    world = dict(arena.world)
    n = _images_a_class(arena, n_per_class)
    X, y, positions = make_lines(
        n,
        distinct=arena.distinct,
        return_positions=True,
        random_state=child_seed(seed, "data"),
        **world,
    )
    track = get_track(arena.split, random_state=child_seed(seed, "split"), **arena.options)
    fold = seed % track.get_n_splits()
    train, test = list(track.split(X, y, positions))[fold]
    held_out = None
    if arena.hold_out:
        order = np.random.default_rng(child_seed(seed, "hold out")).permutation(train)
        train, kept = np.split(order, [len(order) - round(arena.hold_out * len(order))])
        held_out = X[kept], y[kept]
    split = Split(
        name=f"lines {arena.name}",
        X_train=X[train],
        y_train=y[train],
        X_test=X[test],
        y_test=y[test],
        labels=_labels(world),
        source={"function": "lineclf.datasets.make_lines", "n_per_class": n, "seed": seed, **world},
        facts={"track": arena.name, "fold": fold},
        held_out=held_out,
        levels=_numbers(world) if arena.units else None,
    )
    split.facts.update(audit_facts(split, distances=True))
    return split


def _images_a_class(arena, n_per_class):
    if n_per_class is None:
        return arena.n_per_class
    counts = (
        len(arena.world[f"{factor}s"]) if f"{factor}s" in arena.world else _N_LEVELS[factor] for factor in FACTORS
    )
    scaled = max(1, round(n_per_class * math.prod(_N_LEVELS.values()) / math.prod(counts)))
    return scaled if arena.n_per_class is None else min(scaled, arena.n_per_class)


def _labels(world):
    """Names of the levels of each factor in a world."""
    names = dict(zip(FACTORS, TARGET_NAMES, strict=True))
    for factor in FACTORS:
        if f"{factor}s" in world:
            names[factor] = [str(level) for level in world[f"{factor}s"]]
    return names


def _numbers(world):
    """Levels of each factor as numbers; those of colour are none."""
    return {factor: None if factor == "color" else list(world[f"{factor}s"]) for factor in FACTORS}
