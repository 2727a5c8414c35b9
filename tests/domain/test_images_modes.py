"""Grey, deep, palette, transparent and CMYK pictures come out in the colours that they show."""

import struct
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from fer_core.domain.errors import ImageError
from fer_core.domain.images import decode_image

Encode = Callable[..., bytes]
Pixels = npt.NDArray[np.uint8]

DEEP_GREY = np.array([[0, 255, 256, 32768], [65535, 65280, 1000, 257]], np.uint16)
DEEP_GREY_8 = np.array([[0, 0, 1, 128], [255, 255, 3, 1]])  # the high byte of each


def grey(decoded: Pixels) -> Pixels:
    """The one channel of a grey picture."""
    np.testing.assert_array_equal(decoded[..., 0], decoded[..., 1])
    np.testing.assert_array_equal(decoded[..., 0], decoded[..., 2])
    return decoded[..., 0]


def tiff(width: int, height: int, bits: int, photometric: int, strip: bytes) -> bytes:
    """A TIFF of one strip, for kinds that Pillow reads but does not write (TIFF 6.0, section 8)."""
    tags = [(256, width), (257, height), (258, bits), (259, 1), (262, photometric), (273, 8)]
    tags += [(277, 1), (278, height), (279, len(strip))]
    strip += b"\x00" * (len(strip) % 2)
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    directory = struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)
    return struct.pack("<2sHI", b"II", 42, 8 + len(strip)) + strip + directory


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_not_clipped(kind: str, encode: Encode) -> None:
    data = encode(Image.fromarray(DEEP_GREY), kind)
    np.testing.assert_array_equal(grey(decode_image(data, "scan")), DEEP_GREY_8)


def test_16_bit_big_endian_grey_tiff(encode: Encode) -> None:
    image = Image.frombytes("I;16B", (4, 2), DEEP_GREY.astype(">u2").tobytes())
    np.testing.assert_array_equal(grey(decode_image(encode(image, "TIFF"), "scan")), DEEP_GREY_8)


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_16_bit_colour(suffix: str) -> None:
    # OpenCV writes what Pillow cannot; it takes BGR.
    rgb = np.stack([DEEP_GREY, DEEP_GREY[::-1], DEEP_GREY[:, ::-1]], axis=2)
    done, data = cv2.imencode(suffix, rgb[..., ::-1].copy())
    assert done
    np.testing.assert_array_equal(decode_image(data.tobytes(), "scan"), rgb >> 8)


def test_16_bit_colour_with_alpha() -> None:
    bgra = np.zeros((1, 2, 4), np.uint16)
    bgra[0] = [(0, 0, 65535, 65535), (0, 0, 65535, 0)]
    done, data = cv2.imencode(".png", bgra)
    assert done
    assert decode_image(data.tobytes(), "x").tolist() == [[[255, 0, 0], [255, 255, 255]]]


def test_16_bit_grey_with_a_transparent_value(encode: Encode) -> None:
    data = encode(Image.fromarray(DEEP_GREY), "PNG", transparency=1000)
    expected = np.where(DEEP_GREY == 1000, 255, DEEP_GREY_8)
    np.testing.assert_array_equal(grey(decode_image(data, "scan")), expected)


def test_12_bit_tiff_fills_the_range() -> None:
    # Two samples in three bytes, high bits first: 0xFFF and 0x800, then 0x000 and 0x123.
    data = tiff(4, 1, 12, 1, bytes.fromhex("fff800000123"))
    assert grey(decode_image(data, "scan")).tolist() == [[255, 128, 0, 0x12]]


def test_tiff_whose_white_is_zero() -> None:
    data = tiff(3, 1, 16, 0, struct.pack("<3H", 0, 65535, 0x4000))
    assert grey(decode_image(data, "scan")).tolist() == [[255, 0, 255 - 0x40]]


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),  # the usual scale of float pictures
        ([0.0, 128.0, 255.0], [0, 128, 255]),  # 8-bit values kept as float
        ([0.0, 32896.0, 65535.0], [0, 128, 255]),  # 16-bit values kept as float
        ([-1.0, 0.0, 1.0], [0, 128, 255]),  # centred
        ([0.0, 1.0, 4.0], [0, 64, 255]),  # high dynamic range
        ([-0.01, 0.5, 1.02], [0, 126, 255]),  # overshoot of a resampling
        ([0.0, 1e6, 4e6], [0, 64, 255]),
        ([0.0, 0.0, 0.0], [0, 0, 0]),
        ([-7.0, -7.0, -7.0], [0, 0, 0]),
        ([np.nan, 0.5, np.inf], [0, 128, 255]),
        ([np.nan, np.nan, np.inf], [0, 0, 0]),
        ([-3e38, 0.0, 3e38], [0, 128, 255]),
        ([0.0, 0.0, 1e-45], [0, 0, 255]),
    ],
)
def test_float_tiff(samples: list[float], expected: list[int], encode: Encode) -> None:
    image = Image.fromarray(np.array([samples], np.float32))
    assert grey(decode_image(encode(image, "TIFF"), "depth")).tolist() == [expected]


