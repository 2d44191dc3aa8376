"""Names of heads as spelt by TensorFlow's layers and Keras' history."""

import re

__all__ = ["history_name", "output_names"]


def output_names(heads):
    """Heads under names that TensorFlow allows for a layer."""
    names = [re.sub(r"\W", "_", head, flags=re.ASCII) for head in heads]
    if len(set(names)) < len(names) or not all(re.match("[A-Za-z0-9]", name) for name in names):
        names = [f"head_{i}" for i in range(len(names))]
    return names


def history_name(key, heads, ndim):
    """Name of one of Keras' curves in ``history_``: `val_angle_output_accuracy` → `val_angle_accuracy`.

    A net with one output for a target of two dimensions scores the joint accuracy of its heads.
    """
    prefix, name = ("val_", key[4:]) if key.startswith("val_") else ("", key)
    if name == "accuracy" and ndim == 2:
        name = "joint_accuracy"
    for output, head in zip(output_names(heads), heads, strict=True):
        if name.startswith(f"{output}_output_"):
            name = name.replace(f"{output}_output", head, 1)
            break
    return prefix + name
