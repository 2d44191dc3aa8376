"""What a person sees: MLflow's own pages in a real browser, driven through its DevTools pipe."""

import base64
import json
import os
import signal
import subprocess
import time
from contextlib import contextmanager

import pytest

from lineclf.tracking import Tracker
from tests.test_tracking import make_result

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--window-size=1600,1000"),
    "--remote-debugging-pipe",  # commands on descriptor 3, answers on 4, each message ended by a zero byte
]


class Page:
    """A tab of a browser."""

    def __init__(self, commands, answers):
        self._commands, self._answers = commands, answers
        self._sent = 0
        self._session = {}
        (target,) = (t for t in self._call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        attached = self._call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = {"sessionId": attached["sessionId"]}

    def _call(self, method, **params):
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": params, **self._session}
        self._commands.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = json.loads(self._read())
            if answer.get("id") == self._sent:
                assert "error" not in answer, answer
                return answer["result"]

    def _read(self):
        message = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            assert byte, "the browser ended"
            message += byte
        return message

    def open(self, url):
        self._call("Page.navigate", url="about:blank")  # a new fragment alone would keep the old page
        self._call("Page.navigate", url=url)

    def run(self, script):
        return self._call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def wait_for(self, script, seconds=20):
        """Wait until the script gives something true, and return that."""
        deadline = time.monotonic() + seconds
        while not (value := self.run(script)):
            assert time.monotonic() < deadline, f"never true: {script}\n{self.text()}"
            time.sleep(0.1)
        return value

    def wait_for_text(self, *texts):
        for text in texts:
            self.wait_for(f"document.body && document.body.innerText.includes({json.dumps(text)})")

    def text(self):
        return self.run("document.body.innerText")

    def photograph(self, path):
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot")["data"]))


@contextmanager
def browser(chromium, folder):
    to_browser, commands = os.pipe()
    answers, from_browser = os.pipe()
    # The shell gives the pipes the numbers that Chromium expects.
    redirect = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
    process = subprocess.Popen(
        ["bash", "-c", redirect, "bash", chromium, *FLAGS, f"--user-data-dir={folder}/profile", "about:blank"],
        pass_fds=(to_browser, from_browser),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(to_browser)
    os.close(from_browser)
    try:
        with open(commands, "wb", buffering=0) as writer, open(answers, "rb") as reader:
            yield Page(writer, reader)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


@pytest.mark.timeout(120)
def test_a_person_finds_the_study_its_trials_and_their_pictures(chromium, mlflow_server, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    tracker = Tracker(mlflow_server, experiment="seen by a person")
    parent = tracker.start_study("study 1", "ablation · distinct", params={"epochs": 4})
    trials = [tracker.log_trial(parent, make_result(seed)) for seed in (0, 1)]
    effects = tmp_path / "effects.csv"
    effects.write_text("component,level,effect of it\ndropout,0.5,-0.0125\n")
    tracker.finish_study(parent, metrics={"trials_finished": 2}, artifacts=[effects])
    experiment = f"{mlflow_server}/#/experiments/{tracker._experiment}/runs"

    with browser(chromium, tmp_path) as page:
        # The address that a study prints: its run, and under it the trials.
        page.open(tracker.page())
        page.wait_for_text("ablation · distinct", "Model training")
        assert "dropout=0.5" not in page.text()
        page.wait_for("(expander => expander && (expander.click(), true))(document.querySelector('.ag-row button'))")
        page.wait_for_text("dropout=0.5 · seed 0", "dropout=0.5 · seed 1")
        page.photograph(tmp_path / "runs.png")

        page.open(f"{experiment}/{parent}")
        page.wait_for_text("Child runs", "dropout=0.5 · seed 0", "dropout=0.5 · seed 1", "trials_finished")
        page.open(f"{experiment}/{parent}/artifacts/effects.json")
        page.wait_for_text("effect of it", "-0.0125")
        page.photograph(tmp_path / "effects.png")

        page.open(f"{experiment}/{trials[0]}/artifacts/confusion/angle.png")
        page.wait_for_text("dropout=0.5 · seed 0", "curves.png")
        # MLflow fetches a picture and shows it as an object URL; its own icons are data URLs.
        width = page.wait_for("[...document.images].find(i => i.src.startsWith('blob:') && i.complete)?.naturalWidth")
        assert width > 400
        page.photograph(tmp_path / "picture.png")
        page.open(f"{experiment}/{trials[0]}/artifacts/confusion/angle.json")
        page.wait_for_text("true \\ predicted", "132", "143")
        page.photograph(tmp_path / "table.png")
        page.open(f"{experiment}/{trials[1]}/model-metrics")
        page.wait_for_text("dropout=0.5 · seed 1 (epoch/angle_accuracy)")
        page.photograph(tmp_path / "curves.png")
