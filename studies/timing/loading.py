"""The generator beside files with its images: arrays and folders of images on disk."""

import os
import statistics
import tempfile
from pathlib import Path

from timing.contestants import LOAD_TWICE, LOADERS, N_PER_CLASS
from timing.process import run

WHEN = ("cold", "warm")


def measure_loading(repeats, folder, *, n=N_PER_CLASS, n_files=100):
    """Rows of the generator beside files with its images, in images a second; `n_files` images a class as files."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        paths = _write_images(Path(place), n, n_files)
        rows = [("loading", name, 0, "bytes_per_image", size) for name, (_, size) in paths.items()]
        for i in range(repeats):
            for name, loader in LOADERS.items():
                path = paths[name][0] if name in paths else None
                _forget(path)
                _, rates = run(loader.format(n=n, path=str(path)) + LOAD_TWICE, "rates")
                rows += [("loading", name, i, f"{when}_rate", rate) for when, rate in zip(WHEN, rates, strict=True)]
    return rows


def _write_images(place, n, n_files):
    """The generator's images in every form; path and bytes an image of each."""
    import numpy as np

    from lineclf.datasets import export_lines, make_lines

    X, _ = make_lines(n, random_state=0)
    np.save(place / "X.npy", X)
    np.savez(place / "X.npz", X=X)
    np.savez_compressed(place / "compressed.npz", X=X)
    files = {".npy, memory map": "X.npy", ".npz": "X.npz", ".npz, compressed": "compressed.npz"}
    paths = {name: (place / file, (place / file).stat().st_size / len(X)) for name, file in files.items()}
    few = make_lines(n_files, random_state=0)
    for name, ending in (("PNG folder", "png"), ("JPEG folder", "jpg")):
        images = export_lines(place / ending, *few, format=ending)
        paths[name] = place / ending, sum(path.stat().st_size for path in images) / len(images)
    os.sync()
    return paths


def _forget(path):
    """Have the system drop its cache of a file or a folder's files."""
    if path is not None:
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            handle = os.open(file, os.O_RDONLY)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


VERDICTS = ("cheaper than", "dearer than", "undecided against")
MOST_P = 0.05


def loading_section(rows):
    """Markdown of the loading part: rates, ratios run by run, and whether the report's claim holds."""
    values: dict = {}
    for item, name, i, metric, value in rows:
        if item == "loading":
            values.setdefault((name, metric), {})[i] = value
    if not values:
        return ""
    lines = [
        "| from | bytes an image | images a second, cold | warm | the generator is faster, cold | warm |",
        "|---|---|---|---|---|---|",
    ]
    found: dict = {(when, verdict): [] for when in WHEN for verdict in VERDICTS}
    for name in LOADERS:
        rates = [statistics.median(values[name, f"{when}_rate"].values()) for when in WHEN]
        cells = [name, "–", *(f"{rate:,.0f}" for rate in rates), "–", "–"]
        if name != "generator":
            ratios = [
                [values["generator", f"{when}_rate"][i] / rate for i, rate in values[name, f"{when}_rate"].items()]
                for when in WHEN
            ]
            cells[1] = f"{values[name, 'bytes_per_image'][0]:,.0f}"
            cells[4:] = [f"{statistics.median(r):.2f} × ({min(r):.2f} to {max(r):.2f}, n = {len(r)})" for r in ratios]
            for when, r in zip(WHEN, ratios, strict=True):
                found[when, _verdict(r)].append(name)
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "The report says that drawing is cheaper than loading."]
    for when in WHEN:
        said = "; ".join(f"{verdict} {', '.join(found[when, verdict])}" for verdict in VERDICTS if found[when, verdict])
        lines[-1] += f" {when.capitalize()}: {said}."
    lines[-1] += f" Two-sided sign test over the runs, p ≤ {MOST_P:g}; undecided otherwise."
    return "\n".join(lines)


def _verdict(ratios):
    """What the runs say, by a sign test."""
    from scipy.stats import binomtest

    wins = sum(ratio > 1 for ratio in ratios)
    if binomtest(wins, len(ratios)).pvalue > MOST_P:
        return VERDICTS[2]
    return VERDICTS[0] if wins > len(ratios) / 2 else VERDICTS[1]
