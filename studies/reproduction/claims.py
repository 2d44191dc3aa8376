"""What the report says in words, tried by what is stored: each claim holds, fails, or is undecided."""

from typing import NamedTuple

import pandas as pd

from lineclf.datasets import FACTORS
from lineclf.metrics import verdict
from lineclf.reporting import number
from reproduction.verdicts import interval_text, seeds_interval

REGION = 0.002  # of equivalence, as a fraction: 20 of MNIST's test images, under two standard errors of one net's score
_IS_NO_DIFFERENCE = {"equivalent": "holds", "better": "fails", "worse": "fails", "open": "undecided"}
_IS_NO_GAIN = {**_IS_NO_DIFFERENCE, "worse": "holds"}
_IS_A_GAIN = {"better": "holds", "worse": "fails", "equivalent": "fails", "open": "undecided"}

RULE = (
    "A claim in words *holds* or *fails* by 95 % intervals over seeds, paired where two nets are compared, and is else "
    f"*undecided*. Where it is about accuracies, differences of up to {100 * REGION:g} points count as none."
)


class Finding(NamedTuple):
    """What becomes of a claim: "holds", "fails" or "undecided", and by what."""

    word: str
    text: str


def try_claim(claim, values):
    """Return the :class:`Finding` of a claim.

    Parameters
    ----------
    claim : Claim
    values : dict of Model to dict of str to pandas.Series
        As :func:`reproduction.frames.item_values` gives them.
    """
    return CLAIMS[claim.about]([values[model] for model in claim.models], [model.name for model in claim.models])


def paired(first, second):
    """Return the differences of two series of scores, first less second, at the seeds that both have."""
    return (first - second).dropna().round(12).sort_index()  # equal numbers may differ by rounding


def _scores(values, metric="test_accuracy"):
    return values.get(metric, pd.Series(dtype=float))


def _judged(differences, words, what, rope=REGION):
    """Return what the mean of differences over seeds says, by the words for the package's verdicts."""
    if differences.empty:
        return Finding("undecided", "Not measured yet")
    found = seeds_interval(differences)
    region = "" if rope is None else f"; region ±{100 * rope:g}"
    word = words[verdict(found.low, found.high, rope=rope)]
    return Finding(word, f"{what}: {interval_text(found, len(differences))}{region}")


def similar(values, names):
    """Try whether the second model's test accuracy is the first one's."""
    differences = paired(_scores(values[1]), _scores(values[0]))
    return _judged(differences, _IS_NO_DIFFERENCE, f"Test accuracy of “{names[1]}” less that of “{names[0]}”")


def fewer_epochs(values, names):
    """Try whether the second half of the epochs adds nothing to the test accuracy."""
    rises = paired(_scores(values[0]), _scores(values[0], "test_accuracy_half_way"))
    return _judged(rises, _IS_NO_GAIN, "What the second half of our epochs adds to the test accuracy")


def no_gap(values, names):
    """Try whether the net is as good on test images that do not occur in training as on training images."""
    gaps = paired(_scores(values[0], "train_accuracy"), _scores(values[0], "test_accuracy_unseen"))
    return _judged(
        gaps,
        _IS_NO_GAIN,
        "Training accuracy less that on the test images that do not occur in training, as the others may be remembered",
    )


def rising_loss(values, names):
    """Try whether the loss on test rises with the epochs while that on training falls."""
    slopes = [_scores(values[0], f"{side}_loss_slope") for side in ("test", "train")]
    if slopes[0].empty:
        return Finding("undecided", "Not measured yet")
    test, train = map(seeds_interval, slopes)
    word = "fails" if test.high < 0 or train.low > 0 else "undecided"
    if test.low > 0 and train.high < 0:
        word = "holds"
    texts = [
        f"{side} {number(each.mean, '+.4f')} nats an epoch ({number(each.low, '+.4f')} to {number(each.high, '+.4f')})"
        for side, each in (("test", test), ("training", train))
    ]
    return Finding(word, f"Trend of the loss over all epochs, {len(slopes[0])} seeds: {', '.join(texts)}")


def head_areas(values):
    """Return the test error of each head, mean over the epochs, by seed; nothing where a model has no curves of them.

    Parameters
    ----------
    values : dict of str to pandas.Series
        Of one model, by metric.

    Returns
    -------
    dict of str to pandas.Series
        By head, as fractions.
    """
    names = {head: f"test_error_over_epochs_{head}" for head in FACTORS}
    if not values.keys() >= set(names.values()):
        return {}
    return {head: values[name] for head, name in names.items()}


def bottleneck(values, names):
    """Try whether angle and colour err more than length and width, over the epochs."""
    table = pd.DataFrame(head_areas(values[0]))
    if table.empty:
        return Finding("undecided", "Not measured yet")
    said, others = ["angle", "color"], ["length", "width"]
    slowest = sorted(FACTORS, key=table.mean().__getitem__, reverse=True)[:2]
    right = [head for head in said if head in slowest]
    found = f"Most errors over the epochs: {slowest[0]} and {slowest[1]}"
    if len(right) < 2:
        found += "; the report says angle and colour" + (f", of which {right[0]} holds" if right else "")
    differences = paired(table[said].min(axis=1), table[others].max(axis=1))
    what = f"{found}. The smaller error of angle and colour less the larger one of the others"
    return _judged(differences, _IS_A_GAIN, what, rope=None)


CLAIMS = {
    "similar": similar,
    "fewer epochs": fewer_epochs,
    "no gap": no_gap,
    "rising loss": rising_loss,
    "bottleneck": bottleneck,
}
