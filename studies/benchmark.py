"""What does a classifier know about lines, and what only about the lines it has seen?

Any scikit-learn classifier on splits that each ask one question; one of a single target gets a class for each
combination of labels. Nets, neighbours, forests and a rule without training stand side by side, paired by seed: a seed
fixes data, split, initial weights and order for all.

    python studies/benchmark.py                                   # quick: four tracks, fewer images
    python studies/benchmark.py --profile full                    # every distinct image
    python studies/benchmark.py --profile full --tracks halves    # a piece of it; pieces add up
    python studies/benchmark.py --estimator my_package:MyModel    # yours beside the others
    python studies/benchmark.py --submit folder                   # for others, who --add folder

Packages join for good with the entry points ``lineclf.models`` and ``lineclf.tracks``.
"""

import sys

from lineclf.cli import main
from lineclf.defaults import BENCHMARK as STUDY

if __name__ == "__main__":
    sys.exit(main(STUDY))
