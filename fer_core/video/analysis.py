"""A video's frames go in, a `FrameAnalysis` of each comes out, with the same number for a face."""

import collections
import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import numpy as np
import numpy.typing as npt

from fer_core.detection.geometry import carried
from fer_core.domain.analysis import FrameAnalysis
from fer_core.domain.errors import VideoError
from fer_core.domain.faces import Face
from fer_core.domain.scaling import scaled
from fer_core.inference.analyzer import EmotionAnalyzer
from fer_core.inference.tracking import FaceTracker
from fer_core.video.reading import Frame, VideoReader

Faces = dict[int, Face]
Detect = Callable[[Frame], Sequence[Face]]

LOOK_EVERY_S = 0.12
"""Faces are looked for at least so often; a face moves little and evenly in between."""

PATIENCE_S = 2.5
"""How long a face may be hidden and keep its number; longer than live, where nobody can merge."""

_PATIENCE_STEPS = 2.5  # where frames are seconds apart: it may be missed in one

_MOST_BETWEEN = 10
"""Frames between two looks; a film of many frames a second must not fill the memory."""

_MOST_WORKERS = 8  # each has some frames waiting for it, which may be large

DETECTION_SIDE = 480
"""Faces from a twentieth of the picture's height are found at this size."""


@dataclass(frozen=True, slots=True)
class VideoChoices:
    """Which part of a video is read, and how closely.

    Attributes:
        start_s: Where to begin, in seconds.
        end_s: Where to end; None for the end of the video.
        most_fps: At most so many frames a second; None for every frame.
        region: Left, top, width and height of the part to look at, as shares of the picture.
        detection_side: Longer side at which faces are looked for, in pixels; None for as large
            as the frame, which finds smaller faces and takes several times as long.
        min_score: Faces that the detector is less sure of are left out.

    Raises:
        VideoError: A value is out of range.
    """

    start_s: float = 0.0
    end_s: float | None = None
    most_fps: float | None = None
    region: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    detection_side: int | None = DETECTION_SIDE
    min_score: float = 0.5

    def __post_init__(self) -> None:
        if not 0.0 <= self.start_s < math.inf:
            raise VideoError(f"The start must be 0 seconds or later, got {self.start_s:g}.")
        if self.end_s is not None and not self.end_s > self.start_s:
            raise VideoError(
                f"The end must be after the start, got {self.start_s:g} to {self.end_s:g} seconds."
            )
        if self.most_fps is not None and not self.most_fps > 0:
            raise VideoError(f"Frames a second must be more than 0, got {self.most_fps:g}.")
        left, top, width, height = self.region
        is_within = max(left + width, top + height) <= 1.001  # as rounded by whoever drew it
        if not (min(left, top) >= 0 and min(width, height) > 0 and is_within):
            raise VideoError(
                "The region must lie within the picture (left, top, width, height, each as a "
                f"share of it), got {self.region}."
            )
        if self.detection_side is not None and self.detection_side < 64:
            raise VideoError(
                f"detection_side must be 64 pixels or more, got {self.detection_side}."
            )


def analyze_video(
    analyzer: EmotionAnalyzer, reader: VideoReader, choices: VideoChoices | None = None
) -> Iterator[tuple[Frame, FrameAnalysis]]:
    """Read each frame of a video.

    Faces are looked for every `LOOK_EVERY_S`; in the frames between two looks, those that both have
    seen lie on the straight line from one place to the other. Their expressions are read in every
    frame. Some frames are worked on at once, on all cores; no more than these are in memory.

    Args:
        analyzer: Reads the faces.
        reader: The video.
        choices: Which part, and how closely.

    Yields:
        Each frame with its analysis: faces numbered, largest first, in the frame's pixels, with
        the probabilities of that frame alone.
    """
    chosen = choices or VideoChoices()
    frames = reader.frames(chosen.start_s, chosen.end_s, chosen.most_fps)
    detect = partial(_detect, analyzer, chosen)
    workers = min(os.cpu_count() or 1, _MOST_WORKERS)
    tracker = FaceTracker(max(PATIENCE_S, _PATIENCE_STEPS * _step_s(reader, chosen)))
    with ThreadPoolExecutor(workers, thread_name_prefix="video") as pool:

        def read(frame: Frame, faces: Faces) -> FrameAnalysis:
            known = sorted(faces.items(), key=lambda item: -item[1].side_px)
            found = [face for _, face in known]
            analysis = analyzer.read(frame.image_rgb, found, reader.info.name, frame.time_s)
            named = zip(analysis.faces, known, strict=True)
            numbered = tuple(replace(face, track_id=track_id) for face, (track_id, _) in named)
            return replace(analysis, faces=numbered)

        waiting: collections.deque[tuple[Frame, Future[FrameAnalysis]]] = collections.deque()
        for frame, faces in _followed(_looks(pool, detect, frames, workers), detect, tracker):
            waiting.append((frame, pool.submit(read, frame, faces)))
            while len(waiting) > 2 * workers:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()


