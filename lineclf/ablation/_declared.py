"""Turn a declared ablation and its options into trials: the AblationCV that it stands for, and its data."""

import numpy as np

from lineclf._words import first_line
from lineclf.ablation._ablation_cv import AblationCV
from lineclf.ablation._components import MNIST
from lineclf.ablation._designs import DESIGNS
from lineclf.ablation._index import PAGE
from lineclf.ablation._make_plan import make_plan
from lineclf.ablation._task import check_sizes
from lineclf.datasets import fetch_mnist
from lineclf.metrics import head_scorers
from lineclf.model_selection import TrackDraw
from lineclf.runs import OptionError, for_several_targets, load_estimator, takes_images

__all__ = ["make_declared_plan"]


def make_declared_plan(study, options):
    """Return the trials of an :class:`Ablation` under some options; OptionError for one that is not legal."""
    check_sizes(options)
    profile = study.profiles[options.profile]
    if options.data not in study.data:
        net = study.estimator.rpartition(":")[2]
        raise OptionError("data", f"must be one of {', '.join(study.data)} for {net}; got {options.data!r}")
    n_per_class = profile.n_per_class if options.n_per_class is None else options.n_per_class
    settings = {**profile.settings, **({} if options.epochs is None else {"epochs": options.epochs})}
    estimator = load_estimator(study.estimator, settings)
    has_proba = hasattr(estimator, "predict_proba")
    given = {"X": None, "y": None, "cv": None, "draw": None, "scoring": head_scorers(log_loss=has_proba)}
    if options.data == MNIST:
        try:
            given |= _digits(n_per_class) | {"scoring": ["accuracy", *["neg_log_loss"] * has_proba]}
        except (OSError, ValueError) as error:
            raise OptionError("data", f"{MNIST} cannot be read: {first_line(error)}") from error
    else:
        sizes = {"n_per_class": n_per_class, "n_more": profile.n_more}
        given["draw"] = TrackDraw(options.track, **sizes, flat=not takes_images(estimator))
    X, y = given.pop("X"), given.pop("y")
    seeds = profile.seeds if options.seeds is None else options.seeds
    ablation = AblationCV(
        estimator,
        study.select(options.components, options.design, options.profile),
        design=options.design,
        seeds=seeds if isinstance(seeds, tuple) else 2,
        **given,
    )
    named = seeds if isinstance(seeds, list) else list(range(seeds)) if isinstance(seeds, int) else None
    facts = study.facts(options, settings, n_per_class)
    plan = make_plan(
        ablation,
        X,
        y,
        None,
        {},
        stored=True,
        name=f"{study.name} {facts['data']}",
        resolution=options.resolution,
        heading=f"{study.name.capitalize()}: {study.question}",
        facts={**facts, "page": PAGE},
        adapt=for_several_targets,
        confusion=True,
        checks_scores=False,  # they are ours
        **({} if named is None else {"seeds": named}),  # a part of them, or a single one, too
    )
    design = [] if options.design == DESIGNS[0] else [options.design]
    plan.title = " · ".join([study.name, facts["data"], *design, options.profile])
    plan.max_time = profile.max_time
    return plan


def _digits(n_per_class):
    """The first so many training digits of each class and the official test digits, as one split."""
    (X, y), (X_test, y_test) = (fetch_mnist(side, return_X_y=True) for side in ("train", "test"))
    train = np.sort(np.concatenate([np.flatnonzero(y == digit)[:n_per_class] for digit in np.unique(y)]))
    X, y = np.concatenate([X[train], X_test]), np.concatenate([y[train], y_test])
    return {"X": X, "y": y, "cv": [(np.arange(len(train)), np.arange(len(train), len(y)))]}
