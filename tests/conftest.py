"""Real parts for the tests, each started by the tests themselves: PostgreSQL, an MLflow server, a browser.

And the fast run, `pytest --fast`: what needs no Keras.
"""

import fcntl
import gc
import glob
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
import warnings
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, event

from tests.browser import find_chromium
from tests.without_keras import WithoutKeras

# Before NumPy loads, and in the processes that tests start: each of pytest-xdist's workers would have a thread for
# every core, and on small matrices threads that wait for each other burn three to ten times what one takes.
os.environ.setdefault("OMP_NUM_THREADS", "1")

RUN = "LINECLF_TEST_RUN"  # environment variable: a folder that all workers of this run of the tests share
MANY = 400_000  # objects that modules may leave behind, as a dozen nets do, before they are looked through
KEPT = {"objects": 0}  # what was there after they last were


def pytest_addoption(parser):
    """Take `--fast`."""
    parser.addoption("--fast", action="store_true", help="only what needs no Keras; an import of it is a failure")


def pytest_configure(config):
    """Tell what needs Keras, and make the folder that pytest-xdist's workers share."""
    config.pluginmanager.register(WithoutKeras(config.getoption("fast")))  # a conftest knows only its own folder
    if find_spec("torch") is None:  # no dependency: its examples run where it is
        torch = str(Path(__file__).parents[1] / "lineclf" / "datasets" / "_torch.py")
        config.option.ignore = [*(config.option.ignore or ()), torch]
    if not hasattr(config, "workerinput"):  # not one of pytest-xdist's workers
        os.environ[RUN] = tempfile.mkdtemp(prefix="lineclf-tests-")


def pytest_unconfigure(config):
    """End the servers that the workers have shared."""
    if not hasattr(config, "workerinput"):
        for pid in Path(os.environ[RUN]).glob("*/pid"):
            with suppress(ProcessLookupError):
                os.killpg(int(pid.read_text()), signal.SIGKILL)
        shutil.rmtree(os.environ[RUN], ignore_errors=True)


def pytest_runtest_setup():
    """Leave what is there to stay out of garbage collection: TensorFlow's millions of objects make each one slow."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def _thaw():
    """Give back what modules have left behind, nets above all: what is frozen is never collected."""
    yield
    gc.freeze()
    if gc.get_freeze_count() > KEPT["objects"] + MANY:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        KEPT["objects"] = gc.get_freeze_count()


@event.listens_for(Engine, "connect")
def _leave_writing_to_the_system(connection, record):
    """Let SQLite wait for no disk: what a process has written is there for all others, whenever it ends."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


def made_once(name, make):
    """Folder of the run that pytest-xdist's workers share; the first that asks has `make(folder)` fill it."""
    folder = Path(os.environ[RUN]) / name
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            make(folder)
            (folder / "made").touch()
    return folder


@contextmanager
def untraced():
    """Let nets train without a trace, where they are not the point: that takes longer than a few steps do."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Even though", UserWarning)  # that data are still traced
            yield
    finally:
        tf.config.run_functions_eagerly(False)


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


def wait_until(ready, process, log):
    """Wait until `ready()` stops raising, as long as that takes; fail with the log if the process ends first."""
    while True:
        try:
            return ready()
        except (OSError, psycopg.OperationalError):
            if process.poll() is not None:
                pytest.fail(f"{process.args[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)


def _other_user():
    """Whom root runs PostgreSQL as, which refuses root."""
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}
    require(False, "PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


class Server:
    """A server on the loopback interface that a test can kill and start again; `start` waits until it answers."""

    def start(self):
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(self.command, stdout=output, stderr=output, **self.options)
        wait_until(self.answers, self.process, self.log)

    def kill(self):
        """Kill -9 it and all that it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)


