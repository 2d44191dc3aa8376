"""The command that serves the stored runs."""

import signal
import subprocess
import sys
import urllib.request

import pytest

from tests.conftest import free_port
from tests.runs.folder import hear_ctrl_c


@pytest.mark.engine
def test_the_address_is_told_and_answers_then(tmp_path, prepare_store):
    prepare_store(tmp_path)
    port = free_port()
    command = [sys.executable, "-m", "lineclf.runs", "--port", str(port)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    server = subprocess.Popen(command, cwd=tmp_path, preexec_fn=hear_ctrl_c, **pipes)
    try:
        told = next(line for line in server.stdout if line.startswith("MLflow answers."))
        assert f"Open http://127.0.0.1:{port}/#/experiments/" in told
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as response:
            assert "MLflow" in response.read().decode()
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(300) == 0


@pytest.mark.parametrize(
    ("uri", "words"),
    [("mlruns/mlflow.db", "legal are sqlite:///FILE"), ("http://me:secret@127.0.0.1:9", "http://***@")],
)
def test_a_store_that_cannot_be_served_is_told(tmp_path, monkeypatch, capsys, uri, words):
    from lineclf.runs.__main__ import main

    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["--tracking-uri", uri])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert words in said
    assert "secret" not in said
