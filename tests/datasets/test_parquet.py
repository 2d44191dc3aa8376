"""Parquet export: what is written is what was given, by readers of other people, and its digests tell any change."""

import hashlib
import io
import json
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image
from pyarrow import parquet

from lineclf.datasets import TARGET_NAMES, _parquet, export_parquet, load_parquet, make_lines
from lineclf.model_selection import audit_split

SPLITS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def lines():
    """Images with labels, splits, and what else is known of them; some images stand twice, one with two labels."""
    X, y, centres = make_lines(n_per_class=3, return_positions=True, random_state=0)
    X[210:215], y[210:215] = X[20:25], y[20:25]
    X[250:260], y[250:260] = X[:10], y[:10]
    y[255, 3] = 1 - y[255, 3]
    split = np.repeat(SPLITS, (200, 40, 48))
    columns = {"row": centres[:, 0], "share": np.linspace(0, 1, len(X)), "file": [f"ü{i}.png" for i in range(len(X))]}
    return X, y, split, columns


@pytest.fixture(scope="module")
def folder(tmp_path_factory, lines):
    X, y, split, columns = lines
    folder = tmp_path_factory.mktemp("exported") / "new"
    export_parquet(
        folder,
        X,
        y,
        split=split,
        columns=columns,
        target_names=TARGET_NAMES,
        name='lines: "red | blue"',
        description="Lines.\n\nOf two colours: röt and blue.",
        license="cc-by-4.0",
        creator="nobody",
        citation="@misc{lines}",
        url="https://example.org/lines",
        date="2026-01-31",
    )
    return folder


def test_what_is_written_comes_back(folder, lines):
    X, y, split, columns = lines
    for name in SPLITS:
        bunch, rows = load_parquet(folder, name), split == name
        np.testing.assert_array_equal(bunch.images, X[rows])
        np.testing.assert_array_equal(bunch.target, y[rows])
        assert bunch.images.dtype == np.uint8
        assert np.shares_memory(bunch.images, bunch.data)
        assert bunch.target_names == TARGET_NAMES
        assert bunch.factor_names == ["length", "width", "angle", "color"]
        assert {each: values.tolist() for each, values in bunch.columns.items()} == {
            each: np.asarray(values)[rows].tolist() for each, values in columns.items()
        }
        assert (folder / "README.md").read_text(encoding="utf-8") == bunch.DESCR


def test_pandas_and_pillow_read_it(folder, lines):
    X, y, split, _ = lines
    frame = pd.read_parquet(folder / "data" / "test-00000-of-00001.parquet")
    assert list(frame) == ["image", "length", "width", "angle", "color", "row", "share", "file"]
    images = [np.asarray(Image.open(io.BytesIO(each["bytes"]))) for each in frame["image"]]
    np.testing.assert_array_equal(images, X[split == "test"])
    np.testing.assert_array_equal(frame[["length", "width", "angle", "color"]], y[split == "test"])
    assert frame["file"].tolist() == [f"ü{i}.png" for i in np.flatnonzero(split == "test")]


