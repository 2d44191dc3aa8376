import os

import numpy as np
import pytest
from PIL import Image

from lineclf.datasets import load_class_folder


@pytest.fixture
def folder(tmp_path):
    """Two classes, three images of 5x4 pixels."""
    for number, name in enumerate(["cat/2.png", "cat/10.jpg", "a dog/1.PNG"]):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(np.full((5, 4, 3), 50 * number, np.uint8)).save(path)
    return tmp_path


def test_classes_are_the_folders_and_images_keep_their_pixels(folder):
    bunch = load_class_folder(folder)
    assert bunch.target_names == ["a dog", "cat"]
    assert bunch.filenames == ["a dog/1.PNG", "cat/10.jpg", "cat/2.png"]
    assert bunch.target.tolist() == [0, 1, 1]
    assert bunch.images.shape == (3, 5, 4, 3)
    assert bunch.images.dtype == np.uint8
    assert bunch.images[:, 0, 0, 0].tolist() == [100, 50, 0]
    assert np.shares_memory(bunch.images, bunch.data)
    assert bunch.data.shape == (3, 60)


def test_grey_palette_and_opaque_images_become_rgb(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 2, (6, 6), np.uint8) * 255
    grey = Image.fromarray(pixels)
    (tmp_path / "all").mkdir()
    for mode in ("L", "1", "P", "RGB", "RGBA", "LA"):
        grey.convert(mode).save(tmp_path / "all" / f"{mode}.png")
    images = load_class_folder(tmp_path).images
    assert len(images) == 6
    np.testing.assert_array_equal(images, np.broadcast_to(pixels[..., None], (6, 6, 6, 3)))


def test_hidden_files_are_passed_over(folder):
    (folder / ".cache").mkdir()
    (folder / "cat" / ".thumbs").write_text("")
    assert len(load_class_folder(folder).images) == 3


def test_one_error_lists_every_offender(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    Image.new("RGB", (4, 5)).save(outside / "1.png")
    cat = folder / "cat"
    Image.new("RGB", (9, 9)).save(cat / "large.png")
    Image.new("RGB", (4, 5)).save(cat / "really.png", format="JPEG")
    Image.new("RGBA", (4, 5), (1, 2, 3, 254)).save(cat / "clear.png")
    Image.new("P", (4, 5)).save(cat / "hole.png", transparency=0)
    Image.fromarray(np.zeros((5, 4), np.uint16)).save(cat / "deep.png")
    (cat / "notes.txt").write_text("none")
    (cat / "broken.png").write_bytes((cat / "2.png").read_bytes()[:40])
    (cat / "link.png").symlink_to(outside / "1.png")
    (cat / "inner.png").mkdir()
    os.mkfifo(cat / "pipe.png")
    (folder / "empty").mkdir()
    (folder / "linked").symlink_to(outside)
    (folder / "stray.png").write_bytes((cat / "2.png").read_bytes())
    with pytest.raises(ValueError, match="folder must hold nothing but folders of PNG and JPEG images") as error:
        load_class_folder(folder)
    found = dict(line.split(": ", 1) for line in str(error.value).splitlines()[1:])
    expected = {
        "cat/large.png": "has 9x9 pixels and not 5x4",
        "cat/really.png": "is a JPEG image by content",
        "cat/clear.png": "has transparent pixels",
        "cat/hole.png": "has transparent pixels",
        "cat/deep.png": "has 16 bits a channel, more than 8",
        "cat/notes.txt": "is not named .png, .jpg or .jpeg",
        "cat/link.png": "is a link that leads outside the folder",
        "cat/inner.png": "is not a regular file",
        "cat/pipe.png": "is not a regular file",
        "empty": "has no image",
        "linked": "is a link that leads outside the folder",
        "stray.png": "is not in the folder of a class",
    }
    assert found.pop(f"{folder}/cat/broken.png")
    assert found == {f"{folder}/{name}": problem for name, problem in expected.items()}


def test_a_folder_without_images_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"folder must hold one folder of images per class; .* has none"):
        load_class_folder(tmp_path)
    with pytest.raises(FileNotFoundError):
        load_class_folder(tmp_path / "nowhere")


@pytest.mark.parametrize("folder", [None, ""])
def test_a_folder_that_is_no_path(folder):
    with pytest.raises(ValueError, match=f"folder must be a path; got {folder!r}"):
        load_class_folder(folder)
