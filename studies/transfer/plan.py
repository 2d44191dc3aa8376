"""The trials of a transfer: their keys, how one is run, and the report of their results."""

import json
import time
from pathlib import Path

import numpy as np

from lineclf.datasets import FACTORS, TARGET_NAMES
from lineclf.metrics import confusion_matrices, head_accuracy_scores, joint_accuracy_score
from lineclf.runs import (
    MEANING,
    Plan,
    Split,
    describe_sides,
    fingerprint,
    identity_params,
    load_estimator,
    plain_params,
    processor,
    seed_estimator,
    versions,
)
from transfer.data import SHAPE, constant_accuracies, draw_pool
from transfer.nets import WEIGHTS, BaseNet, copy_weights, count_changed, head_logits, most_probable_levels, run_stage


class TransferPlan(Plan):
    """The trials of a :class:`transfer.Transfer` under some options.

    Parameters
    ----------
    study : Transfer
    methods : tuple of Method
    variants : tuple of Variant
        Those of the study that are to run.
    profile : str
    seeds : list of int or None
        None for those of the profile.

    Raises
    ------
    ValueError
        If a variant's weights are none of ``transfer.nets.WEIGHTS``.
    """

    def __init__(self, study, methods, variants, profile, seeds):
        self.study, self.profile, self.size = study, profile, study.profiles[profile]
        for variant in variants:
            if variant.weights not in (None, *WEIGHTS):
                raise ValueError(f"weights must be None or one of {', '.join(WEIGHTS)}; got {variant.weights!r}")
        self.colors = (*study.old, study.new)
        self.identity = study.name
        self.title = f"{study.name} · {profile}"
        self.params = {"profile": profile, "n_per_class": self.size.n_per_class, "steps": self.size.steps}
        self.shots = [_shots_name(shots) for shots in self.size.shots]
        self._base = None
        self._trials = {
            key: trial
            for key, trial in self._declared(range(self.size.seeds) if seeds is None else seeds).items()
            if trial[0] in variants and trial[1] in methods
        }
        self.trials = {key: _levels(*trial) for key, trial in self._trials.items()}
        self.cell_of = {key: _cell_name(levels) for key, levels in self.trials.items()}
        self.names = {key: f"{self.cell_of[key]} · seed {levels['seed']}" for key, levels in self.trials.items()}

    def _declared(self, seeds):
        """Return every trial of the study at these seeds, by key: variant, method, shots, seed."""
        first, last = self.study.variants[0], self.size.shots[-1]
        return {
            self._key(variant, method, shots, seed): (variant, method, shots, seed)
            for seed in seeds
            for variant in self.study.variants  # the trials of a net in a row: they share it
            for method in self.study.methods
            for shots in self.size.shots
            if variant is first or (method is self.study.methods[0] and shots == last)
        }

    def labels(self, variant):
        """Return the names of each factor's levels in a variant's images: dict of str to list of str."""
        world = {**variant.world, "colors": self.colors}
        known = zip(FACTORS, TARGET_NAMES, strict=True)
        return {factor: [str(level) for level in world.get(f"{factor}s", names)] for factor, names in known}

    def _estimator(self, variant):
        return load_estimator(self.study.estimator, {**self.size.settings, **variant.settings})

    def _base_meaning(self, variant):
        """Return everything that tells a trained net from those of other variants and sizes."""
        return {
            "estimator": self.study.estimator,
            "params": identity_params(self._estimator(variant)),
            "colors": self.colors,
            "n_per_class": self.size.n_per_class,
            "world": dict(variant.world),
            "jitter": variant.jitter,
            "version": MEANING,
        }

    def _key(self, variant, method, shots, seed):
        meaning = self._base_meaning(variant) | {"weights": variant.weights, "channel": self.study.channel}
        meaning |= {"stages": method.stages, "memory": method.memory, "shots": shots, "steps": self.size.steps}
        meaning |= {"learning_rates": dict(self.study.learning_rates)}
        return json.dumps({**_levels(variant, method, shots, seed), "fingerprint": _identity(meaning)})

    def _base_net(self, variant, seed):
        """Return the trained net of a variant and seed, and its images; the last ones are kept."""
        if self._base is None or self._base[0] != (variant, seed):
            pool = self._pool(variant, seed)
            path = Path("mlruns", self.study.name, _identity(self._base_meaning(variant)), f"seed-{seed}.keras")
            estimator = seed_estimator(self._estimator(variant), seed)
            net = BaseNet(estimator, pool, variant, self.study.channel, path, seed)
            self._base = (variant, seed), (net, pool)
        return self._base[1]

    def _pool(self, variant, seed):
        return draw_pool(self.colors, self.size.n_per_class, seed, tuple(variant.world.items()))

    def constants(self, seeds):
        """Return the mean over the seeds of what one answer for all images scores on the new color.

        The images are drawn again, which takes some seconds a seed at full size.

        Parameters
        ----------
        seeds : iterable of int
            At least one.

        Returns
        -------
        dict of str to float
            As of :func:`transfer.data.constant_accuracies`, on the first variant's images.
        """
        found = [constant_accuracies(self._pool(self.study.variants[0], seed)) for seed in seeds]
        return {name: float(np.mean([each[name] for each in found])) for name in found[0]}

    def run(self, key, on_fitted=None):
        """Run one trial; see :meth:`lineclf.runs.Plan.run`. Its value is the joint accuracy on all colors."""
        started = time.time()
        variant, method, shots, seed = self._trials[key]
        base, pool = self._base_net(variant, seed)
        rows = pool.training_rows(shots, method.memory)
        labels = self.labels(variant)
        source = {"function": "lineclf.datasets.make_lines", "n_per_class": self.size.n_per_class, "seed": seed}
        split = Split(
            f"lines {self.study.name}",
            *(pool.X[rows], pool.y[rows], pool.X[pool.test], pool.y[pool.test]),
            labels=labels,
            source={**source, "colors": self.colors, **variant.world},
        )
        estimator, metrics, history, predicted = self._learn(variant, method, seed, base, split, len(pool.test_old))
        if on_fitted:
            on_fitted(estimator, split)
        levels = [np.arange(len(names)) for names in labels.values()]
        confusion = confusion_matrices(split.y_test, predicted, heads=list(FACTORS), labels=levels)
        known = self.trials[key]
        tags = {name: level for name, level in known.items() if name != "seed"}
        return metrics["test_joint_accuracy"], {
            "name": _cell_name(known),
            "tags": {**tags, "profile": self.profile},
            **known,
            "params": plain_params(estimator),
            "split": {
                "n_train": len(rows),
                "n_train_new": int((split.y_train[:, 3] == len(self.study.old)).sum()),
                "n_train_base": len(pool.old),
                "n_test_old": len(pool.test_old),
                "n_test_new": len(pool.test_new),
                "leak": pool.leak,
            },
            "metrics": {name: float(value) for name, value in {**metrics, **base.facts}.items()},
            "history": history,
            "confusion": {head: matrix.tolist() for head, matrix in confusion.items()},
            "labels": labels,
            "datasets": describe_sides(split),
            "versions": versions(),
            "processor": processor(),
            "revision": getattr(estimator, "revision", 1),
            "started": started,
            "finished": time.time(),
        }

    def _learn(self, variant, method, seed, base, split, n_old):
        """Run a method's stages.

        The first `n_old` test images are those of the old colors.

        Returns
        -------
        estimator : classifier
        metrics : dict of str to float
        history : dict of str to list of float
        predicted : ndarray of shape (n_test, 4), int64
        """
        estimator, seconds = base.load(), 0.0
        history: dict[str, list[float]] = {}
        before = copy_weights(estimator.model_)
        predicted = most_probable_levels(base.logits)
        scores = [_scores(split.y_test, predicted, n_old)]  # of the trained net, then after each stage
        for stage in method.stages:
            if stage == "scratch":
                estimator, before = seed_estimator(self._estimator(variant), seed), {}
            clock = time.perf_counter()
            history |= run_stage(
                stage,
                estimator,
                split.X_train,
                split.y_train,
                new=len(self.study.old),
                steps=self.size.steps,
                learning_rate=self.study.learning_rates.get(stage),
            )
            seconds += time.perf_counter() - clock
            logits = head_logits(estimator, split.X_test)
            predicted = most_probable_levels(logits)
            scores.append(_scores(split.y_test, predicted, n_old))
        *earlier, last = scores
        metrics = last | {f"base_{name}": score for name, score in scores[0].items()}
        for head in FACTORS:
            name = f"old_accuracy_{head}"
            metrics[f"forgetting_{head}"] = max(each[name] for each in earlier) - last[name]
        for head in SHAPE:
            metrics[f"logits_changed_{head}"] = np.mean(logits[head][:n_old] != base.logits[head][:n_old])
        metrics |= {
            "seconds": seconds,
            "parameters": estimator.model_.count_params(),
            "parameters_updated": count_changed(before, estimator.model_),
        }
        return estimator, metrics, history, predicted

    def report(self, folder, results, failures, command):
        """Write the report; see :meth:`lineclf.runs.Plan.report`.

        It is of the study's trials at this size, whichever options they were run with, in the order of declaration.
        """
        from transfer.page import write_report

        return write_report(folder, self, list(self._finished(results).values()), failures, command)

    def _finished(self, results):
        """Stored results of the study's trials at this size, by key, in the order of declaration."""
        seeds = sorted({result["seed"] for result in results.values()})
        return {key: results[key] for key in self._declared(seeds) if key in results}

    @property
    def tracked_as(self):
        """The study's name, and the size."""
        return f"{self.identity} · {self.profile}"

    def cells_of(self, results):
        """Return variant, method and shots of every stored trial of this size, by key."""
        return {key: result["name"] for key, result in self._finished(results).items()}

    def overlap(self, result):
        """Return the ratio of the images that the trained net is tested and was trained on."""
        return result["split"]["n_test_old"] / result["split"]["n_train_base"]


