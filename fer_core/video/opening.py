"""Opening video files: what may be opened, and why the rest is not."""

from pathlib import Path

import av
import av.error
from av.video.stream import VideoStream

from fer_core.domain.errors import VideoError
from fer_core.domain.file_signatures import describe, picture_format

SUPPORTED_SUFFIXES = (".mp4", ".m4v", ".mov", ".webm", ".avi", ".mkv", ".gif")
"""Suffixes to offer in a file dialog; what a file is, its content decides."""

MOST_PIXELS = 8192 * 4608
"""Larger frames are refused: their decoder alone would take gigabytes."""

# What FFmpeg may open; above all no playlist, which would make it open the files that it names.
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,mpegts,mpeg,flv,asf,ogg",
}
_START_BYTES = 4096  # of a file, to tell what it is


def open_video(path: Path, shown: str) -> av.container.InputContainer:
    """Open a file that may be a video; whoever asks closes it.

    Args:
        path: The file.
        shown: Its name in messages.

    Raises:
        VideoError: It is missing, empty, cut short without its index, or no video.
    """
    try:
        start = _start(path, shown)
        # Absolute: no name is to be taken for a protocol's.
        return av.open(str(path.absolute()), options=_OPTIONS)
    except av.error.FFmpegError as error:
        if start[4:8] == b"ftyp":
            raise VideoError(
                f"{shown}: expected a whole video, received one without its index: it "
                "was cut short. Copy or download it again."
            ) from error
        raise VideoError(
            f"{shown}: expected a video ({_names()}), received {describe(start)}. "
            "Save it as MP4 and try again."
        ) from error
    except OSError as error:
        raise VideoError(f"{shown} cannot be read ({error.strerror}).") from error


def video_stream(container: av.container.InputContainer, shown: str) -> VideoStream:
    """The moving pictures in an open file, ready to be decoded.

    Raises:
        VideoError: There are none, or they are larger than `MOST_PIXELS` or in an unknown coding.
    """
    streams = [
        stream
        for stream in container.streams.video
        # The cover of a song is no video.
        if not stream.disposition & av.stream.Disposition.attached_pic
    ]
    if not streams:
        what = "sound only" if container.streams.audio else "neither picture nor sound"
        raise VideoError(f"{shown}: expected a video, received {what}.")
    stream = streams[0]
    if getattr(stream, "codec_context", None) is None:
        raise VideoError(
            f"{shown}: expected a video, received one in a coding that is not known "
            "here. Save it as MP4 (H.264) and try again."
        )
    pixels = (stream.width or 0) * (stream.height or 0)
    if pixels > MOST_PIXELS:
        raise VideoError(
            f"{shown}: expected frames of at most {MOST_PIXELS:,} pixels, received "
            f"{stream.width:,} × {stream.height:,}. Make it smaller and try again."
        )
    # A frame may be larger than the header says: the decoder refuses it then.
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    stream.thread_type = "SLICE" if pixels > 4096 * 2304 else "AUTO"
    return stream


def _start(path: Path, shown: str) -> bytes:
    """The first bytes of what may be a video."""
    if path.is_dir():
        raise VideoError(f"{shown}: expected a video file, received a folder.")
    if not path.is_file():
        raise VideoError(f"{shown}: expected a video file, found none there.")
    with path.open("rb") as stream:
        start = stream.read(_START_BYTES)
    if not start:
        raise VideoError(
            f"{shown}: expected a video, received an empty file. Copy or download it again."
        )
    # By the first brand alone: a video may name a picture's further on.
    picture = picture_format(start[:12] if start[4:8] == b"ftyp" else start)
    if picture not in (None, "GIF"):
        raise VideoError(
            f"{shown}: expected a video ({_names()}), received a {picture} picture. "
            "Open it as a photo."
        )
    return start


def _names() -> str:
    return ", ".join(suffix[1:].upper() for suffix in SUPPORTED_SUFFIXES)
