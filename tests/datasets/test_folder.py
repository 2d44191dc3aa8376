import os
import re
import zlib

import numpy as np
import pytest
from PIL import Image

from lineclf.datasets import class_index, export_lines, load_lines_folder, make_lines


@pytest.fixture
def images():
    return make_lines(2, random_state=0)


def png_claiming(width, height):
    """A PNG whose header claims a size, with hardly any data."""

    def chunk(kind, data):
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


def test_png_round_trip_is_exact(tmp_path, images):
    X, y = images
    paths = export_lines(tmp_path / "new" / "folder", X, y)
    loaded = load_lines_folder(tmp_path / "new" / "folder", image_size=28)
    order = [loaded.filenames.index(path.name) for path in paths]
    np.testing.assert_array_equal(loaded.images[order], X)
    np.testing.assert_array_equal(loaded.target[order], y)
    np.testing.assert_array_equal(loaded.class_index, class_index(loaded.target))
    assert np.shares_memory(loaded.images, loaded.data)
    assert loaded.data.shape == (len(X), 2352)
    assert sorted(os.listdir(tmp_path / "new" / "folder")) == sorted(path.name for path in paths)


def test_jpeg_round_trip_is_close(tmp_path, images):
    X, y = images
    paths = export_lines(tmp_path, X, y, format="jpg")
    loaded = load_lines_folder(tmp_path)
    order = [loaded.filenames.index(path.name) for path in paths]
    difference = np.abs(loaded.images[order].astype(int) - X)
    assert difference.mean() < 1
    assert difference.max() < 64
    np.testing.assert_array_equal(loaded.images[order] > 127, X > 127)


def test_names_count_up_within_each_class_and_sort_as_numbers(tmp_path):
    X, y = make_lines(12, image_size=9, lengths=[3], widths=[1], angles=[0], random_state=0)
    y[:, 2] = 10
    names = [path.name for path in export_lines(tmp_path, X, y)]
    for color in (0, 1):
        assert [name for name in names if f"_10_{color}_" in name] == [f"0_0_10_{color}_{k}.png" for k in range(12)]
    assert load_lines_folder(tmp_path).filenames == [f"0_0_10_{c}_{k}.png" for c in (0, 1) for k in range(12)]


def test_the_example_of_the_assignment_means_long_thick_135_degrees_red(tmp_path):
    X, y = make_lines(1, shuffle=False, random_state=0)
    export_lines(tmp_path, X[[90]], y[[90]], format="jpg")
    os.rename(tmp_path / "1_1_9_0_0.jpg", tmp_path / "1_1_9_0_3.jpg")
    loaded = load_lines_folder(tmp_path)
    assert loaded.target.tolist() == [[1, 1, 9, 0]]
    rows, columns = np.nonzero(loaded.images[0, ..., 0] > 127)
    assert 0.8 < np.polyfit(columns, rows, 1)[0] < 1.2  # 135° falls to the right, and rows grow downward


@pytest.mark.parametrize("there", ["0_0_0_0_1.png", "0_0_0_0_1.jpg"])
def test_export_overwrites_nothing(tmp_path, images, there):
    (tmp_path / there).write_text("mine")
    with pytest.raises(FileExistsError, match=there):
        export_lines(tmp_path, *images)
    assert os.listdir(tmp_path) == [there]
    assert (tmp_path / there).read_text() == "mine"


def test_export_follows_no_link_that_waits_in_the_folder(tmp_path, images):
    outside = tmp_path / "outside.png"
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "0_0_0_0_0.png").symlink_to(outside)
    with pytest.raises(FileExistsError):
        export_lines(folder, *images)
    assert not outside.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "gif"}, "format must be one of 'png', 'jpg'; got 'gif'"),
        ({"quality": 0}, "quality must be an integer from 1 to 100; got 0"),
        ({"quality": "best"}, "quality must be an integer from 1 to 100; got 'best'"),
        ({"quality": 101}, "quality must be an integer from 1 to 100; got 101"),
        ({"X": np.zeros((1, 28, 28), np.uint8)}, "X must be uint8 images"),
        ({"X": np.zeros((1, 28, 28, 3))}, "X must be uint8 images"),
        ({"X": np.zeros((0, 28, 28, 3), np.uint8)}, "X must be uint8 images"),
        ({"X": np.zeros((2, 28, 28, 3), np.uint8)}, "one row per image; got 1 rows for 2 images"),
        ({"y": [[0, 0, 0, -1]]}, "y's color must be"),
        ({"y": [[0, 0, 0.5, 1]]}, "y must be an integer array"),
    ],
)
def test_export_refuses_bad_arguments_and_writes_nothing(tmp_path, change, words):
    arguments = {"X": np.zeros((1, 28, 28, 3), np.uint8), "y": [[0, 0, 0, 0]], **change}
    with pytest.raises(ValueError, match=words):
        export_lines(tmp_path / "folder", **arguments)
    assert not (tmp_path / "folder").exists()


