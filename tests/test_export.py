"""`lineclf datasets export`: what it takes, what it writes, and how it ends."""

import csv

import numpy as np
import pytest
import yaml
from PIL import Image

from lineclf import _export
from lineclf.cli import command
from lineclf.datasets import TARGET_NAMES, fetch_mnist, load_lines, load_parquet, make_lines


def test_digits_are_exported(tmp_path, capsys):
    assert command(["datasets", "export", "mnist-small", str(tmp_path / "digits"), "--license", "cc0-1.0"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / "digits" / "SHA256SUMS")
    found, digits = load_parquet(tmp_path / "digits"), fetch_mnist("small")
    np.testing.assert_array_equal(found.images, digits.images)
    np.testing.assert_array_equal(found.target, digits.target)
    assert found.target_names == digits.target_names
    assert yaml.safe_load(found.DESCR.split("---\n")[1])["license"] == "cc0-1.0"
    assert command(["datasets", "export", "mnist-small", str(tmp_path / "digits")]) == 2
    assert "digits already has" in capsys.readouterr().err


def test_the_fixed_lines_are_exported_with_both_parts(tmp_path, monkeypatch):
    def few(part):
        bunch = load_lines(part)
        for name in ("images", "target", "positions"):
            bunch[name] = bunch[name][:50]
        return bunch

    monkeypatch.setattr(_export, "load_lines", few)
    assert command(["datasets", "export", "lines", str(tmp_path)]) == 0
    for part in ("train", "test"):
        found, known = load_parquet(tmp_path, part), few(part)
        np.testing.assert_array_equal(found.images, known.images)
        np.testing.assert_array_equal(found.target, known.target)
        np.testing.assert_array_equal(np.stack([found.columns["row"], found.columns["column"]], 1), known.positions)
        assert found.target_names == TARGET_NAMES


def test_an_archive_is_exported_as_its_repair_parts_it(tmp_path, capsys):
    X, y = make_lines(n_per_class=3, random_state=0)
    archive, split = tmp_path / "a.npz", tmp_path / "split.csv"
    np.savez(archive, X_train=X[:200], y_train=y[:200], X_test=X[100:], y_test=y[100:])
    assert command(["audit", str(archive), str(archive), "--repair", str(split)]) == 0
    folder = tmp_path / "new"
    assert (
        command(["datasets", "export", str(archive), str(folder), "--test", str(archive), "--split", str(split)]) == 0
    )
    capsys.readouterr()
    assert command(["audit", str(folder), str(folder), "--fail-above", "0"]) == 0
    assert capsys.readouterr().out.startswith("0.0% of ")
    with open(split, newline="") as file:
        moved = [f"{row['side']} {row['row']}" for row in csv.DictReader(file) if row["new_side"] == "test"]
    found = load_parquet(folder, "test")
    assert found.columns["file"].tolist() == moved
    assert {image.tobytes() for image in found.images} <= {image.tobytes() for image in X[200:]}
    assert command(["datasets", "export", str(folder), str(tmp_path / "again")]) == 2
    assert "must not be written by this command themselves" in capsys.readouterr().err


def test_folders_of_classes_keep_names_of_files_and_classes(tmp_path):
    for label, grey in (("dark", 10), ("light", 200)):
        (tmp_path / "images" / label).mkdir(parents=True)
        Image.new("L", (3, 2), grey).save(tmp_path / "images" / label / "1.png")
    assert command(["datasets", "export", str(tmp_path / "images"), str(tmp_path / "new")]) == 0
    found = load_parquet(tmp_path / "new")
    assert found.images[:, 0, 0, 0].tolist() == [10, 200]
    assert found.target_names == ["dark", "light"]
    assert found.columns["file"].tolist() == ["dark/1.png", "light/1.png"]
    assert found.DESCR.count("# images\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "new"], "nowhere does not exist"),
        (["lines", "new", "--test", "a.npz"], "--test and --split must come with DATA that is read from files"),
        (["a.npz", "new", "--split", "b.csv"], "--split must come with --test"),
        (["a.npz", "new"], "X must be uint8 images"),
        (["a.npz", "new", "--name", ""], "name must be a text of one line; got ''"),
        (["a.npz", "a.npz"], "a.npz"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    dtype = np.float64 if message.startswith("X") else np.uint8
    np.savez("a.npz", X=np.zeros((2, 4, 4), dtype), y=[0, 1])
    assert command(["datasets", "export", *arguments]) == 2
    output = capsys.readouterr()
    assert output.err.startswith("lineclf datasets export: error: ")
    assert message in output.err
    assert output.err.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_help_names_what_it_takes(capsys):
    for arguments in (["--help"], ["export", "--help"]):
        with pytest.raises(SystemExit) as end:
            command(["datasets", *arguments])
        assert end.value.code == 0
    assert "mnist-small" in capsys.readouterr().out
