"""Writes a video out again with its faces drawn in, as MP4 that browsers play, with its sound."""

import collections
import contextlib
import itertools
import math
import os
import secrets
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import av.error
import cv2
import numpy as np
import numpy.typing as npt
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, Colorspace, ColorTrc
from av.video.stream import VideoStream

from fer_core.domain.analysis import FrameAnalysis
from fer_core.domain.errors import VideoError
from fer_core.inference.overlay import Overlay, draw_overlay, overlay_for
from fer_core.video.reading import Frame, VideoReader
from fer_core.video.record import VideoRecord
from fer_core.video.sound import carried_sound
from fer_core.video.view import VideoView

Tell = Callable[[float], bool]

CARRIED_S = 0.5
"""So long the faces of a frame that was read stay on those behind it that were not."""

_TIME_BASE = Fraction(1, 90_000)  # divides the usual frame rates evenly
_KEY_EVERY_S = 2.0  # a player jumps from one key frame to the next
_USUAL_FPS = 25
_TELL_EVERY_S = 0.2
_MPEG_RANGE = 1  # FFmpeg's AVCOL_RANGE_MPEG


def annotate_video(
    path: Path,
    view: VideoView,
    target: Path,
    *,
    tell: Tell | None = None,
    start_s: float = 0.0,
    end_s: float | None = None,
    overlay: Overlay | None = None,
) -> None:
    """Write a video with its faces drawn in: H.264 in MP4, each frame at its own time.

    The sound is copied as it is where MP4 may hold it, else coded anew as AAC. Frames go through
    one by one: what is held does not grow with the length.

    Args:
        path: The video that the view is of.
        view: What was read of it: `VideoView.persons` are drawn, smoothed, under their names.
        target: The file to write; one that is there is replaced once the new one is whole.
        tell: Is told now and then which share is done, 0 to 1; answers False to end it.
        start_s: Where to begin, in seconds since the first frame.
        end_s: Where to end; None for the end of the file.
        overlay: What to draw; boxes and names if not given, and bars where there is one face alone.

    Raises:
        VideoError: The video cannot be read, the target cannot be written, or `tell` ended it.
            Nothing is left then.
    """
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with VideoReader(path, view.raw.header.source) as reader:
            until_s = min(end_s or math.inf, reader.info.duration_s or math.inf)
            progress = _Progress(tell, start_s, until_s)
            frames = reader.frames(start_s, end_s)
            drawn = _drawn(frames, view, overlay, start_s)
            with contextlib.closing(drawn):
                _write(reader, drawn, fresh, end_s, progress)
        fresh.replace(target)
    except (av.error.FFmpegError, OSError) as error:
        raise VideoError(
            f"{target.name} cannot be written ({error.strerror}). Make room and try again."
        ) from error
    finally:
        fresh.unlink(missing_ok=True)


class _Progress:
    """Tells how far it is, not too often."""

    def __init__(self, tell: Tell | None, start_s: float, end_s: float) -> None:
        self._tell, self._start_s, self._end_s = tell, start_s, end_s
        self._told_at = -math.inf

    def is_at(self, time_s: float) -> None:
        """A frame is written.

        Raises:
            VideoError: Somebody wants no more.
        """
        if time.monotonic() > self._told_at + _TELL_EVERY_S:
            self._told_at = time.monotonic()
            share = (time_s - self._start_s) / max(self._end_s - self._start_s, 1e-9)
            self._say(min(max(share, 0.0), 1.0))

    def is_done(self) -> None:
        """All is written."""
        self._say(1.0)

    def _say(self, share: float) -> None:
        if self._tell is not None and not self._tell(share):
            raise VideoError("Cancelled.")


