"""Which parts of the four-head net matter?

The assignment behind the 2019 report asks to vary filter size, number of filters, pooling or strided convolution,
depth, learning-rate decay, regularisation, and optimizer. Here each is a component, changed one at a time around the
report's net, with paired seeds: a seed fixes data, split, initial weights and order for every cell.

    python studies/ablate.py                      # a few minutes, on few images
    python studies/ablate.py --profile report     # the report's 1,000 draws a class; hours
"""

import sys

from lineclf.experiments import Ablation, Component, Profile, main

STUDY = Ablation(
    name="ablation",
    question="which parts of the four-head net matter?",
    estimator="lineclf.estimators:MultiHeadLineClassifier",
    track="distinct",
    components=(
        Component("kernel_size", 3, (5,)),
        Component("filters", 32, (16,)),
        Component("pooling", "max", ("average", "stride")),
        Component("depth", 1, (2,)),
        Component("dropout", 0.1, (0.0, 0.3)),
        Component("l2", 0.0, (1e-4,)),
        Component("lr_schedule", "cosine", ("constant", "exponential")),
        Component("optimizer", "adam", ("rmsprop", "sgd")),
    ),
    profiles={
        "quick": Profile(n_per_class=40, seeds=3, settings={"epochs": 4}),
        "report": Profile(n_per_class=1000, seeds=5, settings={"epochs": 15}),
    },
)

if __name__ == "__main__":
    sys.exit(main(STUDY))
