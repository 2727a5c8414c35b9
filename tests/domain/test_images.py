"""Each accepted format decodes to the pixels that were put in; the encoders give them back."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageFile

from fer_core.domain.errors import ImageError
from fer_core.domain.images import (
    SUPPORTED_SUFFIXES,
    decode_image,
    encode_jpeg,
    encode_png,
    read_image,
)

Encode = Callable[..., bytes]
Pixels = npt.NDArray[np.uint8]
ROOT = Path(__file__).resolve().parents[2]

LOSSLESS = [
    ("PNG", {}),
    ("BMP", {}),
    ("WEBP", {"lossless": True}),
    ("TIFF", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("TIFF", {"compression": "tiff_adobe_deflate"}),
    ("TIFF", {"compression": "packbits"}),
    ("TIFF", {"big_tiff": True}),
    ("GIF", {}),
    ("HEIC", {"quality": -1, "chroma": 444, "matrix_coefficients": 0}),
]
LOSSY = [
    ("JPEG", {"quality": 95}),
    ("JPEG", {"quality": 95, "progressive": True}),
    ("WEBP", {"quality": 95}),
    ("TIFF", {"compression": "jpeg", "quality": 95}),
    ("HEIC", {"quality": 90}),
    ("AVIF", {"quality": 90}),
]


@pytest.mark.parametrize(("kind", "options"), LOSSLESS)
def test_lossless_formats_keep_every_pixel(
    kind: str, options: dict[str, object], quadrants: Pixels, encode: Encode
) -> None:
    decoded = decode_image(encode(quadrants, kind, **options), "picture")
    np.testing.assert_array_equal(decoded, quadrants)


@pytest.mark.parametrize(("kind", "options"), LOSSY)
def test_lossy_formats_keep_the_colours(
    kind: str, options: dict[str, object], quadrants: Pixels, encode: Encode
) -> None:
    decoded = decode_image(encode(quadrants, kind, **options), "picture")
    assert decoded.shape == quadrants.shape
    # Away from the edges between the quadrants, where chroma at half resolution bleeds.
    inner = np.s_[4:20, 4:28]
    assert np.abs(decoded[inner].astype(int) - quadrants[inner]).max() <= 6


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "HEIC", "TIFF"])
def test_the_array_is_uint8_contiguous_and_writable(
    kind: str, quadrants: Pixels, encode: Encode
) -> None:
    decoded = decode_image(encode(quadrants, kind), "picture")
    assert decoded.dtype == np.uint8
    assert decoded.flags.c_contiguous
    assert decoded.flags.writeable


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "AVIF", "HEIC"])
def test_one_pixel_is_a_picture(kind: str, encode: Encode) -> None:
    assert decode_image(encode(Image.new("RGB", (1, 1), "white"), kind), "dot").shape == (1, 1, 3)


@pytest.mark.parametrize("size_wh", [(60_000, 1), (1, 60_000), (60_000, 20)])
def test_extreme_proportions_decode(size_wh: tuple[int, int], encode: Encode) -> None:
    row = np.arange(size_wh[0] * size_wh[1], dtype=np.uint32).reshape(size_wh[::-1])
    expected = np.stack([row % 251, row % 241, row % 239], axis=2).astype(np.uint8)
    np.testing.assert_array_equal(decode_image(encode(expected, "PNG"), "strip"), expected)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_of_several_frames_the_first_is_taken(kind: str, quadrants: Pixels, encode: Encode) -> None:
    second = Image.new("RGB", (64, 48), "black")
    lossless = {"lossless": True} if kind == "WEBP" else {}
    data = encode(quadrants, kind, save_all=True, append_images=[second], **lossless)
    decoded = decode_image(data, "animation")
    assert decoded.shape == quadrants.shape
    assert np.abs(decoded[4:20, 4:28].astype(int) - quadrants[4:20, 4:28]).max() <= 8


def test_content_counts_not_the_suffix(quadrants: Pixels, encode: Encode) -> None:
    np.testing.assert_array_equal(decode_image(encode(quadrants, "PNG"), "me.jpg"), quadrants)


def test_suffixes_are_lower_case_with_a_dot() -> None:
    assert {".jpg", ".jpeg", ".png", ".heic", ".avif", ".webp"} <= set(SUPPORTED_SUFFIXES)
    assert all(s.startswith(".") and s == s.lower() for s in SUPPORTED_SUFFIXES)


def test_threads_do_not_disturb_each_other(quadrants: Pixels, encode: Encode) -> None:
    files = [encode(quadrants, kind) for kind in ("JPEG", "PNG", "HEIC", "AVIF", "TIFF", "WEBP")]
    alone = [decode_image(data, "picture") for data in files]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda data: decode_image(data, "picture"), files * 5))
    for index, decoded in enumerate(together):
        np.testing.assert_array_equal(decoded, alone[index % len(files)])


def test_pillow_is_left_as_it_was(quadrants: Pixels, encode: Encode) -> None:
    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, "HEIF" in Image.OPEN)
    decode_image(encode(quadrants, "HEIC"), "picture")
    assert before == (
        Image.MAX_IMAGE_PIXELS,
        ImageFile.LOAD_TRUNCATED_IMAGES,
        "HEIF" in Image.OPEN,
    )


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, fer_core.domain.archives\n"
        "heavy = {'tensorflow', 'keras', 'streamlit', 'cv2', 'pillow_heif', 'mlflow'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_read_image_decodes_a_file(tmp_path: Path, quadrants: Pixels, encode: Encode) -> None:
    path = tmp_path / "Grüße an Zoë.png"
    path.write_bytes(encode(quadrants, "PNG"))
    np.testing.assert_array_equal(read_image(path), quadrants)
    np.testing.assert_array_equal(read_image(str(path)), quadrants)


def test_png_gives_every_pixel_back() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (37, 53, 3), dtype=np.uint8)
    np.testing.assert_array_equal(decode_image(encode_png(noise), "download.png"), noise)
    # A view, as a crop of a larger picture is.
    np.testing.assert_array_equal(decode_image(encode_png(noise[::2, 5:40]), "x"), noise[::2, 5:40])


def test_jpeg_quality_trades_size_for_likeness(quadrants: Pixels) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    assert len(encode_jpeg(noise, quality=30)) < len(encode_jpeg(noise, quality=95))
    decoded = decode_image(encode_jpeg(quadrants), "download.jpg")
    assert np.abs(decoded.astype(int) - quadrants).mean() < 3


@pytest.mark.parametrize("quality", [0, 101, -5])
def test_jpeg_quality_out_of_range(quality: int, quadrants: Pixels) -> None:
    with pytest.raises(ValueError, match="within 1 and 100"):
        encode_jpeg(quadrants, quality=quality)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_only_rgb_arrays_are_encoded(array: Pixels) -> None:
    with pytest.raises(ValueError, match="RGB uint8"):
        encode_png(array)
    with pytest.raises(ValueError, match="RGB uint8"):
        encode_jpeg(array)


def test_jpeg_says_when_a_side_is_too_long() -> None:
    with pytest.raises(ImageError, match="65,500"):
        encode_jpeg(np.zeros((1, 66_000, 3), np.uint8))


def test_a_format_whose_package_is_not_installed_is_one_line(
    quadrants: Pixels, encode: Encode, monkeypatch: pytest.MonkeyPatch
) -> None:
    heic = encode(quadrants, "HEIC")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(ImageError, match=r"^a\.heic: .*HEIC.*without the package pillow_heif"):
        decode_image(heic, "a.heic")