class PostgreSQL(Server):
    """A throw-away PostgreSQL."""

    def __init__(self, folder):
        folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: float(path.split("/")[4]))
        initdb = shutil.which("initdb", path=os.pathsep.join([*reversed(folders), os.environ["PATH"]]))
        require(initdb, "PostgreSQL is not installed (Debian: postgresql)")
        binaries = Path(initdb).resolve().parent
        user = _other_user() if os.getuid() == 0 else {}
        if user:
            shutil.chown(folder, user["user"], user["group"])
        self.port, self.log = free_port(), folder / "log"
        made = subprocess.run(
            [binaries / "initdb", "-D", folder / "data", "-U", "lineclf", "--auth=trust", "--no-sync"],
            capture_output=True,
            text=True,
            cwd="/",
            **user,
        )
        assert made.returncode == 0, made.stderr
        settings = [f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
        self.command = [binaries / "postgres", "-D", folder / "data"]
        self.command += [word for item in settings for word in ("-c", item)]
        self.options = {"cwd": "/", "start_new_session": True, **user}
        self.start()

    def answers(self):
        self.run("SELECT 1")

    def run(self, statement):
        address = f"host=127.0.0.1 port={self.port} user=lineclf dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def stop(self):
        self.process.send_signal(signal.SIGINT)  # its fast shutdown
        self.process.wait(timeout=30)


@pytest.fixture(scope="session")
def postgresql():
    """A throw-away PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="lineclf-postgresql-"))  # pytest's own folders are closed to other users
    try:
        server = PostgreSQL(folder)
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_url(postgresql, request):
    """SQLAlchemy URL of an empty database."""
    name = f"test{abs(hash(request.node.nodeid))}"
    postgresql.run(f"CREATE DATABASE {name}")
    yield f"postgresql+psycopg://lineclf@127.0.0.1:{postgresql.port}/{name}"
    postgresql.run(f"DROP DATABASE {name} WITH (FORCE)")


class MLflow(Server):
    """A real MLflow server with a store of its own."""

    def __init__(self, folder, database):
        shutil.copy(database, folder / "mlflow.db")
        port = free_port()
        self.url, self.log = f"http://127.0.0.1:{port}", folder / "log"
        self.command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
        self.command += ["--workers", "1", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db"]
        self.command += ["--artifacts-destination", f"{folder}/artifacts"]
        # Its jobs would be eight more processes, each of which imports MLflow.
        quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        self.options = {"cwd": folder, "start_new_session": True, "env": {**os.environ, **quiet}}
        self.start()

    def answers(self):
        urllib.request.urlopen(f"{self.url}/health", timeout=5).close()


@pytest.fixture(scope="session")
def mlflow_process(tmp_path_factory, mlflow_database):
    """A real MLflow server that tests may kill: every worker has its own."""
    server = MLflow(tmp_path_factory.mktemp("mlflow"), mlflow_database)
    yield server
    server.kill()


@pytest.fixture(scope="session")
def mlflow_server(mlflow_database):
    """URL of a real MLflow server that all workers share; the first that asks starts it, the run's end ends it."""

    def start(folder):
        server = MLflow(folder, mlflow_database)
        (folder / "pid").write_text(str(server.process.pid))
        (folder / "url").write_text(server.url)

    return (made_once("mlflow", start) / "url").read_text()


@pytest.fixture(scope="session")
def mlflow_database():
    """An MLflow database with nothing in it, to be copied: MLflow takes seconds to make one."""
    from lineclf.runs import Tracker

    def make(folder):
        Tracker(f"sqlite:///{folder}/mlflow.db", experiment="none")

    return made_once("empty", make) / "mlflow.db"


@pytest.fixture(scope="session")
def prepare_store(mlflow_database):
    """Function that puts the default store, with nothing in it, into a working directory."""

    def prepare(folder):
        (folder / "mlruns").mkdir(exist_ok=True)
        shutil.copy(mlflow_database, folder / "mlruns")

    return prepare


@pytest.fixture(scope="session")
def chromium():
    """Path of Chromium."""
    path = find_chromium()
    require(path, "Chromium is not installed (Debian: chromium)")
    return path
