"""Small pictures whose right answer is known, and their encoders."""

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

RED, GREEN, BLUE, GREY = (200, 30, 40), (20, 180, 60), (30, 50, 220), (128, 128, 128)


@pytest.fixture
def quadrants() -> npt.NDArray[np.uint8]:
    """RGB (48, 64, 3): four plain quadrants, so that every turn and mirror image differs."""
    picture = np.empty((48, 64, 3), np.uint8)
    picture[:24, :32], picture[:24, 32:] = RED, GREEN
    picture[24:, :32], picture[24:, 32:] = BLUE, GREY
    return picture


@pytest.fixture
def encode() -> Callable[..., bytes]:
    """Encode a Pillow image or an array with Pillow or, for HEIC, with pillow_heif."""

    def encode_picture(
        picture: Image.Image | npt.NDArray[np.uint8], kind: str, **options: object
    ) -> bytes:
        image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
        buffer = io.BytesIO()
        if kind == "HEIC":
            import pillow_heif

            pillow_heif.from_pillow(image).save(buffer, **options)
        else:
            image.save(buffer, kind, **options)
        return buffer.getvalue()

    return encode_picture
