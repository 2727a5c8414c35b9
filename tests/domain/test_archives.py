"""A ZIP is replaced by its members; a bad one costs one line and no other member."""

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pytest

from fer_core.domain.archives import IncomingFile, RejectedFile, expand_archives, is_archive
from fer_core.domain.images import decode_image

LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


def zip_of(
    members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, **options: object
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method, **options) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def patch_headers(data: bytes, member: int, local: int, central: int, new: bytes) -> bytes:
    """Overwrite a field of both headers of one member, at the given offsets (APPNOTE 4.3)."""
    out = bytearray(data)
    for signature, offset in ((LOCAL, local), (CENTRAL, central)):
        at = -1
        for _ in range(member + 1):
            at = data.index(signature, at + 1)
        out[at + offset : at + offset + len(new)] = new
    return bytes(out)


def expand(*files: tuple[str, bytes]) -> list[IncomingFile | RejectedFile]:
    """All that comes out; every rejection is one line that begins with the name."""
    items = list(expand_archives(files))
    for item in items:
        if isinstance(item, RejectedFile):
            assert item.reason.startswith(f"{item.name}: expected ")
            assert item.reason.isprintable()
    return items


def names(items: list[IncomingFile | RejectedFile]) -> list[str]:
    return [item.name for item in items if isinstance(item, IncomingFile)]


def reasons(items: list[IncomingFile | RejectedFile]) -> list[str]:
    return [item.reason for item in items if isinstance(item, RejectedFile)]


def test_members_come_in_order_between_the_other_files() -> None:
    data = zip_of({"one.jpg": b"1", "inner/two.jpg": b"2"})
    assert expand(("a.jpg", b"a"), ("holiday.zip", data), ("b.jpg", b"b")) == [
        IncomingFile("a.jpg", b"a"),
        IncomingFile("holiday.zip/one.jpg", b"1"),
        IncomingFile("holiday.zip/inner/two.jpg", b"2"),
        IncomingFile("b.jpg", b"b"),
    ]


@pytest.mark.parametrize("name", ["a.jpg", "/odd/\x1b path.jpg", "", "not really.zip"])
@pytest.mark.parametrize("data", [b"", b"PK", b"text", b"Rar!\x1a\x07\x01\x00"])
def test_what_is_no_zip_passes_unchanged(name: str, data: bytes) -> None:
    assert expand((name, data)) == [IncomingFile(name, data)]


