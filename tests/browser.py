"""Chromium without a window, driven through its DevTools pipe."""

import base64
import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--window-size=1600,1000"),
    "--remote-debugging-pipe",  # commands on descriptor 3, answers on 4, each message ended by a zero byte
]


def find_chromium():
    """Path of Chromium, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page:
    """A tab of a browser."""

    def __init__(self, commands, answers):
        self._commands, self._answers = commands, answers
        self._sent = 0
        self.requests = []  # addresses that pages have asked for, since `listen`
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
            if answer.get("method") == "Network.requestWillBeSent":
                self.requests.append(answer["params"]["request"]["url"])
            if answer.get("id") == self._sent:
                assert "error" not in answer, answer
                return answer["result"]

    def _read(self):
        message = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            assert byte, "the browser ended"
            message += byte
        return message

    def listen(self):
        """Note every request from now on."""
        self._call("Network.enable")

    def open(self, url):
        self._call("Page.navigate", url="about:blank")  # a new fragment alone would keep the old page
        self._call("Page.navigate", url=url)

    def run(self, script):
        return self._call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def wait_for(self, script, seconds=300):
        """Wait until the script gives something true, and return that; long, for machines that are busy."""
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
