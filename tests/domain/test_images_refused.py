"""What is no picture, or is damaged or too large, is refused in one line that says what to do."""

import io
import os
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from fer_core.domain import images
from fer_core.domain.errors import ImageError
from fer_core.domain.images import decode_image, encode_png, read_image

Encode = Callable[..., bytes]
Pixels = npt.NDArray[np.uint8]
ROOT = Path(__file__).resolve().parents[2]

# Decodes the file named by its argument after a small one, and prints the growth of the peak of
# resident memory in MB and the error's text.
MEASURE = """
import resource, sys
from fer_core.domain.errors import ImageError
from fer_core.domain.images import decode_image, encode_png, read_image
import numpy
decode_image(encode_png(numpy.zeros((8, 8, 3), numpy.uint8)), "small.png")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_image(sys.argv[1])
except ImageError as error:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
    print(error)
"""


def refusal(data: bytes, name: str = "photo.jpg") -> str:
    with pytest.raises(ImageError) as caught:
        decode_image(data, name)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(f"{name}: expected ")
    return text


def zip_of(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, b"x")
    return buffer.getvalue()


def png_bomb(side: int) -> bytes:
    """A valid one-bit PNG of `side` squared black pixels (PNG specification, sections 5 and 11)."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    packer, row = zlib.compressobj(9), bytes(1 + (side + 7) // 8)
    zeros = b"".join([*(packer.compress(row * 100) for _ in range(side // 100)), packer.flush()])
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zeros), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("data", "looks_like"),
    [
        (b"Dear diary,\ntoday I smiled.\n", "plain text"),
        (
            "Sehr geehrte Frau Müller, anbei die Fotos in Originalgröße.".encode("latin-1"),
            "plain text",
        ),
        ("Grüße 😀".encode("utf-16"), "plain text"),
        (b"\xef\xbb\xbf<!DOCTYPE nothing>", "plain text"),
        (b"BMI and other numbers, as text", "plain text"),
        (b"<!DOCTYPE html><html>404</html>", "a web page"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (zip_of("a.txt"), "a ZIP archive"),
        (b"Rar!\x1a\x07\x01\x00", "a compressed archive"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41", "a video or sound file"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "a sound file"),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
        (b"8BPS\x00\x01", "a Photoshop document"),
        (b"MZ\x90\x00", "a program"),
        (bytes(100), "data of an unknown kind"),
        (b"\x89", "data of an unknown kind"),
        (np.random.default_rng(0).bytes(4096), "data of an unknown kind"),
    ],
)
def test_says_what_the_bytes_look_like(data: bytes, looks_like: str) -> None:
    text = refusal(data)
    assert f"received {looks_like}. Save it as JPEG or PNG" in text
    assert "JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC, AVIF" in text


@pytest.mark.parametrize("kind", ["PPM", "ICO", "PCX", "TGA", "EPS", "PDF", "JPEG2000", "SGI"])
def test_other_formats_that_pillow_knows_are_not_reached(
    kind: str, quadrants: Pixels, encode: Encode
) -> None:
    assert "expected a picture (" in refusal(encode(quadrants, kind))


def test_empty_file() -> None:
    assert "an empty file" in refusal(b"")


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of what it misses
@pytest.mark.parametrize("share", [0.3, 0.5, 0.9, 0.99])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("BMP", {}),
        ("GIF", {}),
        ("TIFF", {}),
        ("WEBP", {}),
        ("HEIC", {"quality": -1}),
        ("AVIF", {}),
    ],
)
def test_a_file_cut_short_is_refused(
    kind: str, options: dict[str, object], share: float, encode: Encode
) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encode(noise, kind, **options)
    cut = data[: int(len(data) * share)]
    text = refusal(cut)
    assert "expected a whole " in text
    # libavif and libheif do not always tell a missing end from damage.
    if kind not in ("AVIF", "HEIC"):
        assert f"truncated (it ends after {len(cut):,} bytes)" in text
        assert "Copy or download it again" in text


def test_damage_in_the_header_is_refused(quadrants: Pixels, encode: Encode) -> None:
    data = bytearray(encode(quadrants, "PNG"))
    data[18] ^= 0xFF  # within IHDR, so its checksum is wrong
    assert "expected a whole PNG picture, received one that is damaged" in refusal(bytes(data))


def test_a_png_bomb_is_refused_from_its_header(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_bomb(30_000))
    assert path.stat().st_size < 200_000
    command = [sys.executable, "-c", MEASURE, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    growth_mb, text = done.stdout.strip().splitlines()
    assert int(growth_mb) < 30  # decoded, it would be 900 MB at a byte a pixel
    assert text.startswith("bomb.png: expected at most 100,000,000 pixels, received 30000 × 30000")
    assert done.stderr == ""  # Pillow's own warning is not provoked


def patched(data: bytes, marker: bytes, offset: int, new: bytes) -> bytes:
    start = data.index(marker) + offset
    return data[:start] + new + data[start + len(new) :]


def test_other_bombs_are_refused_from_their_headers(encode: Encode) -> None:
    small = Image.fromarray(np.arange(192, dtype=np.uint8).reshape(8, 8, 3))
    huge = 60_000
    bombs = [
        patched(encode(small, "JPEG"), b"\xff\xc0", 5, struct.pack(">HH", huge, huge)),
        patched(encode(small, "GIF"), b"GIF8", 6, struct.pack("<HH", huge, huge)),
        patched(encode(small, "BMP"), b"BM", 18, struct.pack("<ii", huge, huge)),
        patched(encode(small, "TIFF"), struct.pack("<HHI", 256, 4, 1), 8, struct.pack("<I", 2**30)),
        # The canvas stays small and the first frame exceeds it: past Pillow's own limit, then
        # where Pillow only warns.
        patched(encode(small, "GIF"), b"\x2c\x00\x00\x00\x00", 5, struct.pack("<HH", huge, huge)),
        patched(
            encode(small, "GIF"), b"\x2c\x00\x00\x00\x00", 5, struct.pack("<HH", 12_000, 9_000)
        ),
    ]
    for bomb in bombs:
        assert "expected at most 100,000,000 pixels" in refusal(bomb)


def test_the_pixel_limit_is_inclusive(
    monkeypatch: pytest.MonkeyPatch, quadrants: Pixels, encode: Encode
) -> None:
    data = encode(quadrants, "PNG")
    monkeypatch.setattr(images, "MAX_PIXELS", quadrants[..., 0].size)
    assert decode_image(data, "x").shape == quadrants.shape
    monkeypatch.setattr(images, "MAX_PIXELS", quadrants[..., 0].size - 1)
    assert "received 64 × 48 (3,072)" in refusal(data)


def test_the_byte_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(images, "MAX_FILE_BYTES", 2 << 20)
    assert "at most 2 MB, received 3 MB" in refusal(bytes(3 << 20))
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # sparse: reading it would fail, or fill the memory
    with pytest.raises(ImageError, match=r"large\.png: .* received 1,048,576 MB"):
        read_image(path)


def test_running_out_of_memory_is_told(
    monkeypatch: pytest.MonkeyPatch, quadrants: Pixels, encode: Encode
) -> None:
    def fail(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(images, "_upright_rgb", fail)
    assert "fits in memory" in refusal(encode(quadrants, "PNG"))


def test_read_image_of_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"^no\.png: expected a picture file, found none"):
        read_image(tmp_path / "no.png")


def test_read_image_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    with pytest.raises(ImageError, match=r"^holiday: .* received a folder"):
        read_image(tmp_path / "holiday")


@pytest.mark.parametrize("name", ["x" * 5000 + ".png", "a\x00b.png", "\udcff.png"])
def test_read_image_of_an_impossible_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(ImageError) as caught:
        read_image(tmp_path / name)
    assert re.fullmatch(r"[^\n\x00\udcff]{1,400}", str(caught.value))


def test_read_image_does_not_wait_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ImageError, match="expected a picture file"):
        read_image(tmp_path / "pipe.png")


def test_read_image_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The permission bits would not stop root, who runs some test machines.
    def deny(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "secret.png"
    path.write_bytes(b"x")
    monkeypatch.setattr(Path, "read_bytes", deny)
    with pytest.raises(ImageError, match=r"^secret\.png: .*Permission denied"):
        read_image(path)


def test_a_strip_too_long_for_any_detector_is_refused() -> None:
    with pytest.raises(ImageError, match=r"at most 65,500 pixels, received 70000 × 1"):
        decode_image(encode_png(np.zeros((1, 70_000, 3), np.uint8)), "strip.png")
