"""Pixels are taken as they are stored, or the file is refused: by both loaders and by the audit."""

import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from lineclf.audit import main
from lineclf.datasets import load_class_folder, load_lines_folder


def chunk(kind, data):
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def png(pixels, *chunks, first=b""):
    """A PNG of uint8 or uint16 pixels of shape (height, width, channels), with more chunks before the pixels."""
    height, width, channels = pixels.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8 * pixels.itemsize, kind, 0, 0, 0])
    rows = b"".join(b"\0" + row.astype(row.dtype.newbyteorder(">")).tobytes() for row in pixels)
    body = [chunk(b"IHDR", header), *chunks, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + first + b"".join(body)


def noise(channels, dtype=np.uint8, seed=0):
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, (4, 4, channels), dtype, endpoint=True)


@pytest.fixture
def refused(tmp_path, capsys):
    """What the loaders and the audit say of a file that they refuse."""

    def ask(contents, ending="png", modes=3):
        lines, classes = tmp_path / "lines", tmp_path / "classes"
        (classes / "a").mkdir(parents=True, exist_ok=True)
        lines.mkdir(exist_ok=True)
        said = []
        for load, folder, path in (
            (load_lines_folder, lines, lines / f"0_0_0_0_0.{ending}"),
            (load_class_folder, classes, classes / "a" / f"1.{ending}"),
        ):
            path.write_bytes(contents)
            with pytest.raises(ValueError, match="folder must hold nothing but") as error:
                load(folder)
            assert main([str(folder), str(folder)]) == 2
            assert str(error.value) in capsys.readouterr().err
            said.append(str(error.value).rpartition(f"{path.name}: ")[2])
        assert said[0] == said[1]
        return said[0]

    return ask


def test_the_bits_of_a_helper_are_those_that_opencv_reads():
    pixels = noise(3, np.uint16)
    read = cv2.imdecode(np.frombuffer(png(pixels), np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(read[..., ::-1], pixels)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_more_than_8_bits_a_channel_are_refused(channels, refused):
    assert refused(png(noise(channels, np.uint16))) == "has 16 bits a channel, more than 8"


def test_a_depth_cannot_hide_behind_another_chunk(refused):
    contents = png(noise(3, np.uint16), first=chunk(b"tEXt", b"a\0b"))
    assert refused(contents) == "is not a valid PNG: it does not begin with its header"


def test_a_transparent_colour_is_refused_where_a_pixel_has_it(tmp_path, refused):
    pixels = noise(3)
    key = b"".join(b"\0" + bytes([value]) for value in pixels[2, 1])
    assert refused(png(pixels, chunk(b"tRNS", key))) == "has transparent pixels"
    other = b"".join(b"\0" + bytes([255 - value]) for value in pixels[2, 1])
    (tmp_path / "lines" / "0_0_0_0_0.png").write_bytes(png(pixels, chunk(b"tRNS", other)))
    np.testing.assert_array_equal(load_lines_folder(tmp_path / "lines").images, [pixels])


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_fewer_bits_become_eight_without_loss(depth, tmp_path):
    (tmp_path / "a").mkdir()
    levels = np.arange(8) % 2**depth
    packed = np.packbits([[level >> bit & 1 for bit in reversed(range(depth))] for level in levels]).tobytes()
    header = (8).to_bytes(4) + (1).to_bytes(4) + bytes([depth, 0, 0, 0, 0])
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" + packed)) + chunk(b"IEND", b"")
    (tmp_path / "a" / "1.png").write_bytes(b"\x89PNG\r\n\x1a\n" + parts)
    loaded = load_class_folder(tmp_path).images[0, 0]
    np.testing.assert_array_equal(loaded, np.repeat(levels * 255 // (2**depth - 1), 3).reshape(8, 3))


@pytest.mark.parametrize("chunks", [(chunk(b"gAMA", (10**5).to_bytes(4)),), (chunk(b"sRGB", b"\1"),), ()])
def test_pixels_are_those_that_are_stored_whatever_the_gamma(chunks, tmp_path):
    pixels = noise(3)
    (tmp_path / "0_0_0_0_0.png").write_bytes(png(pixels, *chunks))
    np.testing.assert_array_equal(load_lines_folder(tmp_path).images, [pixels])


def with_orientation(path, orientation, **options):
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    Image.fromarray(noise(3)).save(path, exif=exif, **options)
    return path.read_bytes()


@pytest.mark.parametrize("ending", ["png", "jpg"])
@pytest.mark.parametrize("orientation", [2, 6, 8])
def test_images_that_only_some_programs_turn_are_refused(orientation, ending, tmp_path, refused):
    said = refused(with_orientation(tmp_path / f"one.{ending}", orientation), ending)
    assert said.startswith(f"has EXIF orientation {orientation}, which turns it in some programs only")


@pytest.mark.parametrize("orientation", [None, 0, 1, 9])
def test_images_that_no_program_turns_are_taken(orientation, tmp_path):
    with_orientation(tmp_path / "0_0_0_0_0.png", orientation)
    np.testing.assert_array_equal(load_lines_folder(tmp_path).images, [noise(3)])


def test_exif_that_nobody_can_read_is_none(tmp_path):
    (tmp_path / "0_0_0_0_0.png").write_bytes(png(noise(3), chunk(b"eXIf", b"no such thing")))
    np.testing.assert_array_equal(load_lines_folder(tmp_path).images, [noise(3)])


def test_a_multi_picture_jpeg_is_its_first_picture(tmp_path, refused):
    first, second = (Image.fromarray(noise(3, seed=seed)) for seed in (0, 1))
    first.save(tmp_path / "plain.jpg", format="JPEG")
    first.save(tmp_path / "multi.jpg", format="MPO", save_all=True, append_images=[second])
    with Image.open(tmp_path / "multi.jpg") as image:
        assert (image.format, image.n_frames) == ("MPO", 2)
    contents = (tmp_path / "multi.jpg").read_bytes()
    for load, path in ((load_lines_folder, "lines/0_0_0_0_0.jpg"), (load_class_folder, "classes/a/1.jpg")):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(contents)
        with Image.open(tmp_path / "plain.jpg") as plain:
            np.testing.assert_array_equal(load(tmp_path / path.split("/")[0]).images, [np.asarray(plain)])
        (tmp_path / path).unlink()
    assert refused(contents, "png") == "is a MPO image by content"
