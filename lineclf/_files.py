"""Files are written whole or not at all."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

__all__ = ["atomic_path", "atomic_write", "locked", "write_files"]

_PREFIX = ".writing-"


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Give a binary file to write; it becomes `path` when the block ends, and is deleted if the block raises."""
    temporary = path.with_name(f"{_PREFIX}{os.urandom(4).hex()}.part")
    with _blamed(path):
        try:
            with open(temporary, "xb") as file:
                yield file
            os.replace(temporary, path)
        finally:
            with suppress(OSError):  # the first error is the one to tell
                temporary.unlink(missing_ok=True)


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """The same for a writer that needs a path: give one of the same name, in a folder that is deleted afterwards."""
    with _blamed(path), tempfile.TemporaryDirectory(dir=path.parent, prefix=_PREFIX) as folder:
        temporary = Path(folder, path.name)
        yield temporary
        os.replace(temporary, path)


@contextmanager
def _blamed(path: Path) -> Iterator[None]:
    """Make an error about a temporary file name `path` and its folder, which the caller knows."""
    try:
        yield
    except OSError as error:
        if not any(part.startswith(_PREFIX) for part in Path(str(error.filename)).parts):
            raise
        reason = f"{error.strerror}; it was to be written into the folder {str(path.parent)!r}"
        raise OSError(error.errno, reason, str(path)) from None


def write_files(folder: Path, contents: Mapping[str, bytes | str]) -> list[Path]:
    """Write each file, by name, as a whole; create the folder if necessary. Return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        with atomic_write(folder / name) as file:
            file.write(content.encode() if isinstance(content, str) else content)
    return [folder / name for name in contents]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep out other processes that lock this folder, if the system can (not on Windows or on every network)."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
