"""A benchmark's results in long form, and metrics derived from them: regret, corruption errors, areas under curves."""

import json

import numpy as np
import pandas as pd

from lineclf.benchmark._entries import CEILING
from lineclf.benchmark._further import SEVERITIES
from lineclf.datasets import CORRUPTIONS
from lineclf.metrics import mean_corruption_error

__all__ = ["COLUMNS", "benchmark_frame", "derived", "paired_means", "values_of"]

COLUMNS = ("track", "model", "seed", "metric", "value", "trial", "guest")
_CORRUPTIONS, _LOSS = "corruptions", "test_log_loss_"
_FACTS = ("leak", "label_conflicts", "smallest_distance", "n_train", "n_test", "n_folds", "n_tested")


def benchmark_frame(results):
    """Stored results in long form, one row per track, model, seed and metric; accuracies are fractions.

    Metrics of further test sets, ``<test set>/<metric>``, become rows of a track of that name.

    Parameters
    ----------
    results : iterable of dict

    Returns
    -------
    pandas.DataFrame
        Columns track, model, seed, metric, value; trial, a hash that, with the seed, identifies the trial; guest, the
        import path of a model that is not one of the study's.
    """
    rows = []
    for result in results:
        source = json.loads(result["key"])["fingerprint"], result["guest"]
        for metric, value in sorted({**result["metrics"], **_facts(result)}.items()):
            further, _, name = metric.rpartition("/")
            rows.append((further or result["track"], result["model"], result["seed"], name, value, *source))
            if name == "n_test" and further:  # trained on as many as the track that it belongs to
                n_train = result["split"]["n_train"]
                rows.append((further, result["model"], result["seed"], "n_train", n_train, *source))
    return pd.DataFrame(rows, columns=COLUMNS)


def _facts(result):
    facts = {name: result["split"][name] for name in _FACTS if name in result["split"]}
    facts["images_per_second"] = facts["n_test"] / result["metrics"]["seconds_predict"]
    return facts


def derived(frame, study, points=()):
    """Metrics that need more than one trial, as further rows of the same form, without a trial.

    Parameters
    ----------
    frame : pandas.DataFrame
        Of :func:`benchmark_frame`.
    study : Benchmark
    points : sequence of Arena
        Tracks of the learning curves; a model without one of them has no area.

    Returns
    -------
    pandas.DataFrame
        "regret" of every model on a track with a ceiling, paired by seed, and "nll_regret", the same of the negative
        log-likelihood summed over the labels: the mean divergence from the exact probabilities, in nats; "mce" and
        "relative_mce" against the study's reference at the same seed, and "ce_<corruption>"; "area" under each learning
        curve: joint accuracy over the logarithm of the number of training images, by trapezoids, as a mean.
    """
    rows = [*_regrets(frame, study)]
    if all(each.test is None for each in study.further if each.name == _CORRUPTIONS):  # else somebody's own test
        rows += _corruption_errors(frame, study.reference)
    rows += _areas(frame, points)
    return pd.DataFrame(rows, columns=COLUMNS[:5])


def values_of(frame, track, metric):
    """Values of a metric on a track: Series by model and seed."""
    rows = frame[(frame["track"] == track) & (frame["metric"] == metric)]
    return rows.set_index(["model", "seed"])["value"]


def paired_means(values):
    """Mean of each model over the same seeds: those shared by all models that have the most frequent seed.

    Parameters
    ----------
    values : pandas.Series
        From :func:`values_of`.

    Returns
    -------
    pandas.Series
        By model; models that lack one of these seeds are not in it.
    """
    table = values.unstack("seed")
    there = table.notna()
    models = table.index[there[there.sum().idxmax()]]
    return table.loc[models, there.loc[models].all()].mean(axis=1)


def _regrets(frame, study):
    for arena in study.arenas:
        rows = frame[frame["track"] == arena.name]
        losses = rows[rows["metric"].str.startswith(_LOSS)].groupby(["model", "seed"])["value"].sum()
        for metric, values, sign in (
            ("regret", values_of(frame, arena.name, arena.metric), arena.shown.sign),
            ("nll_regret", losses, -1),
        ):
            if CEILING not in values.index:
                continue
            ceiling = values.loc[CEILING]
            for (model, seed), value in values.items():
                if model != CEILING and seed in ceiling.index:
                    yield arena.name, model, seed, metric, sign * (ceiling.loc[seed] - value)


def _corruption_errors(frame, reference):
    rows = frame[frame["track"] == _CORRUPTIONS]
    wide = rows.pivot(index=["model", "seed"], columns="metric", values="value")
    for model, seed in wide.index:
        if (reference, seed) not in wide.index:
            continue
        own, others = (wide.loc[(each, seed)] for each in (model, reference))
        tables = [{c: [row[f"error_{c}_{s}"] for s in SEVERITIES] for c in CORRUPTIONS} for row in (own, others)]
        for name, clean in (("mce", None), ("relative_mce", (own["error_clean"], others["error_clean"]))):
            try:
                found = mean_corruption_error(*tables, clean=clean)
            except ValueError:  # the reference has nothing to compare with
                continue
            yield _CORRUPTIONS, model, seed, name, found.mean
            if clean is None:
                yield from ((_CORRUPTIONS, model, seed, f"ce_{c}", value) for c, value in found.each.items())


def _areas(frame, points):
    for curve in dict.fromkeys(arena.curve for arena in points):
        names = [arena.name for arena in points if arena.curve == curve]
        rows = frame[frame["track"].isin(names)]
        wide = rows[rows["metric"].isin(["n_train", "test_joint_accuracy"])].pivot(
            index=["model", "seed"], columns=["metric", "track"], values="value"
        )
        for (model, seed), row in wide.iterrows():
            sizes, scores = (row[metric].reindex(names).to_numpy() for metric in ("n_train", "test_joint_accuracy"))
            if np.isfinite(scores).all() and len(names) > 1:
                order = np.argsort(sizes)
                x = np.log2(sizes[order])
                yield curve, model, seed, "area", float(np.trapezoid(scores[order], x) / (x[-1] - x[0]))
