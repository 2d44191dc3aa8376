"""
Where does my estimator stand on the leaderboard?
=================================================

A single score flatters: every model has a track that suits it. The leaderboard puts any scikit-learn classifier on
several tracks, beside others, on the same images and seeds. Here is a small leaderboard with a guest, which answers the
class whose mean image is nearest.
"""

import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from lineclf.benchmark import Arena, Benchmark, Contestant, Further, Goal, Score
from lineclf.metrics import joint_accuracy_score
from lineclf.runs import Profile, run_study
from lineclf.testing import check_model

# %%
# The guest is in a module, as trials make it from its import path. ``check_model`` says which promise it breaks.

folder = Path(tempfile.mkdtemp())
(folder / "nearest_mean.py").write_text("""
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import pairwise_distances_argmin

class NearestMean(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.means_ = np.stack([X[y == each].mean(axis=0) for each in self.classes_])
        return self

    def predict(self, X):
        return self.classes_[pairwise_distances_argmin(X, self.means_)]
""")
sys.path.insert(0, str(folder))
check_model("nearest_mean:NearestMean")

# %%
# An ``Arena`` is a track with its question, and a ``Contestant`` a model. ``Further`` is another test of the models
# trained on a track, with a ``Score`` that ranks them, and ``Goal`` a score to reach.


def half_light(estimator, split, seed):
    """Test a fitted estimator on the test images at half their brightness."""
    dark = (split.X_test // 2).reshape(len(split.X_test), -1)
    return {"half_light": joint_accuracy_score(split.y_test, estimator.predict(dark))}


board = Benchmark(
    name="small board",
    question="what does a classifier know about lines?",
    arenas=(
        Arena("distinct", "distinct", "does it interpolate between neighbours?", tests=("half the light",)),
        Arena("halves", "halves", "does it know in one half what it learned in the other?"),
        Arena("composition", "composition", "does it recombine?", folds="one"),
    ),
    further=(
        Further(
            "half the light", "is it blind to brightness?", Score("right", "%", 100, name="half_light"), half_light
        ),
    ),
    contestants=(
        Contestant("majority class", "sklearn.dummy:DummyClassifier"),
        Contestant("nearest mean", "nearest_mean:NearestMean"),
        Contestant("pixel neighbour", "lineclf.baselines:pixel_neighbor"),
        Contestant("Fourier neighbour", "lineclf.baselines:fft_neighbor", told="symmetry"),
        Contestant("moments rule", "lineclf.baselines:MomentsRuleClassifier", told="the world"),
    ),
    goals=(Goal("nearest mean", "distinct", "test_joint_accuracy", 0.5),),
    profiles={"quick": Profile(n_per_class=16, seeds=5)},
)
done = run_study(board, storage=f"sqlite:///{folder}/board.db", tracking_uri="none", output=folder / "board")
print("whole page:", [path.name for path in done.files])

# %%
# The picture is drawn from the table of results that the run has written beside its page.

scores = done.frames["results"].query("metric == 'test_joint_accuracy' or metric == 'half_light'")
table = 100 * scores.groupby(["model", "track"])["value"].mean().unstack()
table = table.loc[[each.name for each in board.contestants], [each.name for each in board.tables]]
figure, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
image = ax.imshow(table, cmap="Blues", vmin=0, vmax=100, aspect="auto")
for (row, column), value in np.ndenumerate(table.to_numpy()):
    ax.text(column, row, f"{value:.1f}", ha="center", va="center", color="white" if value > 60 else "black")
ax.set(xticks=range(table.shape[1]), xticklabels=table.columns, yticks=range(len(table)), yticklabels=table.index)
ax.set_xlabel("track, or further test")
figure.colorbar(image, label="all four labels right, %, 5 seeds")
plt.show()

# %%
# On two tracks the guest is better than a constant answer, and worse than the nearest pixels; it cannot recombine, and
# dimmer light costs it half of its score. Each model fails on some track, except the rule that measures the line.
