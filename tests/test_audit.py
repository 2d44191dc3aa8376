"""The audit from the command line: what it takes, what it says, and how it ends."""

import csv
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from lineclf.audit import Side, load_side, main
from lineclf.audit._sides import of_one_size
from lineclf.datasets import export_lines, make_lines
from lineclf.model_selection import audit_split

KINDS = ("leaked", "near", "conflict")


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
    first, title, *leaked = capsys.readouterr().out.splitlines()
    assert first == str(audit)
    assert title == "Test images that are leaked, and the first training image of the same pixels:"
    assert [tuple(map(int, re.findall(r"row (\d+)", line))) for line in leaked[:-1]] == [
        (row, row + 100) for row in range(10)
    ]
    assert leaked[-1] == "  and 90 more"


def test_a_split_without_findings_is_one_line(tmp_path, world, capsys):
    X, y = world
    _, first = np.unique(X.reshape(len(X), -1), axis=0, return_index=True)
    np.savez(
        tmp_path / "a.npz", X_train=X[first[:100]], y_train=y[first[:100]], X_test=X[first[100:]], y_test=y[first[100:]]
    )
    assert main([str(tmp_path / "a.npz"), str(tmp_path / "a.npz")]) == 0
    assert re.fullmatch(r"0\.0% of .*; 0 carry more than one label\n", capsys.readouterr().out)


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
    rest = rest[rest.index("The same pixels under more than one label:") :]
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
    assert rest[:8] == [
        "Test images that are leaked, and the first training image of the same pixels:",
        "  test row 1 (light/10.png) labelled light; train row 1 (dark/10.png) labelled dark",
        "  test row 2 (light/200.png) labelled light; train row 2 (light/200.png) labelled light",
        "Test images that are nearest to training without being leaked:",
        f"  {smallest:.6g}: test row 0 (dark/11.png) labelled dark; train row 1 (dark/10.png) labelled dark",
        "The same pixels under more than one label:",
        "  train row 1 (dark/10.png) labelled dark; test row 1 (light/10.png) labelled light",
        "Distances of test images to the nearest training image, in units of the pixel values:",
    ]
    bins = [line.split() for line in rest[8:]]
    assert [int(words[3]) for words in bins] == [2, *[0] * 8, 1]
    assert [len(words[4]) for words in bins if len(words) > 4] == [40, 20]


def read_table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_table_has_every_finding(archive, world, tmp_path, capsys):
    X, y = world
    y = y.copy()
    y[:200:7, 3] = 1 - y[:200:7, 3]  # labels of the training side alone
    np.savez(archive, x_train=X[:200], y_train=y[:200], x_test=X[100:], y_test=world[1][100:])
    assert main([str(archive), str(archive), "--max-distances", "all", "--csv", str(tmp_path / "found.csv")]) == 0
    audit = audit_split(X[:200], y[:200], X[100:], world[1][100:], distances=True, max_distances=None)
    rows = read_table(tmp_path / "found.csv")
    pairs = {kind: [(int(row["row"]), int(row["other_row"])) for row in rows if row["kind"] == kind] for kind in KINDS}
    assert len(rows) == sum(map(len, pairs.values()))
    assert pairs["leaked"] == list(zip(audit.leaked_rows, audit.leaked_from, strict=True))
    assert pairs["near"] == [pair[:2] for pair in audit.near_pairs]
    assert [float(row["distance"]) for row in rows if row["kind"] == "near"] == [pair[2] for pair in audit.near_pairs]
    assert len(pairs["conflict"]) == sum(len(places) - 1 for places in audit.conflicts) > 10
    sides = {"train": (X[:200], y[:200]), "test": (X[100:], world[1][100:])}
    for row in rows:
        (images, labels), (others, other_labels) = sides[row["side"]], sides[row["other_side"]]
        assert row["label"] == " ".join(map(str, labels[int(row["row"])]))
        assert row["other_label"] == " ".join(map(str, other_labels[int(row["other_row"])]))
        assert (row["label"] != row["other_label"]) or row["kind"] != "conflict"
        same = np.array_equal(images[int(row["row"])], others[int(row["other_row"])])
        assert same == (row["kind"] != "near") == (float(row["distance"]) == 0)


@pytest.fixture
def mixed(tmp_path):
    """Folders of classes: the commonest sizes of the two sides differ."""

    def fill(side, label, sizes):
        (tmp_path / side / label).mkdir(parents=True)
        for number, (height, width) in enumerate(sizes):
            pixels = np.full((height, width), 10 * number + height, np.uint8)
            Image.fromarray(pixels).save(tmp_path / side / label / f"{number}.png")

    fill("train", "a", [(3, 2)] * 5 + [(4, 4)] * 2)
    fill("test", "b", [(4, 4)] * 3 + [(9, 1)] * 4 + [(3, 2)])
    return str(tmp_path / "train"), str(tmp_path / "test")