def spoil(folder, outside):
    """Put every kind of wrong file into a folder; return what must be said of each."""
    good = Image.open(folder / "0_0_0_0_0.png")
    contents = (folder / "0_0_0_0_0.png").read_bytes()
    good.convert("L").save(folder / "0_0_0_0_10.png")
    good.convert("RGBA").save(folder / "0_0_0_0_11.png")
    good.convert("P").save(folder / "0_0_0_0_12.png")
    good.resize((32, 28)).save(folder / "0_0_0_0_13.png")
    (folder / "0_0_0_0_14.png").write_bytes(contents[:-40])
    (folder / "0_0_0_0_15.png").write_bytes(b"")
    (folder / "0_0_0_0_16.png").write_bytes(b"#!/bin/sh\necho hello\n")
    (folder / "0_0_0_0_17.png").write_bytes(png_claiming(60_000, 60_000))
    (folder / "0_0_0_0_18.png").write_bytes(png_claiming(10_000, 10_000))
    (folder / "0_0_0_0_19.png").write_bytes(png_claiming(2_000, 2_000))
    (folder / "0_0_0_0_20.png").mkdir()
    os.mkfifo(folder / "0_0_0_0_21.png")
    (folder / "0_0_0_0_22.png").symlink_to(outside)
    (folder / "0_0_0_0_23.png").symlink_to(folder / "nowhere")
    good.save(folder / "0_0_0_0_24.png", save_all=True, append_images=[Image.new("RGB", good.size, "red")])
    good.save(folder / "0_0_0_0_25.jpg", format="PNG")
    good.save(folder / "0_0_0_0_0.jpg", format="JPEG")
    (folder / "0_0_0_0_26.png").symlink_to("0_0_0_0_26.png")
    (folder / "0_0_0_0_27.png").write_bytes(contents[:60] + bytes(8) + contents[68:])
    wrong_names = ["0_0_0_0.png", "0_0_0_0_00.png", "a_0_0_0_1.png", "0_0_0_0_1.PNG", "0_0_0_0_1.gif", "-1_0_0_0_1.png"]
    wrong_names += ["0_0_0_0_٣.png", "0_0_0_0_1.png.txt", "notes.txt", "0_0_0_0_9999999999.png"]
    for name in wrong_names:
        (folder / name).write_bytes(contents)
    for name in ("2_0_0_0_1.png", "0_0_12_0_1.png", "0_0_0_2_1.png"):
        (folder / name).write_bytes(contents)
    return {
        "0_0_0_0_10.png": "mode L and not RGB",
        "0_0_0_0_11.png": "mode RGBA and not RGB",
        "0_0_0_0_12.png": "mode P and not RGB",
        "0_0_0_0_13.png": "28x32 pixels and not 28x28",
        "0_0_0_0_14.png": "",
        "0_0_0_0_15.png": "not a PNG or JPEG image",
        "0_0_0_0_16.png": "not a PNG or JPEG image",
        "0_0_0_0_17.png": "exceeds limit",
        "0_0_0_0_18.png": "exceeds limit",
        "0_0_0_0_19.png": "2000x2000 pixels, more than",
        "0_0_0_0_20.png": "not a regular file",
        "0_0_0_0_21.png": "not a regular file",
        "0_0_0_0_22.png": "leads outside the folder",
        "0_0_0_0_23.png": "cannot be read",
        "0_0_0_0_24.png": "animation",
        "0_0_0_0_25.jpg": "is a PNG image by content",
        "0_0_0_0_0.png": "has the class and id of 0_0_0_0_0.jpg",
        "0_0_0_0_26.png": "",
        "0_0_0_0_27.png": "",
        **dict.fromkeys(wrong_names, "is not named length_width_angle_color_id"),
        "2_0_0_0_1.png": "has length 2, where 0 to 1 are legal",
        "0_0_12_0_1.png": "has angle 12, where 0 to 11 are legal",
        "0_0_0_2_1.png": "has color 2, where 0 to 1 are legal",
    }


