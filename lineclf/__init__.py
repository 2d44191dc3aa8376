"""lineclf: coloured lines as a small, perfectly known world for image classification.

Importing the package starts no TensorFlow: the estimators load on first use.
"""

import os
from typing import TYPE_CHECKING

from lineclf._lazy import lazy_names

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

_PACKAGES = [
    "ablation",
    "audit",
    "baselines",
    "benchmark",
    "cli",
    "datasets",
    "defaults",
    "estimators",
    "inspection",
    "metrics",
    "model_selection",
    "nets",
    "reporting",
    "runs",
    "testing",
    "trials",
]

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
_LAZY = {name: "ablation" if name.startswith("Ablation") else "estimators" for name in __all__[:-1]}

__getattr__, __dir__ = lazy_names(__name__, __all__, _LAZY, _PACKAGES)
