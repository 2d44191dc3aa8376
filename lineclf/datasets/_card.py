"""A data card: a description of a data set for people and, in its head, for the Hugging Face hub."""

import json
from collections.abc import Iterable, Sequence

from lineclf.datasets._columns import IMAGE, Column
from lineclf.datasets._description import Description, Split, count_conflicts

__all__ = ["CARD", "card"]

CARD = "README.md"

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def card(about: Description, splits: list[Split], columns: Sequence[Column]) -> str:
    """Return the text of a data card."""
    parts = [
        "\n".join(["---", *_head(about, splits, columns), "---"]),
        f"# {about.name}",
        about.description.strip(),
        "## Splits",
        _table(
            ("split", "images", "different ones", "file", "sha256"),
            (
                (split.name, f"{len(split.images):,}", f"{len(set(split.images)):,}", split.file, f"`{split.sha256}`")
                for split in splits
            ),
        ),
        "`sha256sum --check SHA256SUMS` verifies all files of this folder.",
        "## What stands twice",
        "\n".join(f"- {line}" for line in _repeats(splits)),
        "## Columns",
        _table(("column", "type", "values"), _rows(splits[0], columns)),
        "## How to load it",
        _LOADING,
        *_known(about),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


_LOADING = """\
```python
from datasets import load_dataset  # Hugging Face

splits = load_dataset("FOLDER")
```

```python
from lineclf.datasets import load_parquet  # arrays, once the digests are verified

train = load_parquet("FOLDER", "train")
```

`croissant.json` describes the same files to machines, by the Croissant vocabulary."""


def _head(about: Description, splits: list[Split], columns: Sequence[Column]) -> list[str]:
    """The card's head, in YAML: its texts are written as JSON, which is YAML."""
    n_images = sum(len(split.images) for split in splits)
    size = next((name for limit, name in _SIZES if n_images < limit), "1M<n<10M")
    lines = [f"license: {_quoted(about.license or 'unknown')}", f"pretty_name: {_quoted(about.name)}"]
    lines += ["task_categories:", "- image-classification", "size_categories:", f"- {size}"]
    lines += ["configs:", "- config_name: default", "  data_files:"]
    for split in splits:
        lines += [f"  - split: {split.name}", f"    path: {split.file}"]
    lines += ["dataset_info:", "  features:", f"  - name: {IMAGE}", "    dtype: image"]
    for each in columns:
        lines.append(f"  - name: {each.name}")
        if each.levels is None:
            lines.append(f"    dtype: {each.dtype}")
        else:
            lines += ["    dtype:", "      class_label:", "        names:"]
            lines += [f"          '{number}': {_quoted(level)}" for number, level in enumerate(each.levels)]
    lines.append("  splits:")
    for split in splits:
        lines += [f"  - name: {split.name}", f"    num_examples: {len(split.images)}"]
    return lines


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _repeats(splits: list[Split]) -> Iterable[str]:
    for split in splits:
        if split.name != "train" and splits[0].name == "train":
            n_shared, n_images = split.count_shared(splits[0]), len(split.images)
            yield (
                f"{n_shared:,} of the {n_images:,} images of {split.name} ({n_shared / n_images:.1%}) are in train as "
                "well, pixel for pixel."
            )
    yield f"{count_conflicts(splits):,} different images carry more than one label."


def _rows(split: Split, columns: Sequence[Column]) -> Iterable[tuple[str, str, str]]:
    height, width, channels = split.shape
    yield IMAGE, "PNG, without loss", f"{height} × {width} pixels, {'grey' if channels == 1 else 'RGB'}"
    for each in columns:
        if each.levels is None:
            yield each.name, each.dtype, "a label" if each.is_label else ""
        else:
            levels = ", ".join(f"{number}: {level}" for number, level in enumerate(each.levels))
            yield each.name, "label", levels


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def line(cells):
        return f"| {' | '.join(' '.join(str(cell).split()).replace('|', '&#124;') for cell in cells)} |"

    return "\n".join([line(names), "|" + "---|" * len(names), *map(line, rows)])


def _known(about: Description) -> Iterable[str]:
    known = [
        ("Version", about.version),
        ("License", about.license or "unknown"),
        ("Creator", about.creator),
        ("Published", about.date),
        ("Page", about.url),
    ]
    yield "## About"
    yield "\n".join(f"- {what}: {value}" for what, value in known if value)
    if about.citation:
        yield "## How to cite it"
        yield f"```\n{about.citation.strip()}\n```"
