"""The one reader of video files: frames as upright RGB arrays with their true times."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import av.error
import numpy as np
import numpy.typing as npt
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from fer_core.domain.errors import VideoError
from fer_core.domain.file_names import display_name
from fer_core.video.opening import open_video, video_stream

MOST_SIDE = 1920
"""Frames longer than this are made smaller while they are decoded."""

_TICK_S = 1e-3  # times are rounded to the container's ticks
_APART_S = 1e-4  # frames of one time are told apart by this
_ODDEST_PIXEL = 8.0  # wider or narrower ones are a header's error
_SLACK_S = 0.5  # a container's duration may count a last frame's or the sound's end
_PATIENCE_PACKETS = 500  # so many damaged packets in a row, and nothing more is expected


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a file says of itself, before it is read; any of it may be wrong.

    Attributes:
        name: The file's name as the user knows it.
        size_wh: Width and height of the frames that `VideoReader` gives, upright.
        coded_wh: Width and height as stored.
        duration_s: None where the file does not tell.
        fps: Average frames a second; None where the file does not tell.
        container: The format, as FFmpeg calls it.
        has_audio: Whether there is sound.
    """

    name: str
    size_wh: tuple[int, int]
    coded_wh: tuple[int, int]
    duration_s: float | None
    fps: float | None
    container: str
    has_audio: bool


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A frame, and when it is shown.

    Attributes:
        time_s: Seconds since the first frame's time in the file; always grows.
        image_rgb: (H, W, 3) RGB uint8, upright.
    """

    time_s: float
    image_rgb: npt.NDArray[np.uint8]


class VideoReader:
    """Reads a file from its beginning, one frame at a time; what it holds does not grow.

    Packets that cannot be decoded are skipped and counted. All frames have the size of the first:
    later ones of another shape get black bars. Not for several threads, or two readings at once.

    Args:
        path: The file.
        name: What the user calls it; its own name if not given.

    Raises:
        VideoError: It is missing, empty, no video, or larger than `MOST_PIXELS` a frame.
    """

    def __init__(self, path: str | Path, name: str | None = None) -> None:
        self.path = Path(path)
        self._shown = display_name(name or str(path))
        self.skipped = 0
        """Packets that could not be decoded until now."""
        self.read_to_s = 0.0
        """Time of the last frame that was decoded."""
        self._is_read_to_end = False
        self._origin_s = 0.0
        self._container = open_video(self.path, self._shown)
        try:
            self._stream = video_stream(self._container, self._shown)
            first = self._first_frame()
        except BaseException:
            self._container.close()
            raise
        self._size_wh = _shown_size(first, self._stream)
        rate = self._stream.average_rate
        self.info = VideoInfo(
            self._shown,
            self._size_wh,
            (first.width, first.height),
            self._duration_s(),
            float(rate) if rate else None,
            self._container.format.name,
            bool(self._container.streams.audio),
        )

    def frames(
        self, start_s: float = 0.0, end_s: float | None = None, most_fps: float | None = None
    ) -> Iterator[Frame]:
        """The frames of a part of the video, in order.

        Args:
            start_s: Where to begin, in seconds since the first frame.
            end_s: Where to end; None for the end of the file.
            most_fps: At most so many frames a second, evenly; None for every frame.
        """
        self.skipped, self.read_to_s, self._is_read_to_end = 0, 0.0, False
        due_s, step_s = start_s, 1.0 / most_fps if most_fps else 0.0
        for frame, time_s in self._decoded_from(start_s):
            if end_s is not None and time_s > end_s + _TICK_S:
                return
            self.read_to_s = time_s
            if time_s < due_s - _TICK_S:
                continue
            due_s = max(due_s + step_s, time_s + step_s / 2)
            yield Frame(time_s, self._image(frame))
        self._is_read_to_end = True

    def frame_at(self, time_s: float) -> Frame | None:
        """The frame that is shown at a moment; None if nothing can be decoded there."""
        skipped, last = self.skipped, None
        for frame, at_s in self._decoded_from(time_s):
            if last is not None and at_s > time_s + _TICK_S:
                break
            last = frame, at_s
        self.skipped = skipped  # counts the reading's only
        return None if last is None else Frame(last[1], self._image(last[0]))

    def cut_short_at_s(self) -> float | None:
        """Where the file ended before its time, once `frames` came to its end; else None."""
        duration = self.info.duration_s
        if duration is None or not self._is_read_to_end:
            return None
        frame_s = 1 / self.info.fps if self.info.fps else 0.0
        missing = duration - self.read_to_s - frame_s
        return self.read_to_s if missing > max(_SLACK_S, 0.02 * duration) else None

    @property
    def origin_s(self) -> float:
        """The first frame's time in the file, which the sound's times are to be lessened by."""
        return self._origin_s

    def opened_again(self) -> av.container.InputContainer:
        """The file once more, to read its sound beside the frames; whoever asks closes it."""
        return open_video(self.path, self._shown)

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _first_frame(self) -> VideoFrame:
        for frame in self._whole_frames():
            self._origin_s = frame.time or 0.0
            return frame
        raise VideoError(
            f"{self._shown}: expected a video, received one without a frame that can be decoded. "
            "Copy or download it again, or save it anew as MP4."
        )

    def _duration_s(self) -> float | None:
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base)
        return self._container.duration / av.time_base if self._container.duration else None

    def _decoded_from(self, time_s: float) -> Iterator[tuple[VideoFrame, float]]:
        """Frames with their times, from the one that is shown at a moment or from an earlier."""
        self._seek(time_s)
        frames = self._decoded()
        first = next(frames, None)
        if time_s > 0 and (first is None or first[1] > time_s + _TICK_S):
            # The file's index is wrong, or the moment lies behind its end.
            self.skipped = 0
            self._seek(0.0)
            frames = self._decoded()
            first = next(frames, None)
        if first is not None:
            yield first
            yield from frames

    def _seek(self, time_s: float) -> None:
        """Go to the last key frame before a moment, or to the beginning."""
        base = self._stream.time_base or Fraction(1, av.time_base)
        # Each frame of a GIF says that it is a key frame, and changes only a part of the picture.
        is_start = time_s <= 0 or self._container.format.name == "gif"
        with contextlib.suppress(av.error.FFmpegError, OverflowError):
            # Before the beginning where the beginning is meant: some files start below zero.
            origin = min(0, int(self._origin_s / base)) - 1
            target = origin if is_start else int((time_s + self._origin_s) / base)
            self._container.seek(target, stream=self._stream, backward=True)
            return
        self._container.close()
        self._container = open_video(self.path, self._shown)
        self._stream = video_stream(self._container, self._shown)

    def _decoded(self) -> Iterator[tuple[VideoFrame, float]]:
        """Frames from where the file stands, with their times."""
        usual_s = 1 / float(self._stream.average_rate) if self._stream.average_rate else 0.04
        last_s = -1.0
        for frame in self._whole_frames():
            time_s = last_s + usual_s if frame.time is None else frame.time - self._origin_s
            last_s = max(time_s, last_s + _APART_S, 0.0)
            yield frame, last_s

    def _whole_frames(self) -> Iterator[VideoFrame]:
        """Frames from where the file stands; what cannot be decoded is skipped."""
        failures = 0
        for packet in self._packets():
            try:
                frames = self._stream.decode(packet)
                failures = 0
            except av.error.EOFError:
                return
            except (av.error.FFmpegError, MemoryError):
                self.skipped += 1
                failures += 1
                if failures >= _PATIENCE_PACKETS:
                    return
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self.skipped += 1
                else:
                    yield frame

    def _packets(self) -> "Iterator[Packet[VideoStream] | None]":
        """Packets from where the file stands; the last, an empty one, makes the decoder finish."""
        packets, failures = self._container.demux(self._stream), 0
        while failures < _PATIENCE_PACKETS:
            try:
                packet = next(packets, None)
            except (av.error.FFmpegError, MemoryError):
                failures += 1
                packets = self._container.demux(self._stream)  # the old one has ended by this
                continue
            if packet is None:
                return
            if packet.size:
                self.skipped += failures  # in the middle; behind the last, the file is cut short
                failures = 0
            yield packet
        yield None

    def _image(self, frame: VideoFrame) -> npt.NDArray[np.uint8]:
        width, height = _shown_size(frame, self._stream)
        whole_w, whole_h = self._size_wh
        factor = min(whole_w / width, whole_h / height)
        width, height = max(1, round(width * factor)), max(1, round(height * factor))
        turns = _quarter_turns(frame)
        stored = (height, width) if turns % 2 else (width, height)
        image = frame.to_ndarray(width=stored[0], height=stored[1], format="rgb24")
        upright = np.ascontiguousarray(np.rot90(image, turns) if turns else image, np.uint8)
        if (width, height) == self._size_wh:
            return upright
        left, top = (whole_w - width) // 2, (whole_h - height) // 2
        whole = np.zeros((whole_h, whole_w, 3), np.uint8)
        whole[top : top + height, left : left + width] = upright
        return whole


def _quarter_turns(frame: VideoFrame) -> int:
    """Quarter turns, counter-clockwise, that bring a frame upright."""
    return round(frame.rotation / 90) % 4


def _shown_size(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height of a frame as given out: square pixels, upright, within `MOST_SIDE`."""
    aspect = float(stream.sample_aspect_ratio or 1)
    if not 1 / _ODDEST_PIXEL <= aspect <= _ODDEST_PIXEL:
        aspect = 1.0
    width, height = frame.width * aspect, float(frame.height)
    if _quarter_turns(frame) % 2:
        width, height = height, width
    factor = min(1.0, MOST_SIDE / max(width, height))
    return max(1, round(width * factor)), max(1, round(height * factor))