def test_32_bit_integer_tiff(encode: Encode) -> None:
    image = Image.fromarray(np.array([[0, 0x8000, 0xFFFF]], np.int32))
    assert grey(decode_image(encode(image, "TIFF"), "depth")).tolist() == [[0, 128, 255]]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF", "JPEG", "WEBP", "AVIF", "HEIC"])
def test_grey_fills_three_channels(kind: str, encode: Encode) -> None:
    image = Image.fromarray(np.full((16, 16), 90, np.uint8))
    assert np.abs(grey(decode_image(encode(image, kind), "g")).astype(int) - 90).max() <= 2


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF"])
def test_one_bit_is_black_and_white(kind: str, encode: Encode) -> None:
    bits = np.array([[True, False, True], [False, False, True]])
    data = encode(Image.fromarray(bits), kind)
    np.testing.assert_array_equal(grey(decode_image(data, "fax")), bits * 255)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF"])
def test_palette(kind: str, encode: Encode) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 200, 100, 0])
    image.putpixel((1, 0), 1)
    assert decode_image(encode(image, kind), "p").tolist() == [[[10, 20, 30], [200, 100, 0]]]


@pytest.mark.parametrize(
    ("kind", "transparency", "second"),
    [
        ("PNG", 1, [255, 255, 255]),
        ("GIF", 1, [255, 255, 255]),
        # 0.2 of (200, 100, 0) and 0.8 of white
        ("PNG", b"\xff\x33", [244, 224, 204]),
    ],
)
def test_transparent_palette_entries_lie_on_white(
    kind: str, transparency: int | bytes, second: list[int], encode: Encode
) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 200, 100, 0])
    image.putpixel((1, 0), 1)
    data = encode(image, kind, transparency=transparency)
    assert decode_image(data, "p").tolist() == [[[10, 20, 30], second]]


@pytest.mark.parametrize(
    ("kind", "options"),
    [("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True, "exact": True})],
)
def test_alpha_lies_on_white(kind: str, options: dict[str, object], encode: Encode) -> None:
    rgba = np.array([[(200, 0, 0, 255), (200, 0, 0, 0), (200, 0, 0, 51)]], np.uint8)
    # 51 / 255 is a fifth: 0.2 of the colour and 0.8 of white.
    expected = [[[200, 0, 0], [255, 255, 255], [244, 204, 204]]]
    assert decode_image(encode(rgba, kind, **options), "logo").tolist() == expected


@pytest.mark.parametrize("kind", ["HEIC", "AVIF"])
def test_alpha_of_the_video_codecs_lies_on_white(kind: str, encode: Encode) -> None:
    rgba = np.zeros((32, 32, 4), np.uint8)
    rgba[:, 16:, 3] = 255
    decoded = decode_image(encode(rgba, kind, quality=95), "logo").astype(int)
    assert decoded[:, :12].min() > 245
    assert decoded[:, 20:].max() < 10


def test_grey_with_alpha_and_with_a_transparent_value(encode: Encode) -> None:
    pairs = np.array([[(0, 255), (0, 0), (100, 51)]], np.uint8)
    assert grey(decode_image(encode(pairs, "PNG"), "x")).tolist() == [[0, 255, 224]]
    image = Image.fromarray(np.array([[7, 8]], np.uint8))
    assert grey(decode_image(encode(image, "PNG", transparency=8), "x")).tolist() == [[7, 255]]


def test_colour_with_a_transparent_colour(encode: Encode) -> None:
    image = Image.fromarray(np.array([[(1, 2, 3), (9, 9, 9)]], np.uint8))
    data = encode(image, "PNG", transparency=(1, 2, 3))
    assert decode_image(data, "x").tolist() == [[[255, 255, 255], [9, 9, 9]]]


@pytest.mark.parametrize(
    ("cmyk", "expected"),
    [
        ((0, 0, 0, 0), (255, 255, 255)),
        ((0, 0, 0, 255), (0, 0, 0)),
        ((255, 0, 0, 0), (0, 255, 255)),
        ((0, 255, 255, 0), (255, 0, 0)),
        ((0, 0, 0, 128), (127, 127, 127)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk(kind: str, cmyk: tuple[int, ...], expected: tuple[int, ...], encode: Encode) -> None:
    # Pillow writes a JPEG's CMYK inverted with an Adobe marker, as Photoshop does.
    data = encode(Image.new("CMYK", (16, 16), cmyk), kind, quality=95)
    if kind == "JPEG":
        assert b"Adobe" in data
    assert np.abs(decode_image(data, "print").astype(int) - expected).max() <= 3


def test_lab(encode: Encode) -> None:
    # L* 50.2 without colour is a grey of 119 in sRGB (CIE 1976, IEC 61966-2-1).
    data = encode(Image.new("LAB", (4, 4), (128, 128, 128)), "TIFF")
    assert np.abs(decode_image(data, "print").astype(int) - 119).max() <= 2


def test_a_kind_that_cannot_be_read_is_refused_in_words() -> None:
    done, data = cv2.imencode(".tiff", np.zeros((2, 2, 3), np.float32))
    assert done
    with pytest.raises(ImageError, match=r"^float\.tif: expected a whole TIFF .* unusual kind"):
        decode_image(data.tobytes(), "float.tif")
