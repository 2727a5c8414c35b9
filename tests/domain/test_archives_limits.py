"""However an archive is built, what is unpacked of it stays within the limits."""

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fer_core.domain import archives
from fer_core.domain.archives import IncomingFile, RejectedFile, expand_archives

MB = 1 << 20


def zip_of_zeros(sizes: list[int]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, size in enumerate(sizes):
            archive.writestr(f"{number}.jpg", bytes(size))
    return buffer.getvalue()


def with_size(data: bytes, real: int, told: int) -> bytes:
    """The archive with every header telling another unpacked size (APPNOTE 4.3.7, 4.3.12)."""
    return data.replace(struct.pack("<I", real), struct.pack("<I", told))


@contextmanager
def peak_bytes() -> Iterator[list[int]]:
    """Put the peak of Python's allocations within the block into the list."""
    peak: list[int] = []
    tracemalloc.start()
    try:
        yield peak
        peak.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def outline(data: bytes) -> list[str]:
    """The name of each file and the text of each rejection."""
    items = expand_archives([("h.zip", data)])
    return [item.reason if isinstance(item, RejectedFile) else item.name for item in items]


def test_defaults() -> None:
    assert archives.MAX_MEMBERS == 2_000
    assert archives.MAX_MEMBER_BYTES == 200 * MB
    assert archives.MAX_TOTAL_BYTES == 1024 * MB


def test_members_beyond_the_count_cost_one_line() -> None:
    lines = outline(zip_of_zeros([1] * 2_003))
    assert lines[:2] == ["h.zip/0.jpg", "h.zip/1.jpg"]
    assert len(lines) == 2_001
    assert "at most 2,000 files" in lines[-1]
    assert "only the first 2,000 of 2,003 files were read" in lines[-1]


def test_exactly_the_count_is_read_in_full() -> None:
    lines = outline(zip_of_zeros([1] * 2_000))
    assert lines[-1] == "h.zip/1999.jpg"


def test_system_files_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("d/", "a.jpg", "__MACOSX/._a.jpg", ".DS_Store", "b.jpg"):
            archive.writestr(name, b"")
    assert outline(buffer.getvalue()) == ["h.zip/a.jpg", "h.zip/b.jpg"]


def test_a_member_too_large_is_not_unpacked_and_the_others_are() -> None:
    data = zip_of_zeros([10, 201 * MB, 20])
    assert len(data) < 2 * MB
    with peak_bytes() as peak:
        lines = outline(data)
    assert peak[0] < 2 * MB
    assert lines[0] == "h.zip/0.jpg"
    assert lines[1].startswith("h.zip/1.jpg: expected at most 200 MB unpacked, received 201 MB.")
    assert lines[2] == "h.zip/2.jpg"


@pytest.mark.parametrize("told", [0, 1, 1000])
def test_a_header_that_lies_low_unpacks_no_more_than_it_told(told: int) -> None:
    data = with_size(zip_of_zeros([10, 100 * MB, 20]), 100 * MB, told)
    with peak_bytes() as peak:
        lines = outline(data)
    assert peak[0] < 2 * MB
    assert lines[0] == "h.zip/0.jpg"
    assert "damaged within the ZIP" in lines[1]
    assert lines[2] == "h.zip/2.jpg"


def test_a_header_that_lies_high_is_harmless() -> None:
    lines = outline(with_size(zip_of_zeros([1234, 20]), 1234, 150 * MB))
    assert lines[-1] == "h.zip/1.jpg"
    assert len(lines) == 2


def test_the_total_is_limited_and_what_fits_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 3 * MB)
    lines = outline(zip_of_zeros([MB, MB, MB, 1, MB]))
    assert lines[:3] == ["h.zip/0.jpg", "h.zip/1.jpg", "h.zip/2.jpg"]
    assert "3 MB unpacked, received more: only the first 3 of 5 files were read" in lines[3]
    assert len(lines) == 4


def test_a_member_too_large_takes_nothing_of_the_total(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 3 * MB)
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 2 * MB)
    lines = outline(zip_of_zeros([4 * MB, 2 * MB, MB]))
    assert lines[0].startswith("h.zip/0.jpg: expected at most 2 MB unpacked, received 4 MB.")
    assert lines[1:] == ["h.zip/1.jpg", "h.zip/2.jpg"]


def test_each_archive_has_its_own_total(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", MB)
    data = zip_of_zeros([MB])
    items = list(expand_archives([("a.zip", data), ("b.zip", data)]))
    assert [type(item) for item in items] == [IncomingFile, IncomingFile]


def test_one_member_is_in_memory_at_a_time() -> None:
    data = zip_of_zeros([8 * MB] * 5)
    with peak_bytes() as peak:
        count = 0
        for item in expand_archives([("h.zip", data)]):
            assert isinstance(item, IncomingFile)
            count += 1
            del item
    assert count == 5
    assert peak[0] < 20 * MB  # a member, and the copy that joins its pieces


def test_a_directory_of_a_million_entries_is_refused_before_it_is_parsed() -> None:
    entry = b"PK\x01\x02" + bytes(42)
    directory = entry * 1_000_000
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0, 0, len(directory), 4, 0)
    data = b"PK\x03\x04" + directory + end
    with peak_bytes() as peak:
        (line,) = outline(data)
    assert peak[0] < MB
    assert "received a ZIP of more than 100,000. Split it." in line
