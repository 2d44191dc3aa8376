"""Meanings of the rows and columns of a leaderboard, for its HTML page."""

from lineclf.benchmark._entries import CEILING
from lineclf.benchmark._further import NEW_COLORS
from lineclf.datasets import CORRUPTIONS, FACTORS

__all__ = ["meanings"]

_COLUMNS = {
    "model": "a classifier; what it is made of stands under Models",
    "variant": "the model without one of its parts",
    "told": "what a model is told beside pixels and labels",
    "behind the best": "how much worse it is than the best of the other models, over the seeds that both have",
    "at most": "as far as it is behind at most, all models of the table together with 95 % confidence",
    "may be the best": "whether no other model is shown to be better, with the same confidence",
    "interquartile mean": "mean of the middle half of its shares, over all tracks and seeds",
    "gap to the ceiling": "what is missing to the ceiling, mean over the tracks; smaller is better",
    "95 % interval": "of the figure before it, by a bootstrap of the seeds within each track",
    "n (seeds)": "number of seeds, and which: each has data, split and weights of its own, the same for all models",
    "regret": "what is missing to the ceiling on the same test images",
    "NLL regret": "mean divergence of its probabilities from the exact ones; smaller is better",
    "NLL": "negative log-likelihood of the right labels, summed over them: what is wrong and sure costs most",
    "Brier": "squared error of the probabilities, mean over the labels",
    "ECE": "how far the confidence is from the share of right answers, over 15 bins",
    "ECE at the fitted temperature": "the same after the probabilities were made flatter or steeper, as a tenth of the "
    "training side asks that nobody trains on",
    "AUGRC": "area under the generalized risk curve: errors that come with confidence; smaller is better",
    "fit": "wall time of the training",
    "images/s": "images answered in a second of wall time",
    "memory": "what the fit took beyond what the process held before",
    "parameters": "numbers that training sets",
    "mCE": "error under corruption as a multiple of the reference's, mean over the corruptions; smaller is better",
    "relative mCE": "the same of what is lost against clean images",
    "CE": "a model; its columns: error under one corruption as a multiple of the reference's, summed over severities",
    "error": "share of test images with a wrong label, mean over all corruptions",
    "on the same images": "share of the same test images with a wrong label before they were corrupted",
    "red and blue": "all labels right on the same lines in the colours of the training",
    "AUROC": "does the colour head's confidence tell new colours from known ones? 50 % is chance",
    "FPR95": "known colours taken for new where 95 % of the new ones are noticed; smaller is better",
    "track": "a split of data that asks one question",
    "what": "the figure that is to be reached",
    "goal": "the bound that it is to reach",
    "mean": "mean over the seeds",
    "smallest to largest": "over the seeds",
    CEILING: "what no classifier beats, as far as it is known",
    "the whole": "the model with all of its parts",
}


def meanings(study):
    """Return the meanings of rows and columns, by the cell at their head.

    Parameters
    ----------
    study : Benchmark

    Returns
    -------
    dict of str to str
        Names of models and tracks, and titles of columns without their unit.
    """
    found = dict(_COLUMNS)
    for head in FACTORS:
        found[head] = f"share of test images whose {head} is right"
        found[f"{head} off by"] = f"mean distance of the answer from the true {head}"
    found |= dict.fromkeys(CORRUPTIONS, "error under this corruption, as a multiple of the reference's")
    found |= dict.fromkeys(NEW_COLORS, "all labels but the colour right on lines of this colour")
    for each in study.tables:
        end = "smaller is better" if each.shown.smaller_is_better else "larger is better"
        found.setdefault(each.shown.title, f"what ranks here; {end}")
        found[each.name] = f"{each.asks} By {each.shown.title}; {end}."
        if getattr(each, "curve", None):
            found[each.name.removeprefix(f"{each.curve} ")] = found[each.name]
    for each in study.contestants:
        settings = ", ".join(f"{name}={value!r}" for name, value in each.settings.items())
        found[each.name] = f"{each.estimator.replace(':', '.')}({settings})"
        if each.variant_of:
            found[each.name.removeprefix(each.variant_of).strip(" ()")] = found[each.name]
    return found