def test_images_of_other_sizes_are_listed_and_the_rest_is_audited(mixed, tmp_path, capsys):
    table = tmp_path / 'found, "all".csv'
    assert main([*mixed, "--csv", str(table)]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("0.0% of 1 test images are among the 5 training images")  # 3x2: six images, against five
    assert rest == [
        "Not audited, as their size is not that of the others:",
        *(f"  train a/{number}.png: 4x4" for number in (5, 6)),
        *(f"  test b/{number}.png: 4x4" for number in (0, 1, 2)),
        *(f"  test b/{number}.png: 9x1" for number in (3, 4, 5, 6)),
    ]
    rows = [(row["kind"], row["side"], row["file"], row["size"]) for row in read_table(table)]
    assert rows[:2] == [("not audited", "train", f"a/{number}.png", "4x4") for number in (5, 6)]
    assert len(rows) == 9


def test_the_images_left_have_their_own_names_and_labels(mixed):
    train, test = of_one_size(
        load_side(mixed[0], "train"), Side(np.zeros((2, 4, 4, 3), np.uint8), np.array(["b", "c"]))
    )
    assert train.describe(1) == "1 (a/6.png) labelled a"
    assert train.X[1, 0, 0, 0] == 64
    assert set(train.left_out.values()) == {"3x2"}
    assert test.left_out == {}


def test_sides_without_a_size_in_common_are_refused(mixed, tmp_path, capsys):
    np.savez(tmp_path / "a.npz", X=np.zeros((2, 5, 5, 3), np.uint8), y=["a", "b"])
    assert main([mixed[0], str(tmp_path / "a.npz")]) == 2
    assert "must have images of one size in common; got 3x2, 4x4 and 5x5 pixels" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["nowhere/found.csv", ".", "split.npz"])
