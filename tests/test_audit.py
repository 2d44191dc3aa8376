"""The audit from the command line: what it takes, what it says, and how it ends."""

import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from lineclf.audit import load_side, main
from lineclf.datasets import export_lines, make_lines
from lineclf.model_selection import audit_split


@pytest.fixture
def world():
    return make_lines(n_per_class=3, random_state=0)


@pytest.fixture
def archive(tmp_path, world):
    """A train and a test part in one archive, the test part half leaked."""
    X, y = world
    path = tmp_path / "split.npz"
    np.savez(path, x_train=X[:200], y_train=y[:200], x_test=X[100:], y_test=y[100:])
    return path


def test_one_archive_with_both_parts(archive, world, capsys):
    X, y = world
    assert main([str(archive), str(archive)]) == 0
    audit = audit_split(X[:200], y[:200], X[100:], y[100:])
    assert capsys.readouterr().out == f"{audit}\n"


@pytest.mark.parametrize(("images", "labels"), [("X", "y"), ("x", "y")])
def test_one_archive_a_side(images, labels, tmp_path, world):
    X, y = world
    for side, part in (("a", slice(0, 150)), ("b", slice(150, None))):
        np.savez_compressed(tmp_path / f"{side}.npz", **{images: X[part], labels: y[part]})
    train, test = load_side(tmp_path / "a.npz", "train"), load_side(tmp_path / "b.npz", "test")
    np.testing.assert_array_equal(np.concatenate([train.X, test.X]), X)
    np.testing.assert_array_equal(np.concatenate([train.y, test.y]), y)


def test_the_parts_own_arrays_come_before_unnamed_ones(tmp_path):
    np.savez(tmp_path / "a.npz", X=np.zeros((1, 4)), y=[0], X_train=np.ones((2, 4)), y_train=[1, 1])
    assert len(load_side(tmp_path / "a.npz", "train").X) == 2
    assert len(load_side(tmp_path / "a.npz", "test").X) == 1


