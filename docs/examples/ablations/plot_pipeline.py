"""
Which steps of a pipeline matter?
=================================

Pipelines collect steps, and nobody dares to take one out. An ablation takes out each step in turn, trains the rest on
the same folds, and gives each row a verdict: worse, better, equivalent, or open where the data cannot tell.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from lineclf import AblationCV, AblationDisplay

# %%
# The estimator as it is given is the baseline. ``"passthrough"`` leaves a step out; a parameter is named as in
# ``GridSearchCV``.

ablation = AblationCV(
    make_pipeline(StandardScaler(), PCA(20), SVC()),
    {"standardscaler": ["passthrough"], "pca": ["passthrough"], "svc__kernel": ["linear"], "svc__C": [0.1, 10]},
    seeds=30,
)
ablation.fit(*load_breast_cancer(return_X_y=True))
print(ablation.summary_.text())

# %%
# The same as a picture. Differences in the grey band count as none: half a point of accuracy.

AblationDisplay.from_estimator(ablation)
plt.show()

# %%
# This pipeline needs its scaling, and a small C harms it. Its PCA may go: the whole interval lies within the grey band.
# Kernel and larger C stay open, and the table says that only more data would decide them.
