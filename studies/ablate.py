"""Which parts of the two nets matter?

The assignment behind the 2019 report asks to vary filter size, number of filters, pooling or strided convolution,
depth, learning-rate decay, regularisation, loss and optimizer. Here each is a component of the report's nets, as are
batch normalization, batch size and random shifts of the training images. Seeds are paired: a seed fixes data, split,
initial weights and order for every cell.

    python studies/ablate.py                      # about 10 minutes: the four-head net, one component at a time
    python studies/ablate.py --seeds 3..60 --max-time 3600     # goes on where verdicts are open
    python studies/ablate.py --net one-layer --track halves --profile tracks
    python studies/ablate.py --net compact --data mnist --profile digits
    python studies/ablate.py --design factorial --profile crossed      # five components, all 32 combinations
    python studies/ablate.py --design leave-one-out | fractional
    python studies/ablate.py --design search      # tunes the net on folds of the training side
    python studies/ablate.py --profile report     # the report's 1,000 draws a class; hours
"""

import sys

from lineclf.cli import main
from lineclf.defaults import ABLATION as STUDY

if __name__ == "__main__":
    sys.exit(main(STUDY))
