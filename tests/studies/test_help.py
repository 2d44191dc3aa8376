"""What every study answers at once."""

import subprocess
import sys
from pathlib import Path

import pytest

STUDIES = [path for path in sorted(Path(__file__).parents[2].glob("studies/*.py")) if not path.name.startswith("_")]


@pytest.mark.parametrize("script", STUDIES, ids=lambda path: path.name)
def test_help_answers_without_loading_anything_heavy(script):
    command = [sys.executable, "-X", "importtime", script, "--help"]
    outcome = subprocess.run(command, capture_output=True, text=True, check=True)
    assert outcome.stdout.startswith(f"usage: {script.name}")
    for name in ("tensorflow", "keras", "optuna", "mlflow", "sklearn", "numpy", "cv2"):
        assert f" {name}\n" not in outcome.stderr
