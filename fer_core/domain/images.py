"""The one decoder and encoder: a picture's bytes become an upright RGB array, and back.

Pillow's plugin classes are opened directly, chosen by the file's first bytes, instead of through
`Image.open`: no other parser of Pillow can be reached from the web, HEIC needs no process-wide
registration, and the size limit is the one here, not Pillow's global one. Colour profiles are
not applied.
"""

import contextlib
import importlib
import io
import re
import struct
import zlib
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, ImageOps

from fer_core.domain.deep_samples import grey_of_wide
from fer_core.domain.errors import ImageError
from fer_core.domain.file_names import display_name
from fer_core.domain.file_signatures import describe, is_short_riff, picture_format

MAX_PIXELS = 100_000_000
"""Largest picture that is decoded, in pixels; a 100-megapixel camera's fits."""

MAX_SIDE = 65_500
"""Longest side that is decoded, in pixels; JPEG's own limit."""

MAX_FILE_BYTES = 200 * 1024 * 1024
"""Largest file that is read, in bytes."""

SUPPORTED_SUFFIXES = (
    ".jpg",
    ".jpeg",
    ".jfif",
    ".png",
    ".webp",
    ".bmp",
    ".tif",
    ".tiff",
    ".gif",
    ".heic",
    ".heif",
    ".avif",
)
"""Suffixes to offer in a file dialog; what a file is, its first bytes decide."""

_PLUGINS = {
    "JPEG": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "PNG": ("PIL.PngImagePlugin", "PngImageFile"),
    "WebP": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "BMP": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "TIFF": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "GIF": ("PIL.GifImagePlugin", "GifImageFile"),
    "HEIC": ("pillow_heif", "HeifImageFile"),
    "AVIF": ("PIL.AvifImagePlugin", "AvifImageFile"),
}

# What Pillow, libheif and their parsers were seen to raise, or can by their code, on damaged
# files. Warning is here for processes that run with warnings as errors.
_DAMAGE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RuntimeError,
    struct.error,
    zlib.error,
    Warning,
)
# Raised from within Pillow's GIF and TIFF parsers, whose frames can outgrow the first header.
_BOMB_ERRORS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_CUT_SHORT = re.compile(r"truncat|end of file|no more images|not enough image data", re.IGNORECASE)

_CHUNK = 1 << 20


def decode_image(data: bytes, name: str) -> npt.NDArray[np.uint8]:
    """Decode a JPEG, PNG, WebP, BMP, TIFF, GIF (first frame), HEIC or AVIF picture.

    The EXIF orientation is applied, transparency is laid on white, and samples of 12 bits and
    more are scaled to 8.

    Args:
        data: The file's bytes.
        name: The file's name as the user knows it, for error texts.

    Returns:
        RGB uint8 (H, W, 3), contiguous and writable.

    Raises:
        ImageError: It is no picture, damaged, cut short, or outside `MAX_FILE_BYTES` or
            `MAX_PIXELS`; the text is one line that begins with the file's name.
    """
    shown = display_name(name)
    _check_file_bytes(len(data), shown)
    kind = picture_format(data)
    if kind is None:
        raise ImageError(
            f"{shown}: expected a picture ({', '.join(_PLUGINS)}), received {describe(data)}. "
            "Save it as JPEG or PNG and try again."
        )
    module, plugin = _PLUGINS[kind]
    try:
        opener = getattr(importlib.import_module(module), plugin)
        with cast(ImageFile.ImageFile, opener(io.BytesIO(data))) as image:
            _check_pixels(image.size, shown)
            return _upright_rgb(image)
    except ModuleNotFoundError as error:
        raise ImageError(
            f"{shown}: expected a JPEG or PNG, received a {kind} file, which cannot be read here "
            f"without the package {error.name}. Save it as JPEG and try again."
        ) from error
    except MemoryError as error:
        raise ImageError(
            f"{shown}: expected a picture that fits in memory, received a {kind} file that "
            "does not. Make it smaller and try again."
        ) from error
    except _BOMB_ERRORS as error:
        raise ImageError(
            f"{shown}: expected at most {MAX_PIXELS:,} pixels, received a {kind} file that "
            "unpacks to more. Make it smaller and try again."
        ) from error
    except _DAMAGE_ERRORS as error:
        state = "one that is damaged or of an unusual kind"
        if _CUT_SHORT.search(str(error)) or is_short_riff(data):
            state = f"one that is truncated (it ends after {len(data):,} bytes)"
        raise ImageError(
            f"{shown}: expected a whole {kind} picture, received {state}. "
            "Copy or download it again, or save it anew as JPEG or PNG."
        ) from error


