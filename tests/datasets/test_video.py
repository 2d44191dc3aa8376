import os
import re

import numpy as np
import pytest
from PIL import Image, ImageSequence

from lineclf.datasets import class_video, factors_of, make_lines


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    with Image.open(class_video(tmp_path_factory.mktemp("video") / "lines.gif", scale=1)) as gif:
        frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(gif)]
        gif.seek(0)
        durations = []
        for k in range(gif.n_frames):
            gif.seek(k)
            durations.append(gif.info["duration"])
    return np.array(frames), durations


def tiles_of(frames):
    """The nine images of each frame."""
    return np.stack([frames[:, r : r + 28, c : c + 28] for r in (0, 29, 58) for c in (0, 29, 58)], axis=1)


def test_ten_frames_a_class_two_a_second(video):
    frames, durations = video
    assert frames.shape == (960, 86, 86, 3)
    assert durations == [500] * 960


def test_a_thin_grey_grid_parts_the_tiles(video):
    frames, _ = video
    assert (frames[:, [28, 57]] == 128).all()
    assert (frames[:, :, [28, 57]] == 128).all()
    assert not (tiles_of(frames) == 128).any()


def test_classes_come_in_nested_order_and_every_tile_is_an_image_of_its_class(video):
    X, y = make_lines(None, distinct=True)
    label_of = {bytes(image): tuple(levels) for image, levels in zip(X, y.tolist(), strict=True)}
    tiles = tiles_of(video[0]).reshape(96, 90, 28, 28, 3)
    for levels, images in zip(factors_of(np.arange(96)).tolist(), tiles, strict=True):
        assert {label_of[bytes(np.ascontiguousarray(image))] for image in images} == {tuple(levels)}


def test_no_image_comes_twice(video):
    tiles = tiles_of(video[0]).reshape(8640, -1)
    assert len(np.unique(tiles, axis=0)) == 8640


def test_the_scale_repeats_pixels_and_the_seed_decides(tmp_path):
    def first_frame(**options):
        with Image.open(class_video(tmp_path / "v.gif", n_frames=1, **options)) as gif:
            assert gif.n_frames == 96
            return np.asarray(gif.convert("RGB"))

    small, large = first_frame(scale=1), first_frame(scale=3)
    assert large.shape == (254, 254, 3)
    np.testing.assert_array_equal(large[:84:3, :84:3], small[:28, :28])
    assert not np.array_equal(small, first_frame(scale=1, random_state=1))
    assert os.listdir(tmp_path) == ["v.gif"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_frames": 0}, "n_frames must be an integer from 1 to 28; got 0"),
        ({"n_frames": 29}, "n_frames must be an integer from 1 to 28; got 29"),
        ({"scale": 1.5}, "scale must be"),
        ({"random_state": "x"}, "random_state must be"),
    ],
)
def test_bad_arguments_leave_no_file(tmp_path, options, words):
    with pytest.raises(ValueError, match=words):
        class_video(tmp_path / "v.gif", **options)
    assert not os.listdir(tmp_path)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        class_video(tmp_path / "nowhere" / "v.gif")


@pytest.mark.parametrize("path", ["v.txt", "v", ".gif", "", None, 3])
def test_a_path_that_names_no_gif(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=re.escape(f"path must be the path of a .gif file; got {path!r}")):
        class_video(path)
    assert not os.listdir(tmp_path)
