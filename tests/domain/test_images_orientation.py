"""A picture is upright whichever way the camera was held."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from fer_core.domain.images import decode_image

Pixels = npt.NDArray[np.uint8]

# How the sensor's rows lie in the file for each value of EXIF tag 274 (Exif 2.32, 4.6.4 A), from
# the upright picture; 5 to 8 swap the sides.
STORED: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.transpose(1, 0, 2),
    6: lambda upright: np.rot90(upright),
    7: lambda upright: np.rot90(upright, 2).transpose(1, 0, 2),
    8: lambda upright: np.rot90(upright, -1),
}


def with_orientation(value: int) -> bytes:
    exif = Image.Exif()
    exif[274] = value
    return exif.tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIC", "AVIF"])
@pytest.mark.parametrize("orientation", STORED)
def test_all_eight_orientations_come_out_upright(
    kind: str, orientation: int, quadrants: Pixels, encode: Callable[..., bytes]
) -> None:
    stored = np.ascontiguousarray(STORED[orientation](quadrants))
    data = encode(stored, kind, quality=95, exif=with_orientation(orientation))
    decoded = decode_image(data, "photo")
    assert decoded.shape == quadrants.shape
    # Lossy codecs blur the edges of the quadrants; a wrong turn differs by 60 on average.
    assert np.abs(decoded.astype(int) - quadrants).mean() < 5


def test_orientation_of_compressed_tiff(quadrants: Pixels, encode: Callable[..., bytes]) -> None:
    stored = np.ascontiguousarray(STORED[6](quadrants))
    data = encode(stored, "TIFF", compression="tiff_lzw", exif=with_orientation(6))
    np.testing.assert_array_equal(decode_image(data, "scan"), quadrants)


def test_orientation_of_16_bit_grey(encode: Callable[..., bytes]) -> None:
    upright = np.arange(6, dtype=np.uint16).reshape(2, 3) << 8
    data = encode(Image.fromarray(np.rot90(upright).copy()), "PNG", exif=with_orientation(6))
    np.testing.assert_array_equal(decode_image(data, "scan")[..., 0], upright >> 8)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_meaningless_orientation_is_ignored(
    orientation: int, quadrants: Pixels, encode: Callable[..., bytes]
) -> None:
    data = encode(quadrants, "PNG", exif=with_orientation(orientation))
    np.testing.assert_array_equal(decode_image(data, "photo"), quadrants)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of the metadata
@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\x00\x00" + b"\xff" * 40,
        b"Exif\x00\x00II*\x00\xff\xff\xff\xff",
        b"Exif\x00\x00",
        b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x05",
        with_orientation(6)[:-9],
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_exif_costs_the_orientation_not_the_picture(
    kind: str, exif: bytes, quadrants: Pixels, encode: Callable[..., bytes]
) -> None:
    decoded = decode_image(encode(quadrants, kind, exif=exif, quality=95), "photo")
    assert decoded.size == quadrants.size
