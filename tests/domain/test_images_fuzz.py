"""Whatever the bytes: an RGB uint8 array or an `ImageError`, nothing else."""

import random
from collections import Counter
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from fer_core.domain import images
from fer_core.domain.errors import ImageError
from fer_core.domain.images import decode_image

MUTATIONS_PER_SEED = 30
STARTS = [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\x00", b"MM\x00*"]
STARTS += [b"RIFF\x40\x00\x00\x00WEBPVP8 ", b"BM", b"\x00\x00\x00\x18ftypheic", b"PK\x03\x04"]


@pytest.fixture
def seeds(
    quadrants: npt.NDArray[np.uint8], encode: Callable[..., bytes]
) -> list[tuple[str, bytes]]:
    """Valid files of every format and of most of their kinds."""
    image, exif = Image.fromarray(quadrants), Image.Exif()
    exif[274], exif[306] = 6, "2020:01:01 00:00:00"
    kinds: list[tuple[str, Image.Image, dict[str, object]]] = [
        ("JPEG", image, {"exif": exif}),
        ("JPEG", image, {"progressive": True}),
        ("JPEG", image.convert("CMYK"), {}),
        ("PNG", image, {"exif": exif}),
        ("PNG", image.convert("P"), {"transparency": 3}),
        ("PNG", Image.fromarray(quadrants[..., 0].astype(np.uint16) * 257), {}),
        ("WEBP", image, {"exif": exif}),
        ("WEBP", image.convert("RGBA"), {"lossless": True}),
        ("BMP", image.convert("P"), {}),
        ("TIFF", image, {"exif": exif}),
        ("TIFF", image, {"compression": "tiff_lzw"}),
        ("TIFF", image, {"compression": "jpeg"}),
        ("TIFF", image.convert("1"), {"compression": "group4"}),
        ("TIFF", image.convert("F"), {}),
        ("TIFF", image.convert("LAB"), {}),
        ("GIF", image, {"save_all": True, "append_images": [image.rotate(90)]}),
        ("HEIC", image, {}),
        ("HEIC", image.convert("RGBA"), {}),
        ("AVIF", image, {"exif": exif}),
    ]
    return [(kind, encode(picture, kind, **options)) for kind, picture, options in kinds]


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Change, drop, insert, copy or cut some bytes, mostly in the header."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(min(len(out), 200) if rng.random() < 0.6 else len(out))
        what = rng.random()
        if what < 0.6:
            out[at] = rng.choice((0, 255, 127, 128, rng.randrange(256)))
        elif what < 0.75:
            del out[at + 1 : at + rng.randrange(2, 20)]
        elif what < 0.85:
            out[at:at] = rng.randbytes(rng.randrange(1, 20))
        elif what < 0.95:
            source = rng.randrange(len(out))
            out[at : at + 8] = out[source : source + 8]
        else:
            del out[at + 1 :]
    return bytes(out)


def outcome(data: bytes) -> str:
    try:
        decoded = decode_image(data, "fuzz")
    except ImageError as error:
        text = str(error)
        assert text.startswith("fuzz: expected ")
        assert text.isprintable()
        return "refused"
    assert decoded.dtype == np.uint8
    assert decoded.ndim == 3
    assert decoded.shape[2] == 3
    assert decoded.size > 0
    return "decoded"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of odd metadata
def test_mutated_pictures(seeds: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 1_000_000)  # a wild header must not cost seconds
    rng = random.Random(20240613)
    outcomes: Counter[str] = Counter()
    for _, data in seeds:
        assert outcome(data) == "decoded"
        outcomes.update(outcome(mutated(data, rng)) for _ in range(MUTATIONS_PER_SEED))
    # Both ends of the property are exercised.
    assert min(outcomes["decoded"], outcomes["refused"]) > 50


def test_warnings_as_errors_change_no_contract(
    seeds: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 1_000_000)
    rng = random.Random(7)
    for _, data in seeds:
        for _ in range(5):
            outcome(mutated(data, rng))


def test_random_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 1_000_000)
    rng = random.Random(1)
    for _ in range(300):
        outcome(rng.choice(STARTS) + rng.randbytes(rng.randrange(1, 400)))
