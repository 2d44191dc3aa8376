"""
What is lost when a long study is killed?
=========================================

A machine restarts, a job reaches its limit, somebody pulls the plug. A study that stores its trials one by one
continues with the same call. Finished trials are kept; a training that was interrupted starts again from its beginning.
Here a process is really killed, in the middle of a training.
"""

import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import optuna

# %%
# The study, as a script: an ablation of a gradient boosting with its trials in a SQLite file.

script = """
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier
from lineclf import AblationCV

ablation = AblationCV(
    GradientBoostingClassifier(n_estimators=30),
    {"max_depth": [1], "subsample": [0.5]},
    cv=3,
    seeds=6,
    storage="sqlite:///ablation.db",
    study_name="boosting",
    verbose=1,
).fit(*load_breast_cancer(return_X_y=True))
print(ablation.effects_[["component", "level", "n", "verdict"]].to_string(index=False))
"""
folder = Path(tempfile.mkdtemp())
(folder / "ablate.py").write_text(script)


def trials():
    """Return what the file holds, as any reader of Optuna sees it."""
    return optuna.load_study(study_name="boosting", storage=f"sqlite:///{folder}/ablation.db").trials


# %%
# Start it, wait until its progress bar says seven or more, and kill it with SIGKILL, which no process can catch. Then
# call it again.

command, bar = [sys.executable, "ablate.py"], ""
first = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
while first.poll() is None and not re.search(r" ([7-9]|1\d)/18", bar):
    bar += first.stderr.read(1)
first.send_signal(signal.SIGKILL)
killed_at = time.time()
first.communicate()
n_before = len(trials())
print(f"killed with {n_before} trials stored")
print(subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout)
stored = trials()
different = {trial.user_attrs["key"] for trial in stored}
print(f"{len(stored)} trials in all, {len(different)} different ones")

# %%
# The picture: when each trial ran, and in which process.

begin = stored[0].datetime_start.timestamp()
start = np.array([trial.datetime_start.timestamp() for trial in stored]) - begin
length = np.array([trial.datetime_complete.timestamp() for trial in stored]) - begin - start
figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
numbers = np.arange(len(stored))
for name, rows in (("before the kill", numbers < n_before), ("the same call again", numbers >= n_before)):
    ax.barh(numbers[rows], length[rows], left=start[rows], height=0.7, label=name)
ax.axvline(killed_at - begin, color="C3", label="SIGKILL")
ax.set(yticks=numbers[::3], xlabel="time since the first trial, s", ylabel="trial, in the order of the storage")
ax.invert_yaxis()
figure.legend(loc="outside upper center", ncols=3, frameon=False)
plt.show()

# %%
# The trials stored before the kill stayed, and the same call trained the rest. The kill cost only the one training that
# was running, and the time to start again.
