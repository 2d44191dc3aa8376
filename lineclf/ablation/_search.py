"""A search for good settings: an estimator is tuned on folds of the training side alone, never on the test side."""

import json
from dataclasses import replace

import numpy as np

from lineclf.ablation._optuna import Proposal, check_sampler
from lineclf.ablation._resolve import make_components
from lineclf.ablation._task import make_split, make_task
from lineclf.model_selection import DistinctSplit
from lineclf.runs._evaluate import as_input, evaluate, seed_estimator
from lineclf.runs._identity import child_seed, fingerprint
from lineclf.runs._options import OptionError
from lineclf.runs._plan import Plan
from lineclf.runs._scores import label_scores
from lineclf.trials._owner import Owner

__all__ = ["P_PRUNE", "SearchPlan"]

# Settings that are worse than the best in each of the first three folds are given up: Wilcoxon's p is then 1/8.
P_PRUNE = 0.15


class SearchPlan(Plan):
    """The trials of a search: the baseline first, then settings that a sampler chooses from the earlier results.

    One seed draws the data and splits them. Each fold holds out a quarter of the training side's distinct images;
    settings are chosen by the mean joint accuracy on these. The nets of all folds are scored on the test side as well,
    but nothing is chosen by that. Settings that lose by Wilcoxon's test are given up before their last fold.

    Attributes
    ----------
    components : tuple of Component
        The tuned components.
    task : Task
    seed : int
    n_folds : int
    sampler : {"tpe", "gp"}
    """

    sequential = True

    def __init__(self, study, options):
        self.study, self.options, self.sampler, self.n_folds = study, options, options.sampler, options.folds
        self.task = make_task(study, options)
        for name, value in (("trials", options.trials), ("folds", self.n_folds)):
            if value < 2:
                raise OptionError(name, f"must be at least 2; got {value}")
        seeds = [0] if options.seeds is None else options.seeds
        if len(seeds) > 1:
            raise OptionError("seeds", f"must be a single one in a search, such as 7, as folds repeat it; got {seeds}")
        self.seed: int = seeds[0]
        check_sampler(self.sampler)
        self.components = study.select(options.components, "search")
        others = [component.key for component in self.components if component.where != "estimator"]
        if others and options.components:
            raise OptionError("components", f"must be arguments of the estimator in a search; got {', '.join(others)}")
        self.components = tuple(each for each in self.components if each.where == "estimator")
        base = self.task.baseline()
        make_components(self.components, {"estimator": Owner(type(base).__name__, base.get_params())})
        self.baseline = {each.key: each.baseline for each in self.components}
        self.space = {each.key: each.between or each.levels for each in self.components}
        known = [{name: repr(choices) for name, choices in self.space.items()}, self.n_folds]
        digest = fingerprint(known, sort_keys=False)  # stored searches have the components' own order
        self.identity = f"{study.name} {options.track} search {self.sampler} {digest} {self.task.fingerprint()}"
        self.title = f"{study.name} · {options.track} · search · {options.profile}"
        self.params = {
            "design": "search",
            "sampler": self.sampler,
            "folds": self.n_folds,
            "track": options.track,
            "n_per_class": self.task.n_per_class,
            **self.task.settings,
        }
        self._numbers = {json.dumps({"setting": i, "seed": self.seed}): i for i in range(options.trials)}
        self.trials = {key: {"setting": i, "seed": self.seed} for key, i in self._numbers.items()}
        self.names = {key: f"setting {i}" if i else "baseline" for key, i in self._numbers.items()}

    def run(self, key, on_fitted=None, earlier=None):
        """Run one trial; return the mean joint accuracy on the images that its folds hold out, and its result."""
        number = self._numbers[key]
        proposal = self._propose(number, earlier or {}) if number else None
        settings = proposal.settings if proposal else self.baseline
        folds: list[dict] = []
        for fold in range(self.n_folds):
            result, scores = self._run_fold(settings, fold, on_fitted)
            folds.append(scores)
            if proposal and proposal.hopeless(fold, scores["validation_joint_accuracy"]):
                break
        metrics = {name: float(np.mean([scores[name] for scores in folds])) for name in folds[0]}
        return metrics["validation_joint_accuracy"], {
            **result,
            "name": self.names[key],
            "tags": {"setting": str(number), "pruned": str(len(folds) < self.n_folds)},
            "number": number,
            "settings": settings,
            "folds": folds,
            "seed": self.seed,
            "metrics": {**metrics, "folds": float(len(folds))},
        }

    def _propose(self, number, earlier):
        finished = [
            (
                result["settings"],
                {fold: scores["validation_joint_accuracy"] for fold, scores in enumerate(result["folds"])},
            )
            for result in sorted(earlier.values(), key=lambda result: result["number"])
        ]
        seed = child_seed(self.seed, f"setting {number}")
        return Proposal(self.space, finished, sampler=self.sampler, seed=seed, p_prune=P_PRUNE)

    def _run_fold(self, settings, fold, on_fitted):
        """Result of the last fit as MLflow shows it, and the scores on both held-out sides."""
        estimator, outer = make_split(self.task, settings, self.seed)
        seed_estimator(estimator, self.seed, f"model {fold}")
        track = DistinctSplit(random_state=child_seed(self.seed, f"fold {fold}"))
        ((train, held_out),) = track.split(outer.X_train, outer.y_train)
        inner = replace(
            outer,
            X_train=outer.X_train[train],
            y_train=outer.y_train[train],
            X_test=outer.X_train[held_out],
            y_test=outer.y_train[held_out],
            facts={**outer.facts, "inner_fold": fold},
        )
        found: dict[str, float] = {}

        def score(fitted, split):
            predicted = fitted.predict(as_input(fitted, outer.X_test))
            found.update(label_scores("test", outer.y_test, predicted, outer.labels))
            if on_fitted and fold == 0:  # one picture a setting
                on_fitted(fitted, split)

        result = evaluate(estimator, inner, score, learning=False)
        validation = {name.replace("test_", "validation_", 1): result["metrics"][name] for name in found}
        costs = {name: value for name, value in result["metrics"].items() if name in ("seconds", "parameters")}
        sizes = {"n_train": len(train), "n_validation": len(held_out), "n_test": len(outer.y_test)}
        result["split"] |= sizes
        return result, {**validation, **found, **costs, **{name: float(size) for name, size in sizes.items()}}

    def report(self, folder, results, failures, command):
        """Write the report."""
        from lineclf.ablation._search_pages import write_search

        return write_search(folder, self, [results[key] for key in self.trials if key in results], failures, command)