def _looks(
    pool: ThreadPoolExecutor, detect: Detect, frames: Iterator[Frame], most: int
) -> Iterator[tuple[Frame, Sequence[Face] | None]]:
    """Every frame with the faces found in it, or None where they were not looked for."""
    waiting: collections.deque[tuple[Frame, Future[Sequence[Face]] | None]] = collections.deque()
    looks, due_s, passed = 0, -math.inf, 0
    for frame in frames:
        is_due = frame.time_s >= due_s - 1e-3 or passed >= _MOST_BETWEEN
        passed = 0 if is_due else passed + 1
        if is_due:
            due_s = frame.time_s + LOOK_EVERY_S
            looks += 1
        waiting.append((frame, pool.submit(detect, frame) if is_due else None))
        while looks > most:
            done, future = waiting.popleft()
            looks -= future is not None
            yield done, future.result() if future else None
    for done, future in waiting:
        yield done, future.result() if future else None


def _followed(
    looks: Iterator[tuple[Frame, Sequence[Face] | None]], detect: Detect, tracker: FaceTracker
) -> Iterator[tuple[Frame, Faces]]:
    """Every frame with the places of its faces, by their numbers."""
    before: tuple[float, Faces] = (0.0, {})
    between: list[Frame] = []

    def numbered(faces: Sequence[Face], time_s: float) -> Faces:
        return dict(zip(tracker.update(faces, time_s), faces, strict=True))

    for frame, faces in looks:
        if faces is None:
            between.append(frame)
            continue
        now = frame.time_s, numbered(faces, frame.time_s)
        for passed in between:
            yield passed, _between(before, now, passed.time_s)
        between.clear()
        yield frame, now[1]
        before = now
    for passed in between:  # behind the last look
        yield passed, numbered(detect(passed), passed.time_s)


def _step_s(reader: VideoReader, choices: VideoChoices) -> float:
    """Seconds between two frames, by the header and the choices."""
    rates = [rate for rate in (reader.info.fps, choices.most_fps) if rate]
    return 1 / min(rates) if rates else 0.0


def _between(before: tuple[float, Faces], after: tuple[float, Faces], time_s: float) -> Faces:
    """Faces that two looks have seen, where they are in between."""
    seconds = after[0] - before[0]
    share = (time_s - before[0]) / seconds if seconds > 0 else 0.0
    return {
        track_id: _mixed(face, after[1][track_id], share)
        for track_id, face in before[1].items()
        if track_id in after[1]
    }


def _mixed(one: Face, other: Face, share: float) -> Face:
    """A face on the way from one place to another."""

    def mix(a: Sequence[float], b: Sequence[float]) -> tuple[float, ...]:
        return tuple(x + share * (y - x) for x, y in zip(a, b, strict=True))

    points: tuple[tuple[float, ...], ...] = ()
    if len(one.landmarks_xy) == len(other.landmarks_xy):
        points = tuple(map(mix, one.landmarks_xy, other.landmarks_xy))
    box = mix(one.box_xywh, other.box_xywh)
    return replace(
        one,
        box_xywh=cast("tuple[float, float, float, float]", box),
        score=min(one.score, other.score),
        landmarks_xy=cast("tuple[tuple[float, float], ...]", points),
    )


def _detect(analyzer: EmotionAnalyzer, choices: VideoChoices, frame: Frame) -> Sequence[Face]:
    part, left, top = _region(frame.image_rgb, choices.region)
    side = choices.detection_side or max(part.shape[:2])
    view = scaled(part, min(1.0, side / max(part.shape[:2])))
    return [
        carried(face, view, part).mapped(1.0, left, top)
        for face in analyzer.detector.detect(view)
        if face.score >= choices.min_score
    ]


def _region(
    image: npt.NDArray[np.uint8], region: tuple[float, float, float, float]
) -> tuple[npt.NDArray[np.uint8], int, int]:
    """A part of the image, and where it begins."""
    rows, columns = image.shape[:2]
    left = min(round(region[0] * columns), columns - 1)
    top = min(round(region[1] * rows), rows - 1)
    right = max(left + 1, round((region[0] + region[2]) * columns))
    bottom = max(top + 1, round((region[1] + region[3]) * rows))
    if (left, top, right, bottom) == (0, 0, columns, rows):
        return image, 0, 0
    return np.ascontiguousarray(image[top:bottom, left:right]), left, top
