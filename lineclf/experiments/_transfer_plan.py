"""The plan of a color added to a trained net: keys, the trial, and results in long form."""

import hashlib
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd

from lineclf.datasets import FACTORS, TARGET_NAMES
from lineclf.experiments._transfer_data import draw
from lineclf.experiments._transfer_nets import WEIGHTS, BaseNet, count_changed, head_logits, most_probable, run_stage
from lineclf.metrics import confusion_matrices, head_accuracy_scores, joint_accuracy_score
from lineclf.runs._evaluate import Split, describe_sides, load_estimator, plain_params, versions
from lineclf.runs._identity import MEANING, child_seed, identity_params
from lineclf.runs._plan import Plan

COLUMNS = ("variant", "method", "shots", "seed", "metric", "value")
SHAPE = FACTORS[:3]


class TransferPlan(Plan):
    """The trials of a :class:`Transfer` under the command line's options."""

    def __init__(self, study, methods, variants, profile, seeds):
        self.study, self.profile, self.size = study, profile, study.profiles[profile]
        for variant in variants:
            if variant.weights not in (None, *WEIGHTS):
                raise ValueError(f"weights must be None or one of {', '.join(WEIGHTS)}; got {variant.weights!r}")
        self.colors = (*study.old, study.new)
        self.identity = study.name
        self.title = f"{study.name} · {profile}"
        self.params = {"profile": profile, "n_per_class": self.size.n_per_class, "steps": self.size.steps}
        self.shots = [_shown(shots) for shots in self.size.shots]
        self._base = None
        self._trials = {
            key: trial
            for key, trial in self._declared(range(self.size.seeds) if seeds is None else seeds).items()
            if trial[0] in variants and trial[1] in methods
        }
        self.trials = {
            key: {"variant": variant.name, "method": method.name, "shots": _shown(shots), "seed": seed}
            for key, (variant, method, shots, seed) in self._trials.items()
        }
        self.names = {
            key: f"{variant.name} · {method.name} · {_shown(shots)} a class · seed {seed}"
            for key, (variant, method, shots, seed) in self._trials.items()
        }

    def _declared(self, seeds):
        """Every trial of the study at these seeds, by key: variant, method, shots, seed."""
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
        """Names of the levels of each factor."""
        world = {**variant.world, "colors": self.colors}
        known = zip(FACTORS, TARGET_NAMES, strict=True)
        return {factor: [str(level) for level in world.get(f"{factor}s", names)] for factor, names in known}

    def _estimator(self, variant, seed=None):
        settings = {**self.size.settings, **variant.settings}
        if seed is not None:
            settings["random_state"] = child_seed(seed, "model")
        return load_estimator(self.study.estimator, settings)

    def _base_meaning(self, variant):
        """Everything that gives a trained net its meaning, but the seed."""
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
        known = {"variant": variant.name, "method": method.name, "shots": _shown(shots), "seed": seed}
        return json.dumps({**known, "fingerprint": _hash(meaning)})

    def base(self, variant, seed):
        """The :class:`BaseNet` of a variant and seed, and its data; the last one is kept."""
        if self._base is None or self._base[0] != (variant, seed):
            pool = draw(self.colors, self.size.n_per_class, seed, tuple(variant.world.items()))
            path = Path("mlruns", self.study.name, _hash(self._base_meaning(variant)), f"seed-{seed}.keras")
            net = BaseNet(self._estimator(variant, seed), pool, variant, self.study.channel, path, seed)
            self._base = (variant, seed), (net, pool)
        return self._base[1]

    def run(self, key, on_fitted=None):
        """Result of one trial, and its value."""
        started = time.time()
        variant, method, shots, seed = self._trials[key]
        base, pool = self.base(variant, seed)
        rows = pool.rows(shots, method.memory)
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
        known = {"variant": variant.name, "method": method.name, "shots": _shown(shots)}
        return metrics["test_joint_accuracy"], {
            "name": f"{variant.name} · {method.name} · {_shown(shots)} a class",
            "tags": {**known, "profile": self.profile},
            **known,
            "seed": seed,
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
            "started": started,
            "finished": time.time(),
        }

    def _learn(self, variant, method, seed, base, split, n_old):
        """Run a method's stages; the estimator, its metrics, history and predictions. `n_old` tests come first."""
        sides = {"test": slice(None), "old": slice(n_old), "new": slice(n_old, None)}

        def scores(predicted):
            return {
                name: score
                for side, rows in sides.items()
                for name, score in _scores(side, split.y_test[rows], predicted[rows]).items()
            }

        estimator, seconds = base.fresh(), 0.0
        history: dict[str, list[float]] = {}
        before = {weight.path: np.array(weight) for weight in estimator.model_.trainable_weights}
        stations = [scores(most_probable(base.logits))]
        for stage in method.stages:
            if stage == "scratch":
                estimator, before = self._estimator(variant, seed), {}
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
            stations.append(scores(most_probable(logits)))
        *earlier, now = stations
        metrics = now | {f"base_{name}": score for name, score in stations[0].items()}
        for head in FACTORS:
            name = f"old_accuracy_{head}"
            metrics[f"forgetting_{head}"] = max(station[name] for station in earlier) - now[name]
        for head in SHAPE:
            metrics[f"logits_changed_{head}"] = np.mean(logits[head][:n_old] != base.logits[head][:n_old])
        metrics |= {
            "seconds": seconds,
            "parameters": estimator.model_.count_params(),
            "parameters_updated": count_changed(before, estimator.model_),
        }
        return estimator, metrics, history, most_probable(logits)

    def finished(self, results):
        """Results of the study's trials at this size, whichever options they were made with: list in their order."""
        seeds = sorted({result["seed"] for result in results.values()})
        return [results[key] for key in self._declared(seeds) if key in results]

    def report(self, folder, results, failures, command):
        """Write the report; what to print, and the files."""
        from lineclf.experiments._transfer_pages import write_transfer

        return write_transfer(folder, self, self.finished(results), failures, command)


def transfer_frame(results):
    """Results in long form, one row a variant, method, number of shots, seed and metric; accuracies are fractions."""
    rows = [
        (result["variant"], result["method"], result["shots"], result["seed"], metric, value)
        for result in results
        for metric, value in sorted({**result["metrics"], **result["split"]}.items())
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _shown(shots):
    return "all" if shots is None else str(shots)


def _hash(meaning):
    return hashlib.sha256(json.dumps(meaning, sort_keys=True, default=str).encode()).hexdigest()[:10]


def _scores(side, y, predicted):
    """Accuracies: joint, of each head, and of the shape (length, width and angle right)."""
    scores = {f"{side}_joint_accuracy": joint_accuracy_score(y, predicted)}
    scores[f"{side}_shape_accuracy"] = joint_accuracy_score(y[:, :3], predicted[:, :3])
    heads = head_accuracy_scores(y, predicted, heads=list(FACTORS))
    return scores | {f"{side}_accuracy_{head}": score for head, score in heads.items()}
