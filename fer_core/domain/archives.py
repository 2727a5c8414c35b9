"""ZIP files of pictures, opened in memory one member at a time; nothing is written to disk.

What makes a file a ZIP is its first bytes, not its suffix. A member's name is only a label: "../"
and absolute names are cleaned (`file_names.display_name`) and the member is read like any other.
Only stored and Deflate members are read, because Python's bzip2 and LZMA readers cannot be told
how many bytes to unpack at most.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from fer_core.domain.errors import ArchiveError
from fer_core.domain.file_names import display_name
from fer_core.domain.images import MAX_FILE_BYTES

MAX_MEMBERS = 2_000
"""Files that are read from one archive; folders and system files do not count."""

MAX_MEMBER_BYTES = MAX_FILE_BYTES
"""Largest member that is unpacked, in bytes."""

MAX_TOTAL_BYTES = 1024**3
"""Bytes that are unpacked from one archive in all."""

# zipfile builds an object of about 1 KB for every entry before the first can be counted.
_MAX_ENTRIES = 100_000
_ENTRY_SIGNATURE = b"PK\x01\x02"
_ARCHIVE_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_READABLE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_METHOD_NAMES = {
    9: "Deflate64",
    zipfile.ZIP_BZIP2: "bzip2",
    zipfile.ZIP_LZMA: "LZMA",
    93: "Zstandard",
}
_ENCRYPTED_FLAG = 0x1
_SYSTEM_NAMES = {"__macosx", "thumbs.db", "desktop.ini"}

# What zipfile was seen to raise, or can by its code, on damaged archives.
_DAMAGE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    OverflowError,
    MemoryError,
)


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file to be decoded.

    Attributes:
        name: Its own name, or "holiday.zip/inner/name.jpg" for a member, safe to show then.
        data: Its bytes.
    """

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RejectedFile:
    """An archive, or a member of one, that is not read.

    Attributes:
        name: As for `IncomingFile`; always safe to show.
        reason: One line for a person, beginning with the name, as the text of an `ImageError`.
    """

    name: str
    reason: str


def is_archive(data: bytes) -> bool:
    """Whether the bytes begin like a ZIP file."""
    return data.startswith(_ARCHIVE_STARTS)


def expand_archives(
    files: Iterable[tuple[str, bytes]], max_members: int = MAX_MEMBERS
) -> Iterator[IncomingFile | RejectedFile]:
    """Yield the given files in order, each ZIP replaced by its members.

    Lazy: a member is unpacked when it is asked for and the generator keeps none, so memory holds
    one of them where the caller keeps none either. A damaged archive or member yields a
    `RejectedFile` and the others go on: nothing is raised. Folders, hidden files and what macOS
    and Windows add are skipped; an archive within an archive is rejected.

    Args:
        files: (name, bytes) pairs; what is not a ZIP passes unchanged.
        max_members: Files that are read from one archive.
    """
    for name, data in files:
        if is_archive(data):
            yield from _members(display_name(name), data, max_members)
        else:
            yield IncomingFile(name, data)


def _members(
    archive_name: str, data: bytes, max_members: int
) -> Iterator[IncomingFile | RejectedFile]:
    try:
        archive = _open(data, max_members)
    except ArchiveError as error:
        yield _rejected(archive_name, str(error))
        return
    with archive:
        infos = [info for info in archive.infolist() if not _is_skipped(info)]
        if not infos:
            yield _rejected(archive_name, "expected pictures, received a ZIP without files.")
        left = MAX_TOTAL_BYTES
        for count, info in enumerate(infos):
            left -= _cost(info)
            if count == max_members or left < 0:
                yield _rejected(archive_name, _limit_text(count, len(infos), max_members))
                return
            item = _item(archive, info, display_name(f"{archive_name}/{info.filename}"))
            yield item
            del item  # or it would stay in memory while the next is unpacked


def _open(data: bytes, max_members: int) -> zipfile.ZipFile:
    if data.count(_ENTRY_SIGNATURE) > _MAX_ENTRIES:
        raise ArchiveError(
            f"expected at most {max_members:,} files, received a ZIP of more than "
            f"{_MAX_ENTRIES:,}. Split it."
        )
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE_ERRORS as error:
        raise ArchiveError(
            "expected a whole ZIP archive, received one that is truncated or damaged. "
            "Copy or download it again."
        ) from error


def _is_skipped(info: zipfile.ZipInfo) -> bool:
    """Whether it is a folder, a hidden file, or one that macOS or Windows added."""
    parts = info.filename.replace("\\", "/").split("/")
    return (
        parts[-1] == ""
        or any(part.lower() in _SYSTEM_NAMES for part in parts)
        or any(part.startswith(".") and part.strip(".") for part in parts)
    )


def _cost(info: zipfile.ZipInfo) -> int:
    """Bytes that reading a member takes of the archive's total; one that is too large is unread."""
    return info.file_size if info.file_size <= MAX_MEMBER_BYTES else 0


def _limit_text(count: int, total: int, max_members: int) -> str:
    return (
        f"expected at most {max_members:,} files and {_megabytes(MAX_TOTAL_BYTES)} unpacked, "
        f"received more: only the first {count:,} of {total:,} files were read. Split it."
    )


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"


def _rejected(name: str, why: str) -> RejectedFile:
    return RejectedFile(name, f"{name}: {why}")


def _item(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str
) -> IncomingFile | RejectedFile:
    try:
        return IncomingFile(name, _unpack(archive, info))
    except ArchiveError as error:
        return _rejected(name, str(error))


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise ArchiveError(
            "expected a file without a password, received an encrypted one. "
            "Unpack the ZIP and send its pictures."
        )
    if info.compress_type not in _READABLE_METHODS:
        number = info.compress_type
        method = _METHOD_NAMES.get(number, f"method {number}")
        raise ArchiveError(
            f"expected Deflate compression, received {method}. Pack it again as an ordinary ZIP."
        )
    if info.file_size > MAX_MEMBER_BYTES:
        raise ArchiveError(
            f"expected at most {_megabytes(MAX_MEMBER_BYTES)} unpacked, received "
            f"{_megabytes(info.file_size)}. Save it smaller."
        )
    try:
        with archive.open(info) as member:
            # Sizes in a ZIP can lie. With a count, no more than that is unpacked; what the header
            # did not promise then shows as a wrong checksum. Without one, it would be up to 2 GB.
            data = member.read(info.file_size + 1)
    except _DAMAGE_ERRORS as error:
        raise ArchiveError(
            "expected a whole file, received one that is damaged within the ZIP. Pack it again."
        ) from error
    if is_archive(data):
        raise ArchiveError(
            "expected a picture, received an archive within the archive. Send it by itself."
        )
    return data
