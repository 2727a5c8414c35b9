"""What a file is by its first bytes, whatever its name says."""

import re

_PICTURE_STARTS = {
    rb"\xff\xd8\xff": "JPEG",
    rb"\x89PNG\r\n\x1a\n": "PNG",
    rb"RIFF.{4}WEBP": "WebP",
    # "BM" alone also begins many a text; the three zeros end the size of the second header.
    rb"BM.{13}\x00{3}": "BMP",
    rb"II[*+]\x00|MM\x00[*+]": "TIFF",
    rb"GIF8[79]a": "GIF",
}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}

_OTHER_STARTS = {
    rb"(?i)\s*<(!doctype\s+)?html": "a web page",
    rb"(?i)\s*(<\?xml.{0,300})?<svg": "an SVG drawing",
    rb"%PDF": "a PDF document",
    rb"PK(\x03\x04|\x05\x06|\x07\x08)": "a ZIP archive",
    rb"Rar!|7z\xbc\xaf|\x1f\x8b": "a compressed archive",
    rb".{4}ftyp|RIFF.{4}AVI |\x1a\x45\xdf\xa3": "a video or sound file",
    rb"RIFF.{4}WAVE|ID3|OggS|fLaC": "a sound file",
    rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51": "a JPEG 2000 picture",
    rb"8BPS": "a Photoshop document",
    rb"MZ|\x7fELF": "a program",
}


def picture_format(data: bytes) -> str | None:
    """The picture format by content, as "JPEG" or "WebP"; None when it is not a supported one."""
    if data[4:8] == b"ftyp":
        box = data[8 : min(int.from_bytes(data[:4]), 512)]
        brands = {box[i : i + 4] for i in range(0, len(box), 4)}
        if brands & _AVIF_BRANDS:
            return "AVIF"
        return "HEIC" if brands & _HEIC_BRANDS else None
    return _first_match(_PICTURE_STARTS, data)


def describe(data: bytes) -> str:
    """What bytes that are no supported picture look like, in words."""
    known = _first_match(_OTHER_STARTS, data)
    if known is not None:
        return known
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "plain text"
    head = data[:512].decode("utf-8", errors="replace")
    odd = sum(c == "\ufffd" or not (c.isprintable() or c.isspace()) for c in head)
    # A tenth: text in an older encoding has some odd letters, binary data a majority.
    return "plain text" if odd <= len(head) // 10 else "data of an unknown kind"


def _first_match(starts: dict[bytes, str], data: bytes) -> str | None:
    head = data[:512]
    return next(
        (kind for start, kind in starts.items() if re.match(start, head, re.DOTALL)),
        None,
    )


def is_short_riff(data: bytes) -> bool:
    """Whether a WebP ends before its header says; libwebp tells no reason."""
    return data[:4] == b"RIFF" and int.from_bytes(data[4:8], "little") + 8 > len(data)
