"""Faces of a frame joined to those of the frames before: a person keeps the same number."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fer_core.detection.geometry import covered
from fer_core.domain.faces import Face

Vector = npt.NDArray[np.float64]

PATIENCE_S = 1.0
"""How long a face may stay unseen and still come back under its number."""

# In sides of a face, so that near and far faces move alike: a head turns round within some tenths
# of a second, and a detector's box trembles by some hundredths.
_ACCELERATION = 12.0  # sides / s², standard deviation
_JITTER = 0.04  # sides, standard deviation
_FIRST_SPEED = 2.0  # sides / s, standard deviation before anything is known
_COASTS_S = 0.4  # an unseen face slows down in this time

# A face that another one covers in part: its box shrinks from one side, which is no movement. Who
# goes behind somebody comes out on the other side.
_COVERED_SHARE = 0.1
_HEAD_TO_FACE = 1.6  # hair and ears included
_COVERED_SIZE_GAIN = 0.1
_COVERED_COASTS_S = 2.0

# How far a face may be from where it is expected, in sides and in octaves of size together: what
# the filter thinks possible, within reason.
_DEVIATIONS = 3.0
_LEAST_REACH, _MOST_REACH = 0.7, 1.6


class FaceTracker:
    """Gives faces their numbers, and tells where they are between two looks.

    Each face has a Kalman filter of constant velocity over its box, with times as they are: frames
    may come at any pace and be left out. A face goes to the track that expects it nearest by; one
    that nobody expects begins a new track. Only boxes are compared, never what a face looks like.

    Args:
        patience_s: How long a face may stay unseen and still come back under its number.
    """

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._tracks: dict[int, _Track] = {}
        self._next_id = 1

    def update(self, faces: Sequence[Face], time_s: float) -> tuple[int, ...]:
        """Take in the faces of a frame.

        Args:
            faces: All faces of the frame, in its pixels.
            time_s: When it was taken, in seconds; earlier than the last one's counts as that.

        Returns:
            The number of each face, from 1, in their order; a number is never given twice.
        """
        self._forget(time_s)
        ids: dict[int, int] = {}
        free = dict(self._tracks)
        for _, index, track_id in self._by_distance(faces, time_s):
            if index not in ids and track_id in free:
                ids[index] = track_id
                free.pop(track_id).see(faces[index], time_s, _is_covered(faces[index], faces))
        for index, face in enumerate(faces):
            if index not in ids:
                ids[index] = self._next_id
                self._tracks[self._next_id] = _Track(face, time_s)
                self._next_id += 1
        return tuple(ids[index] for index in range(len(faces)))

    def expected(self, track_id: int, time_s: float) -> Face | None:
        """A face where it should be at a moment, seen or not; None once it is forgotten."""
        track = self._tracks.get(track_id)
        if track is None or time_s - track.time_s > self._patience_s:
            return None
        return track.expected(time_s)

    def seen_since(self, time_s: float) -> tuple[int, ...]:
        """Numbers of the faces that were seen at that moment or later, the oldest first."""
        return tuple(i for i, track in self._tracks.items() if track.time_s >= time_s)

    def _forget(self, time_s: float) -> None:
        gone = [
            track_id
            for track_id, track in self._tracks.items()
            if time_s - track.time_s > self._patience_s
        ]
        for track_id in gone:
            del self._tracks[track_id]

    def _by_distance(self, faces: Sequence[Face], time_s: float) -> list[tuple[float, int, int]]:
        """(distance, index of the face, number of the track) within reach, the nearest first."""
        pairs = []
        for track_id, track in self._tracks.items():
            expected, reach = track.expected(time_s), track.reach(time_s)
            for index, face in enumerate(faces):
                distance = _distance(expected, face)
                if distance < reach:
                    pairs.append((distance, index, track_id))
        return sorted(pairs)


@dataclass(slots=True)
class _Motion:
    """Position and speed of a box (centre x and y, width, height), and how sure they are.

    All four numbers are as sure as each other, so that one 2×2 covariance, in sides, serves them.
    """

    place: Vector
    speed: Vector
    covariance: Vector

    def after(self, seconds: float, coasts_s: float) -> "_Motion":
        """The motion some time later, unseen meanwhile and slowing down in `coasts_s`."""
        coasting = coasts_s * (1 - math.exp(-seconds / coasts_s))
        step = np.array([[1.0, seconds], [0.0, 1.0]])
        push = np.array([seconds**2 / 2, seconds]) * _ACCELERATION
        return _Motion(
            self.place + self.speed * coasting,
            self.speed * math.exp(-seconds / coasts_s),
            step @ self.covariance @ step.T + np.outer(push, push),
        )

    def seen_in_part(self, place: Vector) -> "_Motion":
        """The motion once a part of the face is seen: where it is, but not how fast it goes."""
        size = self.place[2:] + _COVERED_SIZE_GAIN * (place[2:] - self.place[2:])
        return _Motion(
            np.concatenate([place[:2], size]),
            np.concatenate([self.speed[:2], np.zeros(2)]),
            self.covariance,
        )

    def seen(self, place: Vector) -> "_Motion":
        """The motion once the box is seen at a place."""
        gain = self.covariance[:, 0] / (self.covariance[0, 0] + _JITTER**2)
        surprise = place - self.place
        return _Motion(
            self.place + gain[0] * surprise,
            self.speed + gain[1] * surprise,
            self.covariance - np.outer(gain, self.covariance[0]),
        )


class _Track:
    """One face over time."""

    def __init__(self, face: Face, time_s: float) -> None:
        self.face = face
        self.time_s = time_s
        covariance = np.diag([_JITTER**2, _FIRST_SPEED**2])
        self._motion = _Motion(_place(face), np.zeros(4), covariance)
        # A face that nobody sees slows down: it turned, or went behind something.
        self._coasts_s = _COASTS_S

    def see(self, face: Face, time_s: float, is_covered: bool) -> None:
        """Take in where the face is now, and whether another one hides a part of it."""
        motion, place = self._motion_at(time_s), _place(face)
        self._motion = motion.seen_in_part(place) if is_covered else motion.seen(place)
        self._coasts_s = _COVERED_COASTS_S if is_covered else _COASTS_S
        self.face, self.time_s = face, max(self.time_s, time_s)

    def expected(self, time_s: float) -> Face:
        """The face as last seen, moved to where it should be."""
        x, y, width, height = self._motion_at(time_s).place.tolist()
        old_x, old_y = self.face.centre_xy
        # No face doubles or halves within a moment, whatever two boxes in a row suggest.
        factor = min(max(max(width, height) / self.face.side_px, 0.5), 2.0)
        return self.face.mapped(factor, x - old_x * factor, y - old_y * factor)

    def reach(self, time_s: float) -> float:
        """How far from there it may be, as `_distance` measures."""
        deviation = math.sqrt(self._motion_at(time_s).covariance[0, 0])
        return min(max(_DEVIATIONS * deviation, _LEAST_REACH), _MOST_REACH)

    def _motion_at(self, time_s: float) -> _Motion:
        return self._motion.after(max(0.0, time_s - self.time_s), self._coasts_s)


def _place(face: Face) -> Vector:
    return np.array([*face.centre_xy, *face.box_xywh[2:]])


def _is_covered(face: Face, faces: Sequence[Face]) -> bool:
    """Whether a larger face's head lies over a part of it."""
    return any(
        other.side_px > face.side_px and covered(face, _head(other)) > _COVERED_SHARE
        for other in faces
    )


def _head(face: Face) -> Face:
    x, y = face.centre_xy
    return face.mapped(_HEAD_TO_FACE, x * (1 - _HEAD_TO_FACE), y * (1 - _HEAD_TO_FACE))


def _distance(a: Face, b: Face) -> float:
    """How far two faces are apart: sides between their centres, and octaves between their sizes."""
    (ax, ay), (bx, by) = a.centre_xy, b.centre_xy
    apart = math.hypot(ax - bx, ay - by) / math.sqrt(a.side_px * b.side_px)
    return apart + abs(math.log2(a.side_px / b.side_px))
