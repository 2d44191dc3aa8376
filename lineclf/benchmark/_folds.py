"""One result of several folds."""

import numpy as np

__all__ = ["mean_result"]


def mean_result(results):
    """Put the results of a model's folds into one result of the same form.

    Parameters
    ----------
    results : list of dict
        From :func:`lineclf.runs._evaluate.evaluate`, each of another fold of the same data.

    Returns
    -------
    dict
        Metrics and facts of the split are means over the folds; the smallest distance is the minimum; "n_tested" is the
        number of all test images; confusion matrices are sums; the rest is the first fold's.
    """
    first = results[0]
    splits = [each["split"] for each in results]
    n_tested = sum(each["n_test"] for each in splits)
    metrics = [each["metrics"] for each in results]
    names = set.intersection(*map(set, metrics))
    facts = {name: _mean(splits, name) for name in ("leak", "label_conflicts", "n_train", "n_test")}
    facts |= {name: min(each[name] for each in splits) for name in ("smallest_distance",) if name in first["split"]}
    return {
        **first,
        "split": {**first["split"], **facts, "n_folds": len(results), "n_tested": n_tested},
        "metrics": {name: _mean(metrics, name) for name in metrics[0] if name in names},
        "confusion": {
            head: np.sum([each["confusion"][head] for each in results], axis=0).tolist() for head in first["confusion"]
        },
        "finished": results[-1]["finished"],
    }


def _mean(parts, name):
    return float(np.mean([each[name] for each in parts])) if len(parts) > 1 else parts[0][name]
