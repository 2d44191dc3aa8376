"""
How do I read a study in Optuna and in MLflow?
==============================================

Results that only one program can read are lost with that program. A study's trials are ordinary Optuna trials, and
ordinary MLflow runs: dashboards, plots and queries of both work on them. Here both are read by their own Python
interfaces, without lineclf.
"""

import tempfile

import matplotlib.pyplot as plt
import numpy as np
import optuna
from mlflow import MlflowClient
from sklearn.datasets import load_breast_cancer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from lineclf import AblationCV
from lineclf.runs import Tracker

# %%
# The ablation stores its trials with Optuna and logs them to MLflow.

folder = tempfile.mkdtemp()
storage, tracking_uri = f"sqlite:///{folder}/optuna.db", f"sqlite:///{folder}/mlflow.db"
ablation = AblationCV(
    make_pipeline(StandardScaler(), SVC()),
    {"standardscaler": ["passthrough"], "svc__C": [0.01, 10]},
    seeds=8,
    storage=storage,
    study_name="vectors",
    tracking_uri=tracking_uri,
)
ablation.fit(*load_breast_cancer(return_X_y=True))

# %%
# A browser shows the same: ``optuna-dashboard`` with the first address, and this command, printed by the study's
# :class:`~lineclf.runs.Tracker`, for the second.

print(Tracker(tracking_uri).ui_command().replace(folder, "FOLDER"))

# %%
# In Optuna a trial is one cell at one seed, with its parameters and its score. In MLflow a run is a cell, with its
# mean, its interval and its verdict; the trials are runs below it.

trials = optuna.load_study(study_name="vectors", storage=storage).trials_dataframe()
print(trials.filter(regex="number|value|params").head(4).to_string(index=False))
client = MlflowClient(tracking_uri)
experiment = client.get_experiment_by_name("lineclf")
runs = client.search_runs([experiment.experiment_id], max_results=1000)
cells = {run.data.tags["lineclf.cell"]: run.data for run in runs if "lineclf.cell" in run.data.tags}
for name, data in cells.items():
    print(f"{name:<28} {data.metrics['value']:.4f}  {data.tags.get('verdict', 'the baseline')}")

# %%
# The picture: Optuna's trials on the left, MLflow's cells on the right, both with the score of the same study.

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
left.scatter(trials["number"], 100 * trials["value"], color="C0")
left.set(title="Optuna: trials", xlabel="trial", ylabel="accuracy, %")
mean, low, high = (
    100 * np.array([data.metrics[name] for data in cells.values()]) for name in ("value", "value_low", "value_high")
)
right.errorbar(range(len(cells)), mean, yerr=[mean - low, high - mean], fmt="o", color="C1", capsize=4)
right.set(title="MLflow: cells, mean and 95 % interval", xticks=range(len(cells)), xlabel="cell")
right.set_xticklabels([name.replace("=", "\n= ") for name in cells], fontsize=8)
plt.show()

# %%
# Both show the same study: three bands of trials, and cells in the middle of them. The cell beside the baseline has the
# verdict open, the two cells below are worse.
