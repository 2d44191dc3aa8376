"""Real parts for the tests, each started by the tests themselves: PostgreSQL, an MLflow server, a browser."""

import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest


def lacking(reason):
    """Skip for want of a part, or fail where the machine is supposed to have everything."""
    if os.environ.get("LINECLF_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def postgresql_server():
    """A throw-away PostgreSQL on a loopback port; its port."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    initdb = shutil.which("initdb", path=os.pathsep.join([*reversed(folders), os.environ["PATH"]]))
    if initdb is None:
        lacking("PostgreSQL is not installed (Debian: postgresql)")
    binaries = Path(initdb).resolve().parent
    # PostgreSQL refuses to run as root.
    user = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="lineclf-postgresql-"))  # pytest's own is closed to other users
    folder.chmod(0o755)
    if user:
        shutil.chown(folder, **user)
    port = free_port()
    try:
        subprocess.run(
            [binaries / "initdb", "-D", folder / "data", "-U", "lineclf", "--auth=trust", "--no-sync"],
            check=True,
            capture_output=True,
            cwd="/",
            **user,
        )
        options = ["-c", f"port={port}", "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
        process = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", *options, "-c", "fsync=off"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            **user,
        )
        try:
            for _ in range(200):
                try:
                    psycopg.connect(f"host=127.0.0.1 port={port} user=lineclf dbname=postgres").close()
                    break
                except psycopg.OperationalError:
                    time.sleep(0.1)
            yield port
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_url(postgresql_server, request):
    """SQLAlchemy URL of an empty database."""
    name = f"test{abs(hash(request.node.nodeid))}"
    server = f"host=127.0.0.1 port={postgresql_server} user=lineclf dbname=postgres"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"postgresql+psycopg://lineclf@127.0.0.1:{postgresql_server}/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory):
    """URL of a real MLflow server with a store of its own."""
    folder = tmp_path_factory.mktemp("mlflow")
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    stores = [
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination",
        str(folder / "artifacts"),
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", *options, *stores],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/health", timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, "the MLflow server ended"
                time.sleep(0.1)
        else:
            pytest.fail("the MLflow server did not answer within a minute")
        yield url
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def chromium():
    """Path of Chromium."""
    path = shutil.which("chromium")
    if path is None:
        lacking("Chromium is not installed (Debian: chromium)")
    return path
