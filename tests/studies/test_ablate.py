"""The ablation's declaration, and its command line."""

import runpy
import subprocess
import sys
from pathlib import Path

from lineclf import MultiHeadLineClassifier
from lineclf.experiments import one_at_a_time
from lineclf.experiments._ablation import Task, check_components

SCRIPT = Path(__file__).parents[2] / "studies" / "ablate.py"
STUDY = runpy.run_path(str(SCRIPT))["STUDY"]


def test_every_declared_cell_is_one_the_estimator_takes():
    for profile in STUDY.profiles.values():
        check_components(Task(STUDY.estimator, profile.settings, STUDY.track, 1), STUDY.components)
    for cell in one_at_a_time(STUDY.components):
        MultiHeadLineClassifier(**cell.settings)._validate_params()


def test_the_assignments_variations_are_all_there():
    names = {component.name for component in STUDY.components}
    assert names >= {"kernel_size", "filters", "pooling", "depth", "dropout", "l2", "lr_schedule", "optimizer"}


def test_help_answers_without_loading_anything_heavy():
    outcome = subprocess.run(
        [sys.executable, "-X", "importtime", SCRIPT, "--help"], capture_output=True, text=True, check=True
    )
    assert "--components" in outcome.stdout
    for name in ("tensorflow", "optuna", "mlflow", "sklearn", "numpy"):
        assert f" {name}\n" not in outcome.stderr