def read_image(path: str | Path) -> npt.NDArray[np.uint8]:
    """Read and decode a picture file; see `decode_image`.

    Raises:
        ImageError: The file is missing, is a folder, cannot be read, or `decode_image` refuses it.
    """
    path = Path(path)
    shown = display_name(str(path))
    try:
        if path.is_dir():
            raise ImageError(
                f"{shown}: expected a picture file, received a folder. Name the files in it."
            )
        if not path.is_file():
            raise ImageError(f"{shown}: expected a picture file, found none. Check the path.")
        _check_file_bytes(path.stat().st_size, shown)
        return decode_image(path.read_bytes(), str(path))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ImageError(
            f"{shown}: expected a readable picture file, received an error ({reason}). "
            "Check the path and its permissions."
        ) from error


def encode_jpeg(image: npt.NDArray[np.uint8], quality: int = 92) -> bytes:
    """Encode RGB uint8 (H, W, 3) as JPEG.

    Args:
        image: The picture; both sides at most 65,500 pixels, libjpeg's limit.
        quality: 1 (smallest file) to 100 (best picture).

    Raises:
        ImageError: The picture is too large for the format.
        ValueError: The array is not an RGB picture, or the quality is out of range.
    """
    if not 1 <= quality <= 100:
        raise ValueError(f"quality must be within 1 and 100, got {quality}")
    picture, buffer = _to_pillow(image), io.BytesIO()
    try:
        picture.save(buffer, "JPEG", quality=quality)
    except OSError as error:
        raise ImageError(
            f"Expected a picture of at most 65,500 pixels a side for JPEG, received "
            f"{picture.width} × {picture.height}. Save it as PNG."
        ) from error
    return buffer.getvalue()


def encode_png(image: npt.NDArray[np.uint8]) -> bytes:
    """Encode RGB uint8 (H, W, 3) as PNG, which loses nothing.

    Raises:
        ValueError: The array is not an RGB picture.
    """
    buffer = io.BytesIO()
    _to_pillow(image).save(buffer, "PNG")
    return buffer.getvalue()


def _check_file_bytes(size: int, shown: str) -> None:
    if size == 0:
        raise ImageError(
            f"{shown}: expected a picture, received an empty file. Copy or download it again."
        )
    if size > MAX_FILE_BYTES:
        raise ImageError(
            f"{shown}: expected a file of at most {MAX_FILE_BYTES >> 20} MB, received "
            f"{size / 2**20:,.0f} MB. Save it smaller and try again."
        )


def _check_pixels(size_wh: tuple[int, int], shown: str) -> None:
    width, height = size_wh
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"{shown}: expected at most {MAX_PIXELS:,} pixels, received {width} × {height} "
            f"({width * height:,}). Make it smaller and try again."
        )
    if max(size_wh) > MAX_SIDE:
        raise ImageError(
            f"{shown}: expected sides of at most {MAX_SIDE:,} pixels, received "
            f"{width} × {height}. Make it smaller and try again."
        )


def _upright_rgb(image: ImageFile.ImageFile) -> npt.NDArray[np.uint8]:
    image.load()
    # Metadata that cannot be read costs the orientation, not the picture.
    with contextlib.suppress(*_DAMAGE_ERRORS):
        ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith("I") or image.mode == "F":
        return np.repeat(grey_of_wide(image)[..., np.newaxis], 3, axis=2)
    return _to_array(_on_white(image))


def _on_white(image: Image.Image) -> Image.Image:
    # convert() to the same mode would copy, 400 MB for the largest picture.
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    canvas = Image.new("RGB", rgba.size, "white")
    canvas.paste(rgba, mask=rgba)
    return canvas


def _to_array(image: Image.Image) -> npt.NDArray[np.uint8]:
    """An RGB image as an array, block by block: in one go, Pillow needs three copies of it."""
    width, height = image.size
    array = np.empty((height, width, 3), np.uint8)
    rows = max(1, _CHUNK // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        array[top:bottom] = np.asarray(image.crop((0, top, width, bottom)))
    return array


def _to_pillow(image: npt.NDArray[np.uint8]) -> Image.Image:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
        raise ValueError(f"expected RGB uint8 (H, W, 3), got {image.dtype} {image.shape}")
    return Image.fromarray(image)
