"""The ablation that ``lineclf ablate`` and ``studies/ablate.py`` run: the parts of the report's nets."""

from lineclf.ablation import Ablation, Ablations, Component, Range
from lineclf.runs import Profile

__all__ = [
    "ABLATION",
    "AUGMENTATION",
    "BATCH_NORM",
    "BATCH_SIZE",
    "COMPACT",
    "DEPTH",
    "DROPOUT",
    "FILTERS",
    "FOUR_HEAD",
    "KERNEL_SIZE",
    "L2",
    "LOSS",
    "LR_SCHEDULE",
    "ONE_LAYER",
    "OPTIMIZER",
    "POOLING",
    "TRAINING",
]

KERNEL_SIZE = Component("kernel_size", 3, (5,), between=Range(2, 7))
FILTERS = Component("filters", 32, (16,), between=Range(8, 48, log=True))
POOLING = Component("pooling", "max", ("average", "stride"))
DEPTH = Component("depth", 1, (2,), between=Range(1, 3))
DROPOUT = Component("dropout", 0.1, (0.0, 0.3), off=0.0, between=Range(0.0, 0.5))
L2 = Component("l2", 0.0, (1e-4,), off=0.0, between=Range(1e-6, 1e-2, log=True))
LR_SCHEDULE = Component("lr_schedule", "cosine", ("constant", "exponential"), off="constant")
OPTIMIZER = Component("optimizer", "adam", ("rmsprop", "sgd"))
LOSS = Component("loss", "crossentropy", ("focal", "mse"))
BATCH_NORM = Component("batch_norm", True, (False,), off=False)
BATCH_SIZE = Component("batch_size", 64, (32, 128), between=Range(16, 256, log=True))
AUGMENTATION = Component("max_shift", 0, (2,), off=0)
TRAINING = (L2, LR_SCHEDULE, OPTIMIZER, LOSS, BATCH_NORM, BATCH_SIZE, AUGMENTATION)  # what all nets have

FOUR_HEAD = Ablation(
    name="ablation",
    question="which parts of the four-head net matter?",
    estimator="lineclf.estimators:MultiHeadLineClassifier",
    track="distinct",
    components=(
        KERNEL_SIZE,
        FILTERS,
        POOLING,
        DEPTH,
        DROPOUT,
        *TRAINING,
    ),
    # Those that changed most one at a time, at the level at which they did, but for the optimizer.
    crossed=(
        Component("pooling", "max", ("stride",)),
        Component("lr_schedule", "cosine", ("exponential",)),
        Component("dropout", 0.1, (0.3,)),
        Component("filters", 32, (16,)),
        Component("depth", 1, (2,)),
    ),
    profiles={
        "quick": Profile(
            n_per_class=20,
            seeds=(3, 30),
            settings={"epochs": 4},
            n_more=100,
            max_time=600,
            components=(
                "kernel_size",
                "filters",
                "pooling",
                "depth",
                "dropout",
                "l2",
                "lr_schedule",
                "optimizer",
            ),
        ),
        "tracks": Profile(n_per_class=20, seeds=(3, 30), settings={"epochs": 4}, n_more=100, max_time=900),
        "crossed": Profile(n_per_class=20, seeds=5, settings={"epochs": 4}, n_more=100),
        "digits": Profile(n_per_class=400, seeds=(3, 30), settings={"epochs": 3}),
        "report": Profile(n_per_class=1000, seeds=5, settings={"epochs": 15}),
    },
)

ONE_LAYER = Ablation(
    name="ablation one-layer",
    question="which parts of the one-layer net matter?",
    estimator="lineclf.estimators:OneLayerCNNClassifier",
    track="distinct",
    components=(
        Component("kernel_size", 7, (5, 3), between=Range(3, 9)),
        FILTERS,
        Component("units", 1024, (256,), between=Range(64, 1024, log=True)),
        POOLING,
        DEPTH,
        Component("dropout", 0.0, (0.2,), off=0.0, between=Range(0.0, 0.5)),
        *TRAINING,
    ),
    crossed=(
        Component("kernel_size", 7, (3,)),
        Component("units", 1024, (256,)),
        Component("pooling", "max", ("stride",)),
        Component("depth", 1, (2,)),
        Component("dropout", 0.0, (0.2,)),
    ),
    profiles={
        "quick": Profile(n_per_class=20, seeds=(3, 30), settings={"epochs": 3}, n_more=100, max_time=600),
        "tracks": Profile(n_per_class=20, seeds=(3, 30), settings={"epochs": 3}, n_more=100, max_time=900),
        "crossed": Profile(n_per_class=20, seeds=5, settings={"epochs": 3}, n_more=100),
        "digits": Profile(n_per_class=400, seeds=(3, 30), settings={"epochs": 3}),
        "report": Profile(n_per_class=1000, seeds=5, settings={"epochs": 15}),
    },
    data=("lines", "mnist"),
)

COMPACT = Ablation(
    name="ablation compact",
    question="which parts of the compact net matter?",
    estimator="lineclf.estimators:CompactCNNClassifier",
    track="distinct",
    components=(
        Component("kernel_size", 3, (5,), between=Range(2, 7)),
        FILTERS,
        POOLING,
        Component("depth", 2, (1,), between=Range(1, 3)),
        DROPOUT,
        *TRAINING,
    ),
    crossed=(
        Component("filters", 32, (16,)),
        Component("depth", 2, (1,)),
        Component("pooling", "max", ("stride",)),
        Component("dropout", 0.1, (0.3,)),
        Component("max_shift", 0, (2,)),
    ),
    profiles={
        "quick": Profile(n_per_class=20, seeds=(3, 30), settings={"epochs": 4}, n_more=100, max_time=600),
        "tracks": Profile(n_per_class=20, seeds=(3, 30), settings={"epochs": 4}, n_more=100, max_time=900),
        "crossed": Profile(n_per_class=20, seeds=5, settings={"epochs": 4}, n_more=100),
        "digits": Profile(n_per_class=400, seeds=(3, 30), settings={"epochs": 3}),
        "report": Profile(n_per_class=1000, seeds=5, settings={"epochs": 15}),
    },
    data=("lines", "mnist"),
)

ABLATION = Ablations(
    name="ablation",
    question="which parts of the report's nets matter?",
    nets={"four-head": FOUR_HEAD, "one-layer": ONE_LAYER, "compact": COMPACT},
    workers=2,
)
