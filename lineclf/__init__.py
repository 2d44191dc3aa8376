"""lineclf: coloured lines as a small, perfectly known world for image classification.

Importing the package starts no TensorFlow: the estimators load on first use.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lineclf.ablation import AblationCV, AblationDisplay
    from lineclf.estimators import (
        CompactCNNClassifier,
        MatchedFilterClassifier,
        MultiHeadLineClassifier,
        OneLayerCNNClassifier,
        SymmetryClassifier,
    )

# TensorFlow greets with a page of notices about the machine; a level set by the user is kept.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow leaves its faster kernels off on processors without AVX-512, where a training step takes 1.6 times as long.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

__version__ = "0.3.0.dev0"
__all__ = [
    "AblationCV",
    "AblationDisplay",
    "CompactCNNClassifier",
    "MatchedFilterClassifier",
    "MultiHeadLineClassifier",
    "OneLayerCNNClassifier",
    "SymmetryClassifier",
    "__version__",
]


def __getattr__(name):
    if name in __all__:
        package = "lineclf.ablation" if name.startswith("Ablation") else "lineclf.estimators"
        return getattr(import_module(package), name)
    raise AttributeError(f"module 'lineclf' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__():
    return __all__
