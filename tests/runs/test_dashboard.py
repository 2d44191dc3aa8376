"""What a person sees in Optuna's own dashboard, which knows nothing of this package."""

import sys
import urllib.request

from tests.browser import browser
from tests.conftest import Server, free_port


class Dashboard(Server):
    """optuna-dashboard on a storage."""

    def __init__(self, storage, folder):
        port = free_port()
        self.url, self.log = f"http://127.0.0.1:{port}/dashboard", folder / "log"
        script = "from optuna_dashboard._cli import main; main()"
        self.command = [sys.executable, "-c", script, storage, "--host", "127.0.0.1", "--port", str(port)]
        self.options = {"cwd": folder, "start_new_session": True}
        self.start()

    def answers(self):
        urllib.request.urlopen(self.url, timeout=5).close()


def test_the_dashboard_shows_trials_with_their_parameters_and_what_matters(chromium, folder, tmp_path):
    folder.run()
    dashboard = Dashboard("sqlite:///mlruns/optuna.db", folder.path)
    try:
        with browser(chromium, tmp_path) as page:
            page.open(f"{dashboard.url}/studies/1/trials")
            page.wait_for_text("8 Trials", "Best Trial", "max_depth null", "seconds 0.01", "seed 0")
            page.photograph(tmp_path / "trials.png")
            page.open(f"{dashboard.url}/studies/1")
            page.wait_for_text("Hyperparameter Importance", "max_depth", "Best Trial")
            page.photograph(tmp_path / "study.png")
    finally:
        dashboard.kill()
