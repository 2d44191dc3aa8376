"""Finished trials in a file that git can keep: where the storage is new, a study goes on from there."""

import gzip
import json
from pathlib import Path

from lineclf._files import atomic_write

FILE = "trials.jsonl.gz"


def export_trials(store, study, path: Path) -> None:
    """Write the finished trials of a study: a line of JSON that names it, then one for each, in the order of keys.

    Parameters
    ----------
    store : TrialStore
    study : str
        Identity of the study, whatever name it has in the storage.
    path : pathlib.Path
    """
    lines = [{"study": study}, *sorted(store.trials(), key=lambda trial: trial["key"])]
    text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
    content = gzip.compress(text.encode(), mtime=0)  # the same trials, the same file
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as file:
            file.write(content)


def import_trials(store, study, path: Path) -> int:
    """Store the trials of a file that are not there yet; how many.

    Trials of another study are passed over: its estimator, data or settings are others.

    Raises
    ------
    ValueError
        If the file cannot be read.
    """
    if not path.exists():
        return 0
    try:
        head, *trials = map(json.loads, gzip.decompress(path.read_bytes()).decode().splitlines())
        new = [each for each in trials if head["study"] == study and each["key"] not in store.finished()]
        for trial in new:
            store.add(trial["key"], trial["value"], trial["result"], trial["levels"])
    except (OSError, EOFError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{str(path)!r} has no trials that can be read, so move it away: {error}") from None
    return len(new)
