"""What first bytes say; every accepted format's real files are in test_images.py."""

import pytest

from fer_core.domain.file_signatures import describe, is_short_riff, picture_format


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff\xe0rest", "JPEG"),
        (b"\x89PNG\r\n\x1a\nrest", "PNG"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"II*\x00rest", "TIFF"),
        (b"MM\x00*rest", "TIFF"),
        (b"GIF89arest", "GIF"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif", "AVIF"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00mp42isom", None),
        (b"BM is how this text begins, but it is no bitmap", None),
        (b"", None),
    ],
)
def test_a_format_is_told_by_its_first_bytes(data: bytes, kind: str | None) -> None:
    assert picture_format(data) == kind


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello, world", "plain text"),
        ("grüße".encode(), "plain text"),
        (b"<!doctype html><title>x", "a web page"),
        (b"<svg xmlns=", "an SVG drawing"),
        (b"%PDF-1.7", "a PDF document"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x00\x00\x00\x18ftypisom", "a video or sound file"),
        (bytes(range(128, 256)), "data of an unknown kind"),
    ],
)
def test_what_is_no_picture_is_described_in_words(data: bytes, words: str) -> None:
    assert describe(data) == words


def test_a_webp_that_ends_early_is_told_from_a_whole_one() -> None:
    whole = b"RIFF\x04\x00\x00\x00WEBP"
    assert not is_short_riff(whole)
    assert is_short_riff(whole[:-1])
