"""Records for tests, written by hand: who shows what, when."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FaceQuality, FrameAnalysis
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.faces import Face
from fer_core.video.record import RecordHeader, VideoRecord
from fer_core.video.view import VideoView

FPS = 25
BOXES = {1: (100.0, 120.0, 120.0, 150.0), 2: (400.0, 100.0, 100.0, 130.0)}
LANDMARKS = ((130.0, 170.0), (190.0, 170.0), (160.0, 200.0), (135.0, 235.0), (185.0, 235.0))

Shows = Callable[[float], str | None]
"""What somebody shows at a time; None while they are away."""


def scores(emotion: str, share: float = 0.8) -> EmotionScores:
    """One label that leads, the others alike."""
    rest = (1 - share) / (len(FER7_LABELS) - 1)
    probabilities = tuple(share if label == emotion else rest for label in FER7_LABELS)
    return EmotionScores(FER7_LABELS, probabilities)


def view_of(
    shown: Mapping[int, Shows],
    seconds: float = 4.0,
    times_s: Iterable[float] | None = None,
    source: str = "clip.mp4",
    size_wh: tuple[int, int] = (640, 480),
    share: float = 0.8,
    **wishes: Any,
) -> VideoView:
    """A video of people, each at the same place all the time.

    Args:
        shown: For each number what they show.
        seconds: How long.
        times_s: When the frames are; by `FPS` if not given.
        source: The video's name.
        size_wh: Of its frames.
        share: Probability of what they show.
        wishes: Further fields of `VideoView`.
    """
    times = np.arange(round(seconds * FPS)) / FPS if times_s is None else list(times_s)
    frames = []
    for time_s in map(float, times):
        emotions = {person: shows(time_s) for person, shows in shown.items()}
        faces = tuple(
            AnalyzedFace(
                Face(BOXES[person], 0.9, LANDMARKS if person == 1 else ()),
                scores(emotion, share),
                FaceQuality(120.0, 210.5, 0.5, -3.2 if person == 1 else None),
                person,
            )
            for person, emotion in emotions.items()
            if emotion
        )
        frames.append(FrameAnalysis(source, size_wh, faces, time_s=time_s))
    header = RecordHeader(source, FER7_LABELS, size_wh, "tiny", "yunet")
    return VideoView(VideoRecord.of(header, iter(frames)), **wishes)