def test_folders_of_lines(tmp_path, world, capsys):
    X, y = world
    export_lines(tmp_path / "a", X[:100], y[:100])
    wrong = y[90:120].copy()
    wrong[0, 3] = 1 - wrong[0, 3]
    export_lines(tmp_path / "b", X[90:120], wrong)
    assert main([str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    audit = audit_split(X[:100], y[:100], X[90:120], wrong)
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == str(audit)
    assert audit.label_conflicts > 0
    assert rest[0] == "The same pixels under more than one label:"
    assert len(rest) == 1 + audit.label_conflicts
    found = re.search(r"train row \d+ \((.*?)\) labelled (.*?); test row \d+ \((.*?)\) labelled (.*)$", rest[1])
    names, labels = found.group(1, 3), found.group(2, 4)
    pixels = [np.asarray(Image.open(tmp_path / side / name)) for side, name in zip("ab", names, strict=True)]
    np.testing.assert_array_equal(*pixels)
    assert [name.rsplit("_", 1)[0].replace("_", " ") for name in names] == list(labels)
    assert labels[0] != labels[1]


def test_folders_of_lines_of_another_world(tmp_path, capsys):
    export_lines(tmp_path / "a", *make_lines(1, colors=("red", "green", "blue"), random_state=0))
    assert main([str(tmp_path / "a"), str(tmp_path / "a")]) == 2
    assert "has color 2, where 0 to 1 are legal" in capsys.readouterr().err
    assert main([str(tmp_path / "a"), str(tmp_path / "a"), "--shape", "2", "2", "12", "3"]) == 0
    assert capsys.readouterr().out.startswith("100.0% of 144 test images")


def test_folders_of_classes(tmp_path, capsys):
    for side, greys in (("a", {"dark": [0, 10], "light": [200]}), ("b", {"dark": [11], "light": [200, 10]})):
        for label, levels in greys.items():
            (tmp_path / side / label).mkdir(parents=True)
            for level in levels:
                Image.new("L", (2, 2), level).save(tmp_path / side / label / f"{level}.png")
    assert main([str(tmp_path / "a"), str(tmp_path / "b"), "--distances"]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("66.7% of 3 test images are among the 3 training images; 3 and 3 are distinct; 1 carry")
    smallest = np.sqrt(12)  # 2 x 2 x 3 values that differ by one
    assert f"is 0 ({smallest:.6g} without the leaked ones), the median 0" in first
    assert rest[1] == "  train row 1 (dark/10.png) labelled dark; test row 1 (light/10.png) labelled light"
    bins = [line.split() for line in rest[3:]]
    assert [int(words[3]) for words in bins] == [2, *[0] * 8, 1]
    assert [len(words[4]) for words in bins if len(words) > 4] == [40, 20]


@pytest.mark.parametrize(("percent", "status"), [("49", 1), ("100", 0)])
def test_a_leak_above_the_limit_fails(percent, status, archive, capsys):
    assert main([str(archive), str(archive), "--fail-above", percent]) == status
    output = capsys.readouterr()
    assert "test images are among" in output.out
    assert ("the leak is above 49 %" in output.err) == (status == 1)


def test_the_limit_itself_passes(tmp_path, capsys):
    X = np.arange(107).reshape(107, 1)
    np.savez(tmp_path / "a.npz", X_train=X[:14], y_train=X[:14, 0], X_test=X[7:], y_test=X[7:, 0])
    for percent, status in (("7", 0), ("6.9", 1), ("0", 1)):  # 7 of 100, and 100 · 0.07 > 7 in floating point
        assert main([str(tmp_path / "a.npz"), str(tmp_path / "a.npz"), "--fail-above", percent]) == status


@pytest.mark.parametrize(("options", "measured"), [(["7"], 7), (["all"], 188), ([], 100)])
def test_as_many_distances_as_asked_for(options, measured, archive, capsys, monkeypatch):
    options = ["--max-distances", *options] if options else ["--distances", "--max-distances", "100"]
    assert main([str(archive), str(archive), *options]) == 0
    assert f"of {measured} test images measured" in capsys.readouterr().out


def damaged(tmp_path):
    path = tmp_path / "damaged.npz"
    np.savez_compressed(path, X=np.zeros((50, 50)), y=np.zeros(50))
    data = bytearray(path.read_bytes())
    data[100:140] = bytes(40)
    path.write_bytes(data)
    return path


def saved(tmp_path, **arrays):
    np.savez(tmp_path / "bad.npz", **arrays)
    return tmp_path / "bad.npz"


def text(tmp_path):
    path = tmp_path / "text.npz"
    path.write_text("no archive")
    return path


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "nowhere", "nowhere does not exist"),
        (lambda folder: folder / "a\nb", r"a\\nb' does not exist"),
        (lambda folder: folder, "folder must hold images named"),
        (damaged, "damaged.npz is not an .npz archive of numbers, or is damaged"),
        (text, "text.npz is not an .npz archive of numbers, or is damaged"),
        (lambda folder: saved(folder, X=np.array([{}, {}]), y=[0, 1]), "it holds Python objects"),
        (lambda folder: saved(folder, X=np.zeros((2, 3)), z=[0, 1]), "X_train and y_train, .* x and y; got X, z"),
        (lambda folder: saved(folder, X=np.zeros((2, 3)), y=[0]), "y_train must label each of the 2 images"),
        (lambda folder: saved(folder, X=np.array(["a", "b"]), y=[0, 1]), "X_train must be a non-empty array"),
        (lambda folder: __file__, "test_audit.py must be an .npz archive or a folder"),
        (lambda folder: "/dev/null", "/dev/null must be an .npz archive or a folder"),
    ],
)
def test_what_cannot_be_read_ends_in_one_clear_line(make, message, tmp_path, capsys):
    path = str(make(tmp_path))
    assert main([path, path]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert re.fullmatch(f"python -m lineclf.audit: error: .*{message}.*\n", output.err)


def test_sides_that_do_not_fit_are_refused(archive, tmp_path, capsys):
    other = saved(tmp_path, X=np.zeros((2, 28, 28)), y=np.zeros((2, 4)))
    assert main([str(archive), str(other)]) == 2
    assert "X_train and X_test must have the same dtype and number of values" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        ["--fail-above", "101"],
        ["--fail-above", "nan"],
        ["--fail-above", "x"],
        ["--seed", "-1"],
        ["--max-distances", "0"],
        ["--max-distances", "some"],
        ["--shape", "2", "2"],
    ],
)
def test_illegal_options_are_refused(options, archive, capsys):
    with pytest.raises(SystemExit) as error:
        main([str(archive), str(archive), *options])
    assert error.value.code == 2
    assert options[0] in capsys.readouterr().err


def test_runs_as_a_module(archive):
    command = [sys.executable, "-m", "lineclf.audit", str(archive), str(archive)]
    outcome = subprocess.run([*command, "--fail-above", "10"], capture_output=True, text=True)
    assert outcome.returncode == 1
    assert "test images are among" in outcome.stdout