def test_hugging_face_reads_splits_images_and_names_of_levels(folder, lines, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    X, y, split, _ = lines
    found = datasets.load_dataset(str(folder), cache_dir=str(tmp_path))
    assert {name: len(each) for name, each in found.items()} == {name: (split == name).sum() for name in SPLITS}
    assert found["train"].features["angle"].names == TARGET_NAMES[2]
    for name in SPLITS:
        np.testing.assert_array_equal([np.asarray(image) for image in found[name]["image"]], X[split == name])
        np.testing.assert_array_equal(found[name]["angle"], y[split == name, 2])


def test_a_file_says_its_features_as_hugging_face_writes_them(folder):
    metadata = parquet.read_schema(folder / "data" / "train-00000-of-00001.parquet").metadata
    features = json.loads(metadata[b"huggingface"])["info"]["features"]
    assert features["image"] == {"_type": "Image"}
    assert features["color"] == {"names": ["red", "blue"], "_type": "ClassLabel"}
    assert features["share"] == {"dtype": "float64", "_type": "Value"}
    assert features["file"] == {"dtype": "string", "_type": "Value"}


def test_croissant_is_valid_and_leads_to_every_record(folder, lines, caplog):
    import mlcroissant

    X, y, split, _ = lines
    dataset = mlcroissant.Dataset(jsonld=folder / "croissant.json")
    assert list(dataset.metadata.ctx.issues.errors) == []
    assert list(dataset.metadata.ctx.issues.warnings) == []
    assert caplog.messages == []
    assert dataset.metadata.name == 'lines: "red | blue"'
    for name in SPLITS:
        records = list(dataset.records(name))
        np.testing.assert_array_equal([np.asarray(each[f"{name}/image"]) for each in records], X[split == name])
        assert [each[f"{name}/angle"] for each in records] == y[split == name, 2].tolist()
        assert [each[f"{name}/file"].decode() for each in records] == [
            f"ü{i}.png" for i in np.flatnonzero(split == name)
        ]
    levels = {each["angle_levels/number"]: each["angle_levels/name"] for each in dataset.records("angle_levels")}
    assert [levels[number] for number in range(12)] == TARGET_NAMES[2]


def test_the_croissant_file_has_the_digests_of_the_files(folder):
    described = json.loads((folder / "croissant.json").read_text(encoding="utf-8"))
    for each in described["distribution"]:
        content = (folder / each["contentUrl"]).read_bytes()
        assert each["sha256"] == hashlib.sha256(content).hexdigest()
        assert each["contentSize"] == f"{len(content)} B"
    assert len(described["distribution"]) == len(SPLITS)


def test_the_digests_are_those_of_the_files(folder):
    lines = [line.split("  ") for line in (folder / "SHA256SUMS").read_text().splitlines()]
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert sorted([*(name for _, name in lines), "SHA256SUMS"]) == sorted(files)
    for known, name in lines:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == known
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


def test_the_card_counts_what_stands_twice_as_an_audit_does(folder, lines):
    X, y, split, _ = lines
    card = (folder / "README.md").read_text(encoding="utf-8")
    for name in ("validation", "test"):
        audit = audit_split(X[split == "train"], y[split == "train"], X[split == name], y[split == name])
        assert audit.n_leaked > 0
        assert f"{audit.n_leaked} of the {audit.n_test} images of {name} ({audit.leak:.1%}) are in train" in card
        assert f"| {name} | {audit.n_test} | {audit.n_distinct_test} | data/{name}-" in card
    conflicts = audit_split(X, y, X, y).label_conflicts
    assert conflicts == 1
    assert f"\n- {conflicts} different images carry more than one label.\n" in card


def test_the_cards_head_is_what_the_hub_reads(folder, lines):
    _, _, split, _ = lines
    head = yaml.safe_load((folder / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert head["license"] == "cc-by-4.0"
    assert head["pretty_name"] == 'lines: "red | blue"'
    assert head["size_categories"] == ["n<1K"]
    assert {each["name"]: each["num_examples"] for each in head["dataset_info"]["splits"]} == {
        name: (split == name).sum() for name in SPLITS
    }
    features = {each["name"]: each["dtype"] for each in head["dataset_info"]["features"]}
    assert features["color"] == {"class_label": {"names": {"0": "red", "1": "blue"}}}
    assert features["image"] == "image"
    assert all((folder / each["path"]).is_file() for each in head["configs"][0]["data_files"])


def test_the_same_arguments_give_the_same_bytes(tmp_path, lines):
    X, y, split, columns = lines
    for name in ("a", "b"):
        paths = export_parquet(tmp_path / name, X, y, split=split, columns=columns)
        assert [path.relative_to(tmp_path / name).parts[0] for path in paths].count("data") == 3
    for path in paths:
        assert path.read_bytes() == (tmp_path / "a" / path.relative_to(tmp_path / "b")).read_bytes()


def test_many_images_are_written_some_at_a_time(tmp_path, monkeypatch, lines):
    X, y, *_ = lines
    monkeypatch.setattr(_parquet, "_ROWS", 100)
    export_parquet(tmp_path, X, y)
    assert parquet.ParquetFile(tmp_path / "data" / "train-00000-of-00001.parquet").num_row_groups == 3
    np.testing.assert_array_equal(load_parquet(tmp_path).images, X)


@pytest.mark.parametrize(
    ("y", "options", "target", "names", "heads"),
    [
        (["b", "a", "b"], {}, [1, 0, 1], ["a", "b"], ["label"]),
        (["b", "a", "b"], {"target_names": ["b", "a"]}, [0, 1, 0], ["b", "a"], ["label"]),
        ([7, 3, 3], {"heads": "digit"}, [7, 3, 3], None, ["digit"]),
        ([1, 0, 1], {"target_names": ["no", "yes"]}, [1, 0, 1], ["no", "yes"], ["label"]),
        ([0.5, 1.5, 2.0], {}, [0.5, 1.5, 2.0], None, ["label"]),
        ([True, False, True], {}, [True, False, True], None, ["label"]),
        ([[1, 5], [0, 6], [1, 7]], {"target_names": [["x", "y"], None]}, [[1, 5], [0, 6], [1, 7]], [["x", "y"], None],
         ["head_0", "head_1"]),
        (pd.DataFrame({"size": [1, 2, 1], "kind": ["a", "b", "a"]}), {}, [[1, 0], [2, 1], [1, 0]], [None, ["a", "b"]],
         ["size", "kind"]),
    ],
)  # fmt: skip
def test_labels_of_any_kind(tmp_path, y, options, target, names, heads):
    X = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
    export_parquet(tmp_path, X, y, **options)
    found = load_parquet(tmp_path)
    np.testing.assert_array_equal(found.images[..., 0], X)
    assert found.target.tolist() == target
    assert found.target_names == names
    assert found.factor_names == heads


def test_flattened_and_grey_images_are_written_as_images(tmp_path):
    X = np.arange(2 * 3 * 16, dtype=np.uint8).reshape(2, 48)
    export_parquet(tmp_path, X, [0, 1])
    np.testing.assert_array_equal(load_parquet(tmp_path).images, X.reshape(2, 4, 4, 3))
    np.testing.assert_array_equal(load_parquet(tmp_path).data, X)


@pytest.mark.parametrize("there", ["README.md", "croissant.json", "SHA256SUMS", "data/train-00000-of-00001.parquet"])
def test_nothing_is_overwritten(tmp_path, there):
    (tmp_path / "data").mkdir()
    (tmp_path / there).write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(FileExistsError, match=re.escape(there)):
        export_parquet(tmp_path, np.zeros((2, 4, 4), np.uint8), [0, 1])
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / there).read_text() == "mine"


def test_a_file_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    def fail(image):
        raise KeyboardInterrupt

    monkeypatch.setattr(_parquet, "_png", fail)
    with pytest.raises(KeyboardInterrupt):
        export_parquet(tmp_path, np.zeros((2, 4, 4), np.uint8), [0, 1])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("file", ["data/train-00000-of-00001.parquet", "README.md"])
def test_a_changed_file_is_told(tmp_path, file):
    export_parquet(tmp_path, np.zeros((2, 4, 4), np.uint8), [0, 1])
    content = bytearray((tmp_path / file).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / file).write_bytes(content)
    with pytest.raises(ValueError, match=f"{re.escape(file)} is not as it was written: its sha256 is"):
        load_parquet(tmp_path)


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_parquet(tmp_path)
    export_parquet(tmp_path, np.zeros((2, 4, 4), np.uint8), [0, 1])
    with pytest.raises(FileNotFoundError, match="has no split 'test'; it has train"):
        load_parquet(tmp_path, "test")
    with pytest.raises(ValueError, match="split must be one of 'train', 'validation', 'test'; got 'dev'"):
        load_parquet(tmp_path, "dev")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"folder": ""}, "folder must be a path; got ''"),
        ({"X": np.zeros((2, 4, 4))}, "X must be uint8 images, grey or RGB, .*; got float64 with 1 channels"),
        ({"X": np.zeros((2, 4, 4, 2), np.uint8)}, "X must be uint8 images, grey or RGB, .*; got uint8 with 2 channels"),
        ({"y": [0, 1, 2]}, "y must have one row per image; got 3 rows for 2 images"),
        ({"y": [0, None]}, "none missing"),
        ({"split": "dev"}, "split must be one of .*; got 'dev' .did you mean 'validation'"),
        ({"split": ["train", "tests"]}, "split must be one of .*; got 'tests' .did you mean 'test'"),
        ({"split": ["train"]}, "split must be a name, or have one per image; got 1 names for 2 images"),
        ({"heads": ["a", "b"]}, "heads must name each of the 1 columns of y once"),
        ({"heads": ["a b"]}, "names of heads and columns must be letters, digits and _, .*; got 'a b'"),
        ({"heads": 3}, "heads must be a non-empty sequence of names; got 3"),
        ({"target_names": ["a"]}, "column 'label' of y must hold whole numbers from 0 to 0"),
        ({"target_names": ["a", "a"]}, "target_names must name each level once"),
        ({"target_names": [["a", "b"], ["c"]]}, "target_names must have names of the levels of each head, 1 in all"),
        ({"y": ["a", "b"], "target_names": ["a", "c"]}, "must hold levels of target_names, a, c; got 'b'"),
        ({"columns": [1, 2]}, "columns must be a mapping"),
        ({"columns": {"a": [1]}}, "column 'a' must have one value per image; got 1 for 2 images"),
        ({"columns": {"a": np.array([0, 2**63], np.uint64)}}, "must fit int64; got 9223372036854775808"),
        ({"columns": {"image": [1, 2]}}, "must differ, also from 'image'; got 'image' twice"),
        ({"columns": {"label": [1, 2]}}, "must differ, .*; got 'label' twice"),
        ({"name": ""}, "name must be a text of one line; got ''"),
        ({"name": "a\nb"}, "name must be a text of one line"),
        ({"description": None}, "description must be a text; got None"),
        ({"license": 3}, "license must be a text, or None; got 3"),
        ({"date": "31.12.2026"}, "date must be a day as '2026-12-31', or None"),
        ({"version": "1"}, "version must be three numbers as '1.0.0'; got '1'"),
    ],
)
def test_bad_arguments_are_told_and_nothing_is_written(tmp_path, change, message):
    arguments = {"folder": tmp_path / "new", "X": np.zeros((2, 4, 4), np.uint8), "y": [0, 1], **change}
    with pytest.raises(ValueError, match=message):
        export_parquet(**arguments)
    assert not (tmp_path / "new").exists()
