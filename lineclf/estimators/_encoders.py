"""Target encoders: from labels of any type to level indices, and from a net's probabilities back to labels."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import LabelEncoder

from lineclf._combinations import marginal, members
from lineclf._labels import label_kind, stack_columns

__all__ = ["CombinationsEncoder", "HeadsEncoder"]


def _as_columns(y):
    return y.reshape(-1, 1) if y.ndim == 1 else y


def _fit_column(column, classes, head):
    encoder = LabelEncoder().fit(column if classes is None else classes)
    if len(encoder.classes_) < 2:
        raise ValueError(
            f"Classifier can't train when only one class is present: head {head!r} has the single "
            f"class {encoder.classes_[0]!r}"
        )
    if encoder.classes_.dtype == object:
        encoder.classes_ = np.asarray(encoder.classes_.tolist())
    return encoder


class HeadsEncoder(TransformerMixin, BaseEstimator):
    """Encode each target column as level indices, and decode a net with one output per column.

    Parameters
    ----------
    heads : list of str
        Name of each column.
    classes : list of array-like, or None
        Labels of each column, if the data may lack some of them (`partial_fit`).
    """

    def __init__(self, heads, classes=None):
        self.heads = heads
        self.classes = classes

    def fit(self, y):
        """Learn the labels of `y`, of shape (n,) or (n, n_heads)."""
        self.ndim_ = y.ndim
        columns = _as_columns(y).T
        given = self.classes or [None] * len(columns)
        self.encoders_ = [_fit_column(*each) for each in zip(columns, given, self.heads, strict=True)]
        return self

    def transform(self, y):
        """Level indices, int32 of shape (n, n_heads)."""
        levels = []
        for encoder, column, head in zip(self.encoders_, _as_columns(y).T, self.heads, strict=True):
            column, known = np.asarray(column.tolist()), encoder.classes_
            if label_kind(column) != label_kind(known):
                raise ValueError(
                    f"y must hold labels of head {head!r}, like {known[0].item()!r}; got {column[0].item()!r}"
                )
            levels.append(encoder.transform(column))
        return np.column_stack(levels).astype(np.int32)

    def inverse_transform(self, outputs, return_proba=False):
        """Labels like the fitted `y`, or with `return_proba` the probabilities, from a net's outputs."""
        probabilities = [np.column_stack([1 - p, p]) if p.shape[1] == 1 else p for p in outputs]
        if return_proba:
            return probabilities if self.ndim_ == 2 else probabilities[0]
        return self._labels([p.argmax(axis=1) for p in probabilities])

    def _labels(self, levels):
        columns = [e.classes_[level] for e, level in zip(self.encoders_, levels, strict=True)]
        return columns[0] if self.ndim_ == 1 else stack_columns(columns)

    def get_metadata(self):
        """Fitted attributes that become attributes of the estimator."""
        classes = [encoder.classes_ for encoder in self.encoders_]
        if self.ndim_ == 1:
            return {"heads_": list(self.heads), "classes_": classes[0], "n_classes_": len(classes[0])}
        return {"heads_": list(self.heads), "classes_": classes, "n_classes_": [len(c) for c in classes]}

    def get_state(self):
        """Everything fitted, as numbers, strings and arrays."""
        classes = [encoder.classes_ for encoder in self.encoders_]
        return {"heads": list(self.heads), "ndim": self.ndim_, "classes": classes}

    @classmethod
    def from_state(cls, state):
        """Rebuild a fitted encoder from :meth:`get_state`."""
        self = cls(state["heads"])
        self.ndim_ = state["ndim"]
        self.encoders_ = [LabelEncoder() for _ in state["classes"]]
        for encoder, classes in zip(self.encoders_, state["classes"], strict=True):
            encoder.classes_ = classes
        return self

    @property
    def n_units_(self):
        """Number of levels of each output of the net, a list of int."""
        return [len(encoder.classes_) for encoder in self.encoders_]


class CombinationsEncoder(HeadsEncoder):
    """Encode each combination of the target columns as one class, for a net with a single output.

    The net can answer only with combinations it was trained on; it answers with the most probable one. A column's
    probabilities are sums over the combinations, so if the net is unsure, a column's most probable level can differ
    from this answer.
    """

    def fit(self, y):
        """Learn the labels of `y` and the combinations that occur."""
        super().fit(y)
        levels = super().transform(y)
        if self.classes:  # partial_fit: combinations yet to come count as well
            levels = np.array(list(np.ndindex(*super().n_units_)))
        self.combinations_ = np.unique(levels, axis=0)
        return self

    def transform(self, y):
        """Combination indices, int32 of shape (n, 1)."""
        shape = super().n_units_
        known = np.ravel_multi_index(self.combinations_.T, shape)  # sorted, as `combinations_` is
        asked = np.ravel_multi_index(super().transform(y).T, shape)
        index = np.searchsorted(known, asked).clip(max=len(known) - 1)
        if unseen := int((known[index] != asked).sum()):
            raise ValueError(f"y contains {unseen} rows whose combination of labels was not seen in fit")
        return index.reshape(-1, 1).astype(np.int32)

    def inverse_transform(self, outputs, return_proba=False):
        """Labels like the fitted `y`, or with `return_proba` the probabilities of each column."""
        (joint,) = outputs
        if return_proba:
            columns = range(self.combinations_.shape[1])
            probabilities = [marginal(joint, self.members(column)) for column in columns]
            return probabilities if self.ndim_ == 2 else probabilities[0]
        return self._labels(self.combinations_[joint.argmax(axis=1)].T)

    def members(self, column):
        """Which combinations contain each level of a target column, bool of shape (n_levels, n_combinations)."""
        return members(self.combinations_[:, column], super().n_units_[column])

    def get_state(self):
        """Everything fitted, as numbers, strings and arrays."""
        return {**super().get_state(), "combinations": self.combinations_}

    @classmethod
    def from_state(cls, state):
        """Rebuild a fitted encoder from :meth:`get_state`."""
        self = super().from_state(state)
        self.combinations_ = state["combinations"]
        return self

    @property
    def n_units_(self):
        """Number of combinations, in a list."""
        return [len(self.combinations_)]