def test_content_decides_not_the_suffix() -> None:
    data = zip_of({"me.jpg": b"1"})
    assert is_archive(data)
    assert names(expand(("photos.jpg", data))) == ["photos.jpg/me.jpg"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_pictures_survive_the_way(
    method: int, quadrants: npt.NDArray[np.uint8], encode: Callable[..., bytes]
) -> None:
    data = zip_of({"me.png": encode(quadrants, "PNG")}, method)
    (item,) = expand(("holiday.zip", data))
    assert isinstance(item, IncomingFile)
    np.testing.assert_array_equal(decode_image(item.data, item.name), quadrants)


def test_system_files_and_folders_are_skipped_silently() -> None:
    data = zip_of(
        {
            "inner/": b"",
            "__MACOSX/._me.jpg": b"x",
            "__MACOSX/inner/._me.jpg": b"x",
            ".DS_Store": b"x",
            "inner/.hidden.jpg": b"x",
            ".git/picture.png": b"x",
            "Thumbs.db": b"x",
            "inner/desktop.ini": b"x",
            "inner/me.jpg": b"1",
            "...and more.jpg": b"2",
        }
    )
    assert expand(("h.zip", data)) == [IncomingFile("h.zip/inner/me.jpg", b"1")]


def test_names_are_cleaned_and_the_members_read() -> None:
    members = {
        "../../etc/passwd.jpg": b"1",
        "/abs/a.jpg": b"2",
        "C:\\b.jpg": b"3",
        "new\nline": b"4",
    }
    items = expand(("/home/me/h.zip", zip_of(members)))
    assert [item.data for item in items if isinstance(item, IncomingFile)] == [
        b"1",
        b"2",
        b"3",
        b"4",
    ]
    assert names(items) == [
        "h.zip/etc/passwd.jpg",
        "h.zip/abs/a.jpg",
        "h.zip/b.jpg",
        "h.zip/new line",
    ]


def test_unicode_and_repeated_names() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("Zoë 笑顔.jpg", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("Zoë 笑顔.jpg", b"2")
    assert expand(("h.zip", buffer.getvalue())) == [
        IncomingFile("h.zip/Zoë 笑顔.jpg", b"1"),
        IncomingFile("h.zip/Zoë 笑顔.jpg", b"2"),
    ]


def test_an_archive_within_is_rejected_by_content() -> None:
    inner = zip_of({"deep.jpg": b"x"})
    items = expand(("h.zip", zip_of({"a.jpg": b"1", "inner.jpg": inner, "b.jpg": b"2"})))
    assert names(items) == ["h.zip/a.jpg", "h.zip/b.jpg"]
    (reason,) = reasons(items)
    assert reason.startswith("h.zip/inner.jpg: expected a picture, received an archive within")


def test_an_encrypted_member_costs_one_line() -> None:
    data = patch_headers(zip_of({"a.jpg": b"1", "b.jpg": b"2"}), 0, 6, 8, b"\x01\x00")
    items = expand(("h.zip", data))
    assert names(items) == ["h.zip/b.jpg"]
    (reason,) = reasons(items)
    assert reason.startswith("h.zip/a.jpg: expected a file without a password")


def test_a_wrong_checksum_costs_one_line() -> None:
    data = zip_of({"a.jpg": b"first" * 9, "b.jpg": b"2"}, zipfile.ZIP_STORED)
    at = data.index(b"first")
    items = expand(("h.zip", data[:at] + b"F" + data[at + 1 :]))
    assert names(items) == ["h.zip/b.jpg"]
    (reason,) = reasons(items)
    assert reason.startswith("h.zip/a.jpg: expected a whole file, received one that is damaged")


def test_damaged_deflate_data_costs_one_line() -> None:
    data = zip_of({"a.jpg": random.Random(0).randbytes(500), "b.jpg": b"2"})
    items = expand(("h.zip", data[:60] + bytes(40) + data[100:]))
    assert names(items) == ["h.zip/b.jpg"]
    assert len(reasons(items)) == 1


@pytest.mark.parametrize(
    ("method", "name"),
    [(zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "LZMA"), (9, "Deflate64"), (6, "method 6")],
)
def test_unsupported_compression_costs_one_line(method: int, name: str) -> None:
    real = method if method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA) else zipfile.ZIP_DEFLATED
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.jpg", b"1" * 99, real)
        archive.writestr("b.jpg", b"2")
    data = patch_headers(buffer.getvalue(), 0, 8, 10, struct.pack("<H", method))
    items = expand(("h.zip", data))
    assert names(items) == ["h.zip/b.jpg"]
    (reason,) = reasons(items)
    assert f"expected Deflate compression, received {name}." in reason


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_truncated_zip_costs_one_line(share: float) -> None:
    data = zip_of({"a.jpg": random.Random(0).randbytes(2000)})
    items = expand(("h.zip", data[: max(4, int(len(data) * share))]), ("b.jpg", b"2"))
    assert names(items) == ["b.jpg"]
    (reason,) = reasons(items)
    assert reason.startswith("h.zip: expected a whole ZIP archive, received one that is truncated")


@pytest.mark.parametrize("members", [{}, {"inner/": b"", ".DS_Store": b"x"}])
def test_a_zip_without_files_says_so(members: dict[str, bytes]) -> None:
    (reason,) = reasons(expand(("h.zip", zip_of(members))))
    assert "a ZIP without files" in reason


def test_zip64_and_leading_comment_are_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.comment = b"from the camera"
        with archive.open("a.jpg", "w", force_zip64=True) as member:
            member.write(b"1")
    assert names(expand(("h.zip", buffer.getvalue()))) == ["h.zip/a.jpg"]


def test_nothing_is_taken_before_it_is_asked_for() -> None:
    taken: list[str] = []

    def source() -> Iterator[tuple[str, bytes]]:
        for name in ("a.jpg", "b.jpg"):
            taken.append(name)
            yield name, b"x"

    items = expand_archives(source())
    assert taken == []
    next(items)
    assert taken == ["a.jpg"]


def test_mutated_archives_never_raise() -> None:
    rng = random.Random(3)
    valid = zip_of({"a.jpg": rng.randbytes(90), "d/b.png": b"2" * 300, "c.jpg": b""})
    kinds = set()
    for _ in range(1_500):
        data = bytearray(valid)
        for _ in range(rng.choice((1, 2, 4, 16))):
            at = rng.randrange(4, len(data))
            if rng.random() < 0.8:
                data[at] = rng.randrange(256)
            else:
                del data[at : at + rng.randrange(1, 5)]
        kinds.update(type(item) for item in expand(("h.zip", bytes(data))))
    assert kinds == {IncomingFile, RejectedFile}
