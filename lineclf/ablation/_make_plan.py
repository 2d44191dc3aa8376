"""Turn an AblationCV and its data into a plan of trials, and find errors before anything is trained."""

from lineclf._words import check_choice
from lineclf.ablation._anova import crossed_terms
from lineclf.ablation._designs import DESIGNS, design_cells
from lineclf.ablation._resolve import check_cells, make_components
from lineclf.ablation._trials import AblationTrials
from lineclf.runs import fingerprint
from lineclf.trials._asked import check_asked, make_about, make_data, make_estimator, repetitions
from lineclf.trials._levels import label
from lineclf.trials._owner import Owner
from lineclf.trials._scores import Scores

__all__ = ["make_plan"]

_DESIGNS = DESIGNS[:4]  # a search compares nothing
_CROSSED = ("factorial", "fractional")


def make_plan(ablation, X, y, groups, fit_params, *, stored, name=None, resolution=4, **more):
    """Return the trials of an ablation.

    Parameters
    ----------
    ablation : AblationCV
    X, y, groups : array-like or None
    fit_params : dict
    stored : bool
        Whether a later process continues the plan, so that all its parts need an identity.
    name : str, optional
        Name of the study, before a fingerprint of the question; by default the estimator's class.
    resolution : {3, 4}
        Resolution of a fractional design.
    **more
        As in :class:`AblationTrials`.

    Returns
    -------
    AblationTrials

    Raises
    ------
    ValueError
        If an argument is not legal.
    """
    check_choice("design", ablation.design, _DESIGNS)
    random_state = check_asked(ablation, stored)
    base = make_estimator(ablation.estimator)
    data = make_data(ablation, base, X, y, groups, fit_params)
    owners = {"estimator": Owner(type(base).__name__, base.get_params()), **data.owners()}
    components = make_components(ablation.components, owners)
    cells, fraction = design_cells(ablation.design, components, resolution)
    made = check_cells(base, cells, components)
    scores = Scores(base, ablation.scoring)
    scores.check_kinds(made)
    levels = [level for each in components for level in each.levels]
    about = make_about(data, scores, random_state, stored, levels=levels, estimator=base)
    estimators = [base, *(level for level in levels if hasattr(level, "get_params"))]
    more = {**repetitions(ablation, data, estimators), **more}
    return AblationTrials(
        ablation.study_name or f"{name or type(base).__name__} {fingerprint(about)}",
        estimator=base,
        components=fraction.components if fraction else components,
        cells=cells,
        random_state=random_state,
        data=data,
        scores=scores,
        about=about,
        params={
            "estimator": " ".join(repr(base).split()),
            "design": ablation.design,
            **scores.about(),
            **data.about(),
        },
        note=_note(fraction, components),
        terms=crossed_terms(components, fraction) if ablation.design in _CROSSED else {},
        confidence=ablation.confidence,
        rope=ablation.rope,
        **more,
    )


def _note(fraction, components):
    """Tell a reader about a fraction: its levels, and what its rows may mean."""
    if fraction is None:
        return ""
    text = f"A fraction: {len(fraction.cells)} of {2 ** len(fraction.components)} combinations."
    left = [f"{each.key}={label(level)}" for each in components for level in each.others[1:]]
    if left:
        text += f" It has two levels of each component, so not {', '.join(left)}."
    if fraction.resolution <= len(fraction.components):
        text += " Rows of pairs may be of three components together, or more; what is not told apart at all has a =."
    return text
