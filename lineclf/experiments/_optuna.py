"""What the engine asks of Optuna: the tables of its storage, importances, and the next settings of a search.

The one file that knows Optuna.
"""

import time
import warnings
from contextlib import suppress

import optuna
from sqlalchemy import make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

optuna.logging.set_verbosity(optuna.logging.ERROR)


def open_storage(storage, name, create):
    """Engine of a storage, with Optuna's tables, and the id of a study in it; with `create` made if need be."""
    options: dict = {"pool_pre_ping": True}
    if make_url(storage).get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": 60}  # for its turn to write
    for patience in (3, 2, 1, 0):
        try:
            rdb = optuna.storages.RDBStorage(storage, options)
            if create:
                with suppress(optuna.exceptions.DuplicatedStudyError):
                    rdb.create_new_study([optuna.study.StudyDirection.MAXIMIZE], name)
            return rdb.engine, rdb.get_study_id_from_name(name)
        except (SQLAlchemyError, AssertionError) as error:
            # Another process makes the same tables at this moment.
            if not patience or not (isinstance(error, IntegrityError | AssertionError) or "exists" in str(error)):
                raise
            time.sleep(1)
    raise AssertionError


def importances(settings, values, seed=0):
    """Importance of each parameter by fANOVA and by PED-ANOVA.

    Parameters
    ----------
    settings : list of dict
        Level of every parameter in each trial; all have the same parameters.
    values : list of float
        What each trial reached, larger is better.
    seed : int, default=0
        Of fANOVA's forest.

    Returns
    -------
    dict of str to dict of str to float
        "fANOVA" and "PED-ANOVA" → parameter → share, of sum 1; NaN where all trials reached the same.
    """
    names = list(settings[0])
    levels = {name: list(dict.fromkeys(repr(each[name]) for each in settings)) for name in names}
    kinds = {name: optuna.distributions.CategoricalDistribution(range(len(levels[name]))) for name in names}
    study = optuna.create_study(direction="maximize")
    for each, value in zip(settings, values, strict=True):
        params = {name: levels[name].index(repr(each[name])) for name in names}
        study.add_trial(optuna.trial.create_trial(params=params, distributions=kinds, value=value))
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
        shares[title] = {name: found.get(name, float("nan")) for name in names}
    return shares
