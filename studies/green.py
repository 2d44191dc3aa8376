"""Does a net that knows red and blue lines need only its colour head retrained for green ones?

The 2019 report says so of its four-head net (R12): "we only have to train the colour head of the model separately and
the model would start recognizing the Green Lines. This is despite the fact that the other classification head have
never actually seen a Green Line." Five methods learn green from 1 to all green images a class, and each is scored
head by head on red, blue and green images that it was not trained on.

Beside them stands a prediction: on a black background red and blue lines send no gradient into the first layer's green
weights, so whatever the other heads make of green hangs on the weights' random initial values. The variants change
those values, or the data, so that the weights matter.

    python studies/green.py                     # quick: few images, some minutes
    python studies/green.py --profile full      # every distinct image, one to two hours
    python studies/green.py --seeds 5           # more pairs
"""

import sys

from lineclf.cli import main
from transfer import Method, Transfer, TransferProfile, Variant

STUDY = Transfer(
    name="green",
    question="is retraining the colour head enough for a new colour?",
    says="Suppose we have trained we now want our model to detect Green Lines as well (they have been added to the "
    "data-set). Now, we only have to train the colour head of the model separately and the model would start "
    "recognizing the Green Lines. This is despite the fact that the other classification head have never actually seen "
    "a Green Line.",
    estimator="lineclf.estimators:MultiHeadLineClassifier",
    old=("red", "blue"),
    new="green",
    channel=1,
    methods=(
        Method("color head only", ("head",)),  # with as many old images, or the head unlearns them
        Method("head then all", ("head", "net")),
        Method("fine-tuning with replay", ("net",)),
        Method("full fine-tuning", ("net",), memory="none"),
        Method("joint retraining", ("scratch",), memory="all"),
    ),
    variants=(
        Variant("black background"),
        Variant("green weights zero", weights="zero"),
        Variant("green weights × 3", weights="times three"),
        Variant("green weights drawn anew", weights="drawn anew"),
        Variant("green weights shared: mean of red's and blue's", weights="mean of the others"),
        Variant("green weights shared: red's", weights="those of the first"),
        Variant("weight decay", settings={"l2": 1e-4}),
        Variant("grey background", world={"background": "gray"}),
        Variant("color jitter", jitter=0.5),
    ),
    learning_rates={"head": 5e-3, "net": 1e-3},
    profiles={
        "quick": TransferProfile(n_per_class=32, seeds=2, settings={"epochs": 6}, shots=(4, None), steps=60),
        "full": TransferProfile(n_per_class=None, seeds=3, settings={"epochs": 2}, shots=(1, 4, 16, 64, None)),
    },
)

if __name__ == "__main__":
    sys.exit(main(STUDY))
