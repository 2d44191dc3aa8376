"""The trials of a reproduction: which model on which data at which seed, how one runs, and where its result belongs."""

import json

from lineclf.runs import MEANING, Plan, evaluate, fingerprint, identity_params, load_estimator, seed_estimator
from reproduction.data import load_split


class ReproductionPlan(Plan):
    """The trials of a reproduction under some options.

    Parameters
    ----------
    study : Reproduction
    models : iterable of Model
        Those to run.
    profile : str
    seeds : list of int, optional
        By default those of the profile, at most as many as a model has.

    Attributes
    ----------
    n_per_class : int or None
        Images drawn a class.
    full : bool
        Whether the data sets have their own sizes, the report's.
    """

    def __init__(self, study, models, profile, seeds):
        self.study, self.profile = study, profile
        self.n_per_class = study.profiles[profile].n_per_class
        self.full = self.n_per_class is None
        self.identity = study.name
        self.title = f"{study.name} · {profile}"
        self.params = {"profile": profile, "n_per_class": self.n_per_class}
        self._fingerprints = {model: self._fingerprint(model) for model in study.models}
        most = study.profiles[profile].seeds
        keys = {}
        for model in models:
            for seed in range(min(model.seeds, most)) if seeds is None else seeds:
                keys[self._key(model, seed)] = model, seed
        # Seed by seed, so that models whose times are compared take turns.
        keys = dict(sorted(keys.items(), key=lambda item: item[1][1]))
        self.trials = {key: {"model": model.name, "seed": seed} for key, (model, seed) in keys.items()}
        self.cell_of = {key: model.name for key, (model, _) in keys.items()}
        self.names = {key: f"{model.name} · seed {seed}" for key, (model, seed) in keys.items()}

    def revision(self, model):
        """Return the present revision of a model's estimator."""
        return getattr(_make(model), "revision", 1)

    def _fingerprint(self, model):
        """Hash everything that gives a model's result its meaning."""
        known = {"data": model.data, "n_per_class": self.n_per_class, "estimator": model.estimator}
        known |= {"params": identity_params(_make(model)), "version": MEANING}
        return fingerprint(known, default=str)

    def _key(self, model, seed):
        return json.dumps({"model": model.name, "seed": seed, "fingerprint": self._fingerprints[model]})

    def run(self, key, on_fitted=None):
        """Run one trial: its accuracy on the test side, and its result."""
        known = json.loads(key)
        model = next(model for model in self.study.models if model.name == known["model"])
        # One seed for all models: those of one shape begin from the same weights, in the same order.
        estimator = seed_estimator(_make(model), known["seed"])
        result = evaluate(estimator, load_split(model.data, self.n_per_class), on_fitted)
        metrics = result["metrics"]
        return metrics.get("test_joint_accuracy", metrics.get("test_accuracy")), {
            "name": model.name,
            "tags": {"model": model.name, "profile": self.profile},
            "model": model.name,
            "seed": known["seed"],
            **result,
        }

    def by_model(self, results):
        """Return the results of this study at this size, whichever options they were made with.

        Parameters
        ----------
        results : dict of str to dict
            By key.

        Returns
        -------
        dict of Model to list of dict
            By seed; of every model, also where there are none.
        """
        found: dict = {model: [] for model in self.study.models}
        models = {(model.name, self._fingerprints[model]): model for model in found}
        for key, result in results.items():
            known = json.loads(key)
            model = models.get((known["model"], known["fingerprint"]))
            if model is not None:
                found[model].append(result)
        return {model: sorted(trials, key=lambda result: result["seed"]) for model, trials in found.items()}

    @property
    def tracked_as(self):
        """The study's name, and the size."""
        return f"{self.identity} · {self.profile}"

    def cells_of(self, results):
        """Return the model of every stored trial of this size, by key."""
        return {each["key"]: model.name for model, trials in self.by_model(results).items() for each in trials}

    def overlap(self, result):
        """Return 0: training and test set are the same for all seeds."""
        return 0.0

    def report(self, folder, results, failures, command):
        """Write the report."""
        from reproduction.page import write_reproduction

        return write_reproduction(folder, self, self.by_model(results), failures, command)


def _make(model):
    return load_estimator(model.estimator, dict(model.settings))
