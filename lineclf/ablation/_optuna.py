"""What Optuna computes for an ablation: importances, and the next settings of a search."""

import json
import warnings
from importlib.util import find_spec

import optuna

from lineclf.ablation._components import Range
from lineclf.trials._levels import same

__all__ = ["Proposal", "check_sampler", "importances"]

_RANDOM = 5  # settings that a search draws at random before its sampler has something to learn from


def importances(settings, values, seed=0):
    """Importance of each parameter by fANOVA and by PED-ANOVA.

    Parameters
    ----------
    settings : list of dict
        Level of every parameter in each trial; all have the same parameters.
    values : list of float
        Score of each trial; larger is better.
    seed : int, default=0
        Seed of fANOVA's forest.

    Returns
    -------
    dict of str to dict of str to float
        "fANOVA" and "PED-ANOVA" → parameter → share; the shares sum to 1, and are NaN if all trials have the same
        value.
    """
    space = {name: _levels(each[name] for each in settings) for name in settings[0]}
    study = _study([(each, {0: value}) for each, value in zip(settings, values, strict=True)], space)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        evaluators = {
            "fANOVA": optuna.importance.FanovaImportanceEvaluator(seed=seed),
            "PED-ANOVA": optuna.importance.PedAnovaImportanceEvaluator(),
        }
    shares = {}
    for title, evaluator in evaluators.items():
        found = {}
        if len(set(values)) > 1:
            found = optuna.importance.get_param_importances(study, evaluator=evaluator)
        shares[title] = {name: found.get(name, float("nan")) for name in space}
    return shares


class Proposal:
    """The next settings of a search, and a test that gives them up.

    Parameters
    ----------
    space : dict of str to Range or tuple
        Choices for each parameter: numbers in a range, or levels.
    finished : list of (dict, dict of int to float)
        Earlier settings, each with its score on every fold that it was tried on.
    sampler : {"tpe", "gp"}
    seed : int
        The same finished settings and the same seed make the same proposal.
    p_prune : float
        Threshold for the p-value of the pruner.

    Attributes
    ----------
    settings : dict
    """

    def __init__(self, space, finished, *, sampler, seed, p_prune):
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            pruner = optuna.pruners.WilcoxonPruner(p_threshold=p_prune)
            chooser = _sampler(sampler, seed)
        self._study = _study(finished, space, chooser, pruner)
        self._trial = self._study.ask({name: _distribution(choices) for name, choices in space.items()})
        self.settings = {
            name: value if isinstance(space[name], Range) else space[name][value]
            for name, value in self._trial.params.items()
        }

    def hopeless(self, fold, score):
        """Add a fold's score; return whether these settings are worse than the best by Wilcoxon's test."""
        self._trial.report(score, fold)
        return self._trial.should_prune()


def check_sampler(name):
    """Raise ValueError if a sampler needs a library that is not there."""
    if name == "gp" and find_spec("torch") is None:
        raise ValueError("--sampler gp needs torch, which is not installed: pip install 'lineclf[gp]'; or take tpe")


def _sampler(name, seed):
    kind = {"tpe": optuna.samplers.TPESampler, "gp": optuna.samplers.GPSampler}[name]
    return kind(seed=seed, n_startup_trials=_RANDOM)


def _study(finished, space, sampler=None, pruner=None):
    """In memory, with the finished settings; a trial's value is the mean over its folds."""
    study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
    kinds = {name: _distribution(choices) for name, choices in space.items()}
    for settings, scores in finished:
        # A baseline may lie outside of the range that is searched, l2 = 0 where that is logarithmic, or be None.
        known = {name: place for name in kinds if (place := _place(space[name], settings[name])) is not None}
        study.add_trial(
            optuna.trial.create_trial(
                params=known,
                distributions={name: kinds[name] for name in known},
                value=sum(scores.values()) / len(scores),
                intermediate_values=scores,
            )
        )
    return study


def _levels(values):
    return tuple({json.dumps(value): value for value in values}.values())


def _place(choices, value):
    """The form of a value in its distribution, None if it is not in there: levels by number, as some are lists."""
    if isinstance(choices, Range):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return value if is_number and choices.low <= value <= choices.high else None
    return next((i for i, level in enumerate(choices) if same(level, value)), None)


def _distribution(choices):
    if not isinstance(choices, Range):
        return optuna.distributions.CategoricalDistribution(range(len(choices)))
    if isinstance(choices.low, int) and isinstance(choices.high, int):
        return optuna.distributions.IntDistribution(choices.low, choices.high, log=choices.log)
    return optuna.distributions.FloatDistribution(choices.low, choices.high, log=choices.log)