def _levels(variant, method, shots, seed):
    return {"variant": variant.name, "method": method.name, "shots": _shots_name(shots), "seed": seed}


def _cell_name(levels):
    return f"{levels['variant']} · {levels['method']} · {levels['shots']} a class"


def _shots_name(shots):
    return "all" if shots is None else str(shots)


def _identity(meaning):  # what stored trials and nets are found by
    return fingerprint(meaning, default=str)


def _scores(y, predicted, n_old):
    """Return the accuracies on all test images, those of the old colors and those of the new one.

    Parameters
    ----------
    y, predicted : ndarray of shape (n, 4)
        Those of the old colors first.
    n_old : int
        How many these are.

    Returns
    -------
    dict of str to float
        Of each side: joint, of the shape (length, width and angle right), and of each head.
    """
    scores = {}
    for side, rows in {"test": slice(None), "old": slice(n_old), "new": slice(n_old, None)}.items():
        true, answered = y[rows], predicted[rows]
        scores[f"{side}_joint_accuracy"] = joint_accuracy_score(true, answered)
        scores[f"{side}_shape_accuracy"] = joint_accuracy_score(true[:, :3], answered[:, :3])
        heads = head_accuracy_scores(true, answered, heads=list(FACTORS))
        scores |= {f"{side}_accuracy_{head}": score for head, score in heads.items()}
    return scores