@pytest.mark.skipif(os.name != "posix", reason="pipes and links are made as POSIX has them")
def test_all_offenders_are_listed_at_once_each_with_its_path_and_reason(tmp_path, images):
    folder, outside = tmp_path / "folder", tmp_path / "outside.png"
    export_lines(folder, *images)
    os.link(folder / "1_1_0_0_0.png", outside)
    expected = spoil(folder, outside)
    with pytest.raises(ValueError, match="folder must hold nothing but images of lines") as error:
        load_lines_folder(folder)
    found = dict(line.split(": ", 1) for line in str(error.value).splitlines()[1:])
    assert found.keys() == {str(folder.resolve() / name) for name in expected}
    for name, words in expected.items():
        assert words in found[str(folder.resolve() / name)]


def test_a_long_list_of_offenders_is_cut_and_counted(tmp_path):
    for number in range(73):
        (tmp_path / f"{number}.txt").touch()
    with pytest.raises(ValueError, match=r"and 23 more$") as error:
        load_lines_folder(tmp_path)
    assert len(str(error.value).splitlines()) == 52


@pytest.mark.skipif(os.name != "posix", reason="other systems refuse such names")
def test_a_name_cannot_forge_a_line_of_the_list(tmp_path):
    (tmp_path / "a\nb").touch()
    open(os.fsencode(tmp_path) + b"/\xff", "w").close()
    with pytest.raises(ValueError, match="folder must hold") as error:
        load_lines_folder(tmp_path)
    assert len(str(error.value).splitlines()) == 3
    assert str(error.value).encode()


def test_hidden_files_are_passed_over_and_links_inside_are_followed(tmp_path, images):
    export_lines(tmp_path, *images)
    (tmp_path / ".DS_Store").write_bytes(b"anything")
    (tmp_path / "0_0_0_0_7.png").symlink_to(tmp_path / "0_0_0_0_0.png")
    loaded = load_lines_folder(tmp_path)
    assert len(loaded.images) == 193
    first, linked = (loaded.images[loaded.filenames.index(f"0_0_0_0_{k}.png")] for k in (0, 7))
    np.testing.assert_array_equal(first, linked)


def test_other_levels_need_their_shape(tmp_path):
    grid = {"lengths": [5, 7, 9], "widths": [1], "angles": [0, 90], "colors": ["red", "green", "white"]}
    X, y = make_lines(1, **grid, random_state=0)
    export_lines(tmp_path, X, y)
    with pytest.raises(ValueError, match="has length 2, where 0 to 1 are legal"):
        load_lines_folder(tmp_path)
    loaded = load_lines_folder(tmp_path, shape=(3, 1, 2, 3))
    np.testing.assert_array_equal(loaded.class_index, np.arange(18))
    assert loaded.target_names == [["0", "1", "2"], ["0"], ["0", "1"], ["0", "1", "2"]]


def test_the_size_asked_for_is_demanded(tmp_path, images):
    export_lines(tmp_path, images[0][:3], images[1][:3])
    with pytest.raises(ValueError, match="has 28x28 pixels and not 32x32"):
        load_lines_folder(tmp_path, image_size=32)
    with pytest.raises(ValueError, match="image_size must be an integer ≥ 1; got 0"):
        load_lines_folder(tmp_path, image_size=0)


def test_folders_that_are_none(tmp_path):
    with pytest.raises(ValueError, match="has none"):
        load_lines_folder(tmp_path)
    with pytest.raises(FileNotFoundError):
        load_lines_folder(tmp_path / "missing")
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        load_lines_folder(tmp_path / "file")


@pytest.mark.parametrize("folder", [None, 3, "", b"lines"])
def test_a_folder_that_is_no_path(images, folder):
    for call in (load_lines_folder, lambda folder: export_lines(folder, *images)):
        with pytest.raises(ValueError, match=re.escape(f"folder must be a path; got {folder!r}")):
            call(folder)
