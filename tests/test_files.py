"""Files that are written whole or not at all, and errors that name them."""

import os

import pytest

from lineclf._files import atomic_path, atomic_write, write_files


def write(path):
    with atomic_write(path) as file:
        file.write(b"new")


def write_by_path(path):
    with atomic_path(path) as temporary:
        temporary.write_bytes(b"new")


@pytest.fixture(params=[write, write_by_path])
def writer(request):
    return request.param


@pytest.mark.parametrize("folder", ["missing", "file", "missing/deeper"])
def test_an_error_names_the_file_and_its_folder_and_no_temporary_one(tmp_path, monkeypatch, writer, folder):
    (tmp_path / "file").touch()
    for base in (tmp_path, tmp_path.relative_to(tmp_path)):
        monkeypatch.chdir(tmp_path)
        path = base / folder / "net.keras"
        with pytest.raises((FileNotFoundError, NotADirectoryError)) as raised:
            writer(path)
        assert raised.value.filename == str(path)
        assert f"written into the folder {str(path.parent)!r}: {str(path)!r}" in str(raised.value)
        assert ".writing-" not in str(raised.value)


def test_a_folder_in_the_files_place_is_named_and_stays(tmp_path, writer):
    (tmp_path / "net.keras").mkdir()
    with pytest.raises(OSError, match="written into the folder") as raised:
        writer(tmp_path / "net.keras")
    assert raised.value.filename == str(tmp_path / "net.keras")
    assert os.listdir(tmp_path) == ["net.keras"]


def test_a_block_that_raises_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "a"
    write(path)
    for block in (atomic_write, atomic_path):
        with pytest.raises(FileNotFoundError, match="no such") as raised, block(path):
            (tmp_path / "no such").read_bytes()
        assert raised.value.filename == str(tmp_path / "no such")  # what the block itself could not find
    assert os.listdir(tmp_path) == ["a"]
    assert path.read_bytes() == b"new"


def test_names_of_any_length_that_the_system_takes_can_be_written(tmp_path, writer):
    writer(tmp_path / ("a" * 255))
    assert os.listdir(tmp_path) == ["a" * 255]


def test_texts_are_utf_8_whatever_the_locale(tmp_path):
    (path,) = write_files(tmp_path / "new", {"page.md": "Δ ≥ 1"})
    assert path.read_bytes() == "Δ ≥ 1".encode()
