"""Files are written whole or not at all."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Give a binary file to write; it becomes `path` when the block ends, and vanishes if the block raises."""
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    try:
        with open(temporary, "xb") as file:
            yield file
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_files(folder: Path, contents: Mapping[str, bytes | str]) -> list[Path]:
    """Write each file, by name, whole; make the folder where there is none. Returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        with atomic_write(folder / name) as file:
            file.write(content.encode() if isinstance(content, str) else content)
    return [folder / name for name in contents]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes that lock this folder out, where the system can (not on Windows, nor on every network)."""
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
