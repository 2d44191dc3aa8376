"""Real parts for the tests, each started by the tests themselves: PostgreSQL, an MLflow server, a browser."""

import gc
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest


def pytest_runtest_setup():
    """Leave what is there to stay out of garbage collection: TensorFlow's millions of objects make each one slow."""
    gc.collect()
    gc.freeze()


def require(condition, reason):
    """Skip for want of a part, or fail where the machine is supposed to have everything."""
    if condition:
        return
    if os.environ.get("LINECLF_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(ready, process, log, seconds=60):
    """Wait until `ready()` stops raising; fail with the log if the process ends first."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ready()
        except (OSError, psycopg.OperationalError):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{process.args[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)


def _other_user():
    """Whom root runs PostgreSQL as, which refuses root."""
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}
    require(False, "PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


@pytest.fixture(scope="session")
def postgresql_server():
    """Port of a throw-away PostgreSQL on the loopback interface."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: float(path.split("/")[4]))
    initdb = shutil.which("initdb", path=os.pathsep.join([*reversed(folders), os.environ["PATH"]]))
    require(initdb, "PostgreSQL is not installed (Debian: postgresql)")
    binaries = Path(initdb).resolve().parent
    user = _other_user() if os.getuid() == 0 else {}
    # pytest's own folders are closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="lineclf-postgresql-"))
    if user:
        shutil.chown(folder, user["user"], user["group"])
    log = folder / "log"
    port = free_port()
    try:
        made = subprocess.run(
            [binaries / "initdb", "-D", folder / "data", "-U", "lineclf", "--auth=trust", "--no-sync"],
            capture_output=True,
            text=True,
            cwd="/",
            **user,
        )
        assert made.returncode == 0, made.stderr
        settings = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", folder / "data", *(word for item in settings for word in ("-c", item))],
                stdout=output,
                stderr=output,
                cwd="/",
                **user,
            )
        try:
            wait_until(lambda: psycopg.connect(_database(port)).close(), process, log)
            yield port
        finally:
            process.send_signal(signal.SIGINT)  # its fast shutdown
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _database(port):
    return f"host=127.0.0.1 port={port} user=lineclf dbname=postgres"


@pytest.fixture
def postgresql_url(postgresql_server, request):
    """SQLAlchemy URL of an empty database."""
    name = f"test{abs(hash(request.node.nodeid))}"
    with psycopg.connect(_database(postgresql_server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"postgresql+psycopg://lineclf@127.0.0.1:{postgresql_server}/{name}"
    with psycopg.connect(_database(postgresql_server), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory):
    """URL of a real MLflow server with a store of its own."""
    folder = tmp_path_factory.mktemp("mlflow")
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    stores = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", f"{folder}/artifacts"]
    url = f"http://127.0.0.1:{port}"
    log = folder / "log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", *options, *stores],
            cwd=folder,
            stdout=output,
            stderr=output,
            start_new_session=True,  # so that its workers end with it
            env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"},
        )
    try:
        wait_until(lambda: urllib.request.urlopen(f"{url}/health", timeout=5).close(), process, log)
        yield url
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def chromium():
    """Path of Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    require(path, "Chromium is not installed (Debian: chromium)")
    return path
