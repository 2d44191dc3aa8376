"""Finished trials in a file that git can keep: with a new storage, a study continues from this file."""

import gzip
import json
from pathlib import Path

from lineclf._files import atomic_write, locked

__all__ = ["FILE", "export_trials", "exported_keys", "import_trials", "pack_trials", "read_trials", "store_new"]

FILE = "trials.jsonl.gz"


def export_trials(store, study, path: Path) -> None:
    """Write the finished trials of a study, in the order of their keys, beside the file's trials of other studies.

    Parameters
    ----------
    store : TrialStore
    study : str
        Identity of the study, whatever its name in the storage.
    path : pathlib.Path
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent):  # a run of another study may keep its trials in the same file
        lines = [each for each in read_trials(path) if each["study"] != study]
        lines += [{"study": study, **trial} for trial in store.trials()]
        content = pack_trials(lines)
        if lines and not (path.exists() and path.read_bytes() == content):
            with atomic_write(path) as file:
                file.write(content)


def pack_trials(lines) -> bytes:
    """Return a file of trials: the same trials give the same bytes.

    Parameters
    ----------
    lines : iterable of dict
        Trials from :meth:`TrialStore.trials`, each with its "study".
    """
    lines = sorted(lines, key=lambda line: (line["study"], line["key"]))
    text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
    return gzip.compress(text.encode(), mtime=0)


def import_trials(store, study, path: Path) -> int:
    """Store the trials of a study that a file has and `store` lacks; return their number.

    Raises
    ------
    ValueError
        If the file cannot be read.
    """
    return store_new(store, [each for each in read_trials(path) if each["study"] == study])


def store_new(store, trials) -> int:
    """Store the trials that `store` lacks; return their number."""
    new = [each for each in trials if each["key"] not in store.finished()]
    if new:
        store.add_all(new)
    return len(new)


def exported_keys(study, path: Path) -> set[str]:
    """Keys of the trials of a study that a file has; ValueError if it cannot be read."""
    return {each["key"] for each in read_trials(path) if each["study"] == study}


def read_trials(path: Path) -> list[dict]:
    """Return the trials of a file, each with its "study"; none if there is no file, ValueError if it is broken."""
    if not path.exists():
        return []
    try:
        lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]
        for line in lines:
            if not {"study", "key", "value", "result", "levels"} <= line.keys():
                raise ValueError("a line lacks something")
        return lines
    except (OSError, EOFError, ValueError, AttributeError) as error:
        raise ValueError(f"{str(path)!r} has no trials that can be read, so move it away: {error}") from None
