"""Meanings of the columns of an ablation's and a comparison's tables, for their HTML pages."""

__all__ = ["meanings"]

_COLUMNS = {
    "component": "what is changed: a parameter, a step, an argument of the draw or of the splitter",
    "level": "what it is changed to",
    "pair": "two components that are changed together",
    "levels": "what they are changed to",
    "model": "an estimator, by its name",
    "compared with": "the model at the same seeds that the row's is compared with",
    "cell": "one combination of components",
    "seeds": "number of paired seeds: of data, split and estimator, the same for both sides",
    "Δ": "mean difference at the same seed: above 0 the row is better",
    "first's effect": "effect of the first component alone",
    "interval": "where the true difference lies, with the confidence that is stated below the table",
    "p": "p-value of the difference",
    "verdict": "better, worse or equivalent, where the interval says so; open: it does not; floor, ceiling: both sides "
    "have nothing right, or everything, so nobody could differ",
    "needed": "seeds that would decide an effect of the size seen",
    "fit": "seconds of wall time a fit takes; ★: no other costs as little and scores more",
    "ratio": "of the fit times to the first one's, at the same seed",
    "parameters": "numbers that training sets; ★: no other has as few and scores more",
    "term": "a component, or several together, in the analysis of variance",
    "df": "degrees of freedom",
    "sum of squares": "how much of the scores' scatter the term explains",
    "η²": "the same as a share of all scatter",
    "η² alone": "share of all scatter that the component explains by itself",
    "η² with its pairs": "the same with all pairs that it is in",
    "F": "how far the term stands out of what varies from seed to seed",
    "p (Holm)": "p-value, adjusted over the terms",
    "not told from": "terms that this fraction of the design cannot tell from it",
    "fANOVA": "importance by a forest over the settings, as Optuna computes it",
    "PED-ANOVA": "importance for the best settings, as Optuna computes it",
    "setting": "one combination of parameters that the search tried",
    "what differs from the baseline": "its parameters",
    "folds": "of the training side, on which it was scored before it was given up",
}


def meanings(scorers):
    """Return the meanings of columns, by their titles without a unit.

    Parameters
    ----------
    scorers : sequence of str

    Returns
    -------
    dict of str to str
    """
    found = dict(_COLUMNS)
    for name in scorers:
        found |= {name: f"the score {name}: mean over the seeds", f"Δ {name}": f"mean difference of {name}"}
    return found