def test_a_table_that_cannot_be_written_is_refused_before_the_audit(name, archive, tmp_path, capsys):
    before = archive.read_bytes()
    assert main([str(archive), str(archive), "--csv", str(tmp_path / name)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "--csv must" in output.err
    assert archive.read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="other systems refuse such names")
def test_a_table_holds_names_of_any_kind(tmp_path):
    names = ['a\nb,"c".png', os.fsdecode(b"\xff.png"), "ü.png"]
    for side in ("train", "test"):
        (tmp_path / side / "all").mkdir(parents=True)
        for number, name in enumerate(names):
            Image.new("L", (2, 2), number).save(tmp_path / side / "all" / name)
    found = tmp_path / "found.csv"
    assert main([str(tmp_path / "train"), str(tmp_path / "test"), "--csv", str(found)]) == 0
    assert {row["file"] for row in read_table(found)} == {'all/a\nb,"c".png', "all/\\udcff.png", "all/ü.png"}


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


def test_runs_as_a_module_also_where_the_terminal_cannot_show_a_name(tmp_path):
    (tmp_path / "中").mkdir()
    Image.new("L", (2, 2)).save(tmp_path / "中" / "ü.png")
    command = [sys.executable, "-m", "lineclf.audit", str(tmp_path), str(tmp_path), "--fail-above", "10", "--distances"]
    terminal = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    outcome = subprocess.run(command, capture_output=True, encoding="cp1252", env=terminal)
    assert outcome.returncode == 1
    assert r"test row 0 (\u4e2d/ü.png) labelled \u4e2d; train row 0" in outcome.stdout
    assert outcome.stderr == "python -m lineclf.audit: the leak is above 10 %\n"


def audited(arguments, capsys):
    """Exit status, and the first line that the audit prints."""
    status = main([str(each) for each in arguments])
    return status, capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize("options", [[], ["--drop"], ["--keep", "test"], ["--keep", "test", "--drop"]])
def test_a_repaired_split_audits_to_zero_leaks(options, archive, world, tmp_path, capsys):
    X, _ = world
    found = tmp_path / "split.csv"
    assert main([str(archive), str(archive), "--repair", str(found), *options]) == 0
    *_, said = capsys.readouterr().out.split("Repaired: ")
    n_train, n_test = 200, 188
    rows = read_table(found)
    assert [(row["side"], int(row["row"])) for row in rows] == [
        *(("train", row) for row in range(n_train)), *(("test", row) for row in range(n_test))
    ]  # fmt: skip
    parts = {
        side: [X[int(row["row"]) + (100 if row["side"] == "test" else 0)] for row in rows if row["new_side"] == side]
        for side in ("train", "test", "dropped")
    }
    assert not {image.tobytes() for image in parts["train"]} & {image.tobytes() for image in parts["test"]}
    assert f"{sum(row['side'] != row['new_side'] != 'dropped' for row in rows)} images moved" in said
    assert f"and {len(parts['dropped'])} dropped" in said
    assert bool(parts["dropped"]) == ("--drop" in options)
    assert {row["new_side"] for row in rows if row["side"] == (options[1] if "--keep" in options else "train")} <= {
        options[1] if "--keep" in options else "train"
    }
    status, first = audited([archive, archive, "--split", found, "--fail-above", "0"], capsys)
    assert status == 0
    assert first.startswith(f"0.0% of {len(parts['test'])} test images are among the {len(parts['train'])} training")


def test_near_duplicates_and_conflicts_of_folders_are_repaired_and_told(tmp_path, capsys):
    for side, greys in (("a", {"dark": [0, 10], "light": [200]}), ("b", {"dark": [11, 60], "light": [201, 10]})):
        for label, levels in greys.items():
            (tmp_path / side / label).mkdir(parents=True)
            for level in levels:
                Image.new("L", (2, 2), level).save(tmp_path / side / label / f"{level}.png")
    sides, found = [str(tmp_path / "a"), str(tmp_path / "b")], str(tmp_path / "split.csv")
    assert main([*sides, "--repair", found, "--near", "4"]) == 0
    *_, repaired, lost = capsys.readouterr().out.splitlines()
    assert repaired == (
        "Repaired: 3 images moved and 0 dropped: 1 as the same pixels are on the other side, 2 as an image there is "
        "near; train had 3 images and has 6, test had 4 and has 1; 0 test images are among the training images now; "
        "1 keep more than one label, as no rule tells which is right"
    )
    assert lost == "No image of test is left of 1 of its labels: light"
    rows = {row["file"]: row for row in read_table(found) if row["side"] == "test"}
    assert {file: (row["new_side"], row["why"], row["other_file"], row["conflict"]) for file, row in rows.items()} == {
        "dark/11.png": ("train", "near", "dark/10.png", ""),
        "dark/60.png": ("test", "", "", ""),
        "light/10.png": ("train", "leaked", "dark/10.png", "yes"),
        "light/201.png": ("train", "near", "light/200.png", ""),
    }
    assert float(rows["dark/11.png"]["distance"]) == pytest.approx(np.sqrt(12))
    assert main([*sides, "--split", found, "--distances"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("0.0% of 1 test images are among the 6 training images")
    assert "test row 0 (test dark/60.png) labelled dark" in out
    assert "train row 1 (train dark/10.png) labelled dark; train row 4 (test light/10.png) labelled light" in out


def test_images_that_were_not_audited_stay_where_they_are(mixed, tmp_path, capsys):
    found = tmp_path / "split.csv"
    assert main([*mixed, "--repair", str(found)]) == 0
    rows = [row for row in read_table(found) if row["why"] == "not audited"]
    assert len(rows) == 9
    assert all(row["new_side"] == row["side"] and row["row"] == "" for row in rows)
    capsys.readouterr()
    assert audited([*mixed, "--split", found], capsys)[0] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("train,0,", "train,200,"), "entry 1 has row '200', where 0 to 199 are legal"),
        (lambda text: text.replace("train,0,", "train,1,"), "entry 2 has train row 1, which an earlier one has"),
        (lambda text: text.replace("train,0,", "left,0,"), "entry 1 has side 'left', where train and test are legal"),
        (lambda text: text.replace("train,0,,", "train,0,a.png,"), "entry 1 has file 'a.png', where train row 0 is ''"),
        (lambda text: re.sub(r"(?m)^test,3,.*\n", "", text), "have every image of TRAIN and TEST; it lacks test row 3"),
        (lambda text: text.replace("new_side", "new"), "entry 1 has new_side '', where train, test, dropped are legal"),
        (lambda text: re.sub(",test,", ",train,", text), "must leave images on both sides; test has none"),
        (lambda text: "", "must have every image of TRAIN and TEST; it lacks train row 0"),
    ],
)  # fmt: skip
def test_a_split_of_other_images_is_refused(change, message, archive, tmp_path, capsys):
    found = tmp_path / "split.csv"
    assert main([str(archive), str(archive), "--repair", str(found)]) == 0
    text = found.read_text()
    found.write_text(change(text))
    capsys.readouterr()
    assert main([str(archive), str(archive), "--split", str(found)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--near", "1"], "--near must come with --repair FILE"),
        (["--drop"], "--drop must come with --repair FILE"),
        (["--keep", "test"], "--keep must come with --repair FILE"),
        (["--repair", "a.csv", "--split", "b.csv"], "--split must not come with --repair"),
        (["--repair", "a.csv", "--csv", "a.csv"], "--repair must not be TRAIN, TEST or another option's file"),
        (["--repair", "nowhere/a.csv"], "--repair must name a file in a folder that exists"),
        (["--split", "nowhere.csv"], "nowhere.csv cannot be read: No such file or directory"),
    ],
)
def test_options_that_do_not_fit_are_refused(options, message, archive, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([str(archive), str(archive), *options]) == 2
    assert message in capsys.readouterr().err


def test_a_split_that_cannot_be_repaired_is_told(tmp_path, capsys):
    X = np.arange(4).reshape(2, 2)
    archive = saved(tmp_path, X=X, y=[0, 1])
    assert main([str(archive), str(archive), "--repair", str(tmp_path / "split.csv")]) == 2
    assert (
        "keep='train' must leave an image on each side; all 2 of test are on the other side" in capsys.readouterr().err
    )
    assert not (tmp_path / "split.csv").exists()
