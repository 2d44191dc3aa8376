"""Serve the stored runs by MLflow, and say where the studies are once it answers: ``python -m lineclf.runs``."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from http.client import HTTPException

from lineclf.runs._options import tracking_uri
from lineclf.runs._tracking import Tracker
from lineclf.runs._tracking_store import is_served

__all__ = ["main"]


def main(argv=None):
    """Serve until Ctrl-C; return the exit status of the server, 2 for a bad option."""
    parser = argparse.ArgumentParser(prog="python -m lineclf.runs", description=__doc__)
    parser.add_argument("--tracking-uri", default=tracking_uri(), metavar="URI", help="store to serve")
    parser.add_argument("--port", type=int, default=5000)
    args = parser.parse_args(argv)
    try:
        tracker = Tracker(args.tracking_uri)
    except ValueError as error:
        parser.error(str(error))
    if is_served(args.tracking_uri):
        parser.error(f"--tracking-uri is a server already; open {tracker.page()}")
    try:
        with socket.socket() as ours:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            ours.bind(("127.0.0.1", args.port))
    except (OSError, OverflowError) as error:
        parser.error(f"--port must be free, and from 1 to 65535; got {args.port}: {error}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    page = tracker.page(args.port)
    print(f"MLflow is starting, which takes up to half a minute. The studies will be at\n{page}", flush=True)
    command = [sys.executable, "-m", "mlflow", "ui", "--host", "127.0.0.1", "--port", str(args.port)]
    command += ["--workers", "1"]  # for one person: each loads MLflow anew, and by default there are four
    # The store may have a password, which a command line would show. Background jobs, for language models, take
    # several processes.
    environment = {"MLFLOW_BACKEND_STORE_URI": args.tracking_uri, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    server = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        while server.poll() is None and not _answers(args.port):
            time.sleep(0.2)
        if server.poll() is None:
            print(f"MLflow answers. Open {page}", flush=True)
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()


def _answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as response:
            return response.status == 200
    except (OSError, HTTPException):
        return False


if __name__ == "__main__":
    sys.exit(main())