def _write(
    reader: VideoReader,
    drawn: Iterator[tuple[float, VideoFrame]],
    target: Path,
    end_s: float | None,
    progress: _Progress,
) -> None:
    first = next(drawn, None)
    if first is None:
        raise VideoError(f"{reader.info.name}: expected frames in the part, found none there.")
    start_s, picture = first
    options = {"movflags": "+faststart"}
    with av.open(str(target), "w", format="mp4", options=options) as container:
        stream = _video_stream(container, picture, reader.info.fps or _USUAL_FPS)
        with carried_sound(reader, container, start_s, end_s) as sound_until:
            for time_s, each in itertools.chain([first], drawn):
                each.pts, each.time_base = round((time_s - start_s) / _TIME_BASE), _TIME_BASE
                container.mux(stream.encode(each))
                sound_until(time_s - start_s)
                progress.is_at(time_s)
            container.mux(stream.encode())
            sound_until(math.inf)
    progress.is_done()


def _video_stream(container: OutputContainer, picture: VideoFrame, fps: float) -> VideoStream:
    rate = Fraction(min(max(fps, 1.0), 240.0)).limit_denominator(1001)
    options = {"preset": "veryfast", "crf": "23"}
    stream = container.add_stream("libx264", rate, options)
    stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "yuv420p"
    stream.time_base = stream.codec_context.time_base = _TIME_BASE
    stream.codec_context.gop_size = math.ceil(_KEY_EVERY_S * rate)
    stream.codec_context.colorspace = Colorspace.ITU709
    stream.codec_context.color_primaries = ColorPrimaries.BT709
    stream.codec_context.color_trc = ColorTrc.BT709
    stream.codec_context.color_range = _MPEG_RANGE
    return stream


def _drawn(
    frames: Iterator[Frame], view: VideoView, overlay: Overlay | None, start_s: float
) -> Generator[tuple[float, VideoFrame], None, None]:
    """Pictures to encode with their times; some are drawn at once, while others are encoded."""
    names = dict(view.people.names)

    def draw(frame: Frame, analysis: FrameAnalysis | None) -> VideoFrame:
        shown = overlay or overlay_for(analysis)
        return _picture(draw_overlay(frame.image_rgb, analysis, shown, names=names))

    cores = os.cpu_count() or 1
    waiting: collections.deque[tuple[float, Future[VideoFrame]]] = collections.deque()
    with ThreadPoolExecutor(cores, thread_name_prefix="draw") as pool:
        for frame, analysis in _carried(frames, _part(view, start_s)):
            waiting.append((frame.time_s, pool.submit(draw, frame, analysis)))
            if len(waiting) > 2 * cores:
                time_s, future = waiting.popleft()
                yield time_s, future.result()
        for time_s, future in waiting:
            yield time_s, future.result()


def _part(view: VideoView, start_s: float) -> Iterator[FrameAnalysis]:
    """What is shown from a moment on, smoothed, without those who were hardly seen."""
    record = view.smoothed
    is_drawn = np.isin(record.faces["track_id"], view.persons)
    from_s = start_s - CARRIED_S
    faces = record.faces[is_drawn & (record.faces["time_s"] >= from_s)]
    times = record.frame_times_s[record.frame_times_s >= from_s]
    return VideoRecord(record.header, faces, times).analyses()


def _carried(
    frames: Iterator[Frame], analyses: Iterator[FrameAnalysis]
) -> Iterator[tuple[Frame, FrameAnalysis | None]]:
    """Each frame with its own faces, or with those of one shortly before."""
    current, following = None, next(analyses, None)
    for frame in frames:
        # A thousandth: times are rounded to the container's ticks.
        while following is not None and (following.time_s or 0.0) <= frame.time_s + 1e-3:
            current, following = following, next(analyses, None)
        is_fresh = current is not None and frame.time_s - (current.time_s or 0.0) <= CARRIED_S
        yield frame, current if is_fresh else None


def _picture(image_rgb: npt.NDArray[np.uint8]) -> VideoFrame:
    """A frame as H.264 takes it: even sides, half the colour."""
    bottom, right = image_rgb.shape[0] % 2, image_rgb.shape[1] % 2
    even = cv2.copyMakeBorder(image_rgb, 0, bottom, 0, right, cv2.BORDER_REPLICATE)
    return VideoFrame.from_ndarray(np.asarray(even, np.uint8), format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=_MPEG_RANGE
    )
