"""What does a classifier know about lines, and what only about the lines it has seen?

Any scikit-learn classifier of four target columns on splits that each ask one question. Nets, neighbours, forests and a
rule without training stand side by side, paired by seed: a seed fixes data, split, initial weights and order for all.

    python studies/benchmark.py                                   # quick: fewer images
    python studies/benchmark.py --profile full                    # every distinct image
    python studies/benchmark.py --estimator my_package:MyModel    # yours beside the others

Packages join for good with the entry point ``lineclf.models``.
"""

import sys

from lineclf.experiments import Arena, Benchmark, Contestant, Profile, main

STUDY = Benchmark(
    name="leaderboard",
    question="what does a classifier know about lines?",
    arenas=(
        Arena("replica", "replica", "does the report's split tell memory from recognition?", distinct=False, target=1),
        Arena("distinct", "distinct", "does it interpolate between neighbours?", target=0.999),
        Arena("position", "position", "does it know lines at places where it saw none?", target=0.999),
        Arena("halves", "halves", "does it know in one half what it learned in the other?", target=0.99),
        Arena("color-composition", "color-composition", "does it know a shape in its other colour?", target=0.99),
        Arena("composition", "composition", "does it recombine length, width and angle?", target=0.95),
        Arena("range", "range", "does it recombine what was never trained together, not even in pairs?"),
        Arena(
            "few-shot 16",
            "few-shot",
            "what does it learn from 16 images a class?",
            options={"n_images": 16},
            target=0.95,
        ),
        Arena(
            "noise 0.5",
            "distinct",
            "how far is it from the best there is, under Gaussian noise of half the full scale?",
            world={"noise": 0.5, "dtype": "float32"},
        ),
    ),
    contestants=(
        Contestant("majority class", "sklearn.dummy:DummyClassifier"),
        Contestant("pixel neighbour", "lineclf.baselines:pixel_neighbor"),
        Contestant("Fourier neighbour", "lineclf.baselines:fft_neighbor"),
        Contestant("moments rule", "lineclf.baselines:MomentsRuleClassifier"),
        Contestant("logistic regression", "lineclf.baselines:logistic_regression"),
        Contestant("random forest", "sklearn.ensemble:RandomForestClassifier", {"n_jobs": 2}),
        Contestant("one-layer CNN", "lineclf:OneLayerCNNClassifier", {"epochs": 6}),
        Contestant("four-head CNN", "lineclf:MultiHeadLineClassifier", {"epochs": 8}),
        Contestant("global-pooling CNN", "lineclf:CompactCNNClassifier", {"epochs": 8}),
    ),
    profiles={
        "quick": Profile(n_per_class=40, seeds=2),
        "full": Profile(n_per_class=None, seeds=5),
    },
)

if __name__ == "__main__":
    sys.exit(main(STUDY))
