"""What was read from a video, as columns: a row a face and frame, appended to files as it comes.

Two hours of one face, every frame, are 30 MB. A file whose writer was killed is read up to its last
whole row.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
import numpy.typing as npt

from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FaceQuality, FrameAnalysis
from fer_core.domain.errors import VideoError
from fer_core.domain.faces import LANDMARK_NAMES, Face
from fer_core.domain.whole_files import write_whole

Rows = npt.NDArray[np.void]
Times = npt.NDArray[np.float64]

_MOST_WAITING_BYTES = 8 * 1000  # times of a thousand frames

_HEADER_FILE, _FACES_FILE = "record.json", "faces.rows"
FRAMES_FILE = "frames.rows"
"""Grows with every frame, after all else of it is written."""


def _row_type(labels: int) -> np.dtype[np.void]:
    return np.dtype(
        [
            ("time_s", "<f8"),
            ("track_id", "<u4"),
            ("box_xywh", "<f4", 4),
            ("score", "<f4"),
            ("landmarks", "<f4", (len(LANDMARK_NAMES), 2)),  # nan without
            ("size_px", "<f4"),
            ("sharpness", "<f4"),
            ("brightness", "<f4"),
            ("roll_deg", "<f4"),  # nan without
            ("probabilities", "<f4", labels),
        ]
    )


@dataclass(frozen=True, slots=True)
class RecordHeader:
    """What all rows share.

    Attributes:
        source: The video's name as the user knows it.
        labels: Class names, in the order of the probabilities.
        size_wh: Width and height of the frames that the boxes are in pixels of.
        model: Name of the model.
        detector: Name of the detector.
    """

    source: str
    labels: tuple[str, ...]
    size_wh: tuple[int, int]
    model: str
    detector: str


@dataclass(frozen=True, slots=True, eq=False)
class VideoRecord:
    """All that was read from a video until now.

    Attributes:
        header: What all rows share.
        faces: One row for each face and frame, in the order of the frames. Fields: time_s,
            track_id, box_xywh (N, 4), score, landmarks (N, 5, 2), size_px, sharpness,
            brightness, roll_deg, probabilities (N, K), as the network gave them.
        frame_times_s: (M,) float64, of every frame that was read, with faces or without.
    """

    header: RecordHeader
    faces: Rows
    frame_times_s: Times = field(default_factory=lambda: np.empty(0))

    @classmethod
    def of(cls, header: RecordHeader, analyses: Iterator[FrameAnalysis]) -> "VideoRecord":
        """The record of analyses, in their order."""
        rows, times = [], []
        for analysis in analyses:
            times.append(analysis.time_s or 0.0)
            rows += _rows(analysis)
        return cls(header, np.array(rows, _row_type(len(header.labels))), np.array(times))

    @classmethod
    def read(cls, folder: Path) -> "VideoRecord":
        """Read what a `RecordWriter` has written until now.

        Raises:
            VideoError: Nothing was.
        """
        try:
            values = json.loads((folder / _HEADER_FILE).read_text(encoding="utf-8"))
            values |= {name: tuple(values[name]) for name in ("labels", "size_wh")}
            header = RecordHeader(**values)
            faces = _whole_rows(folder / _FACES_FILE, _row_type(len(header.labels)))
            times = _whole_rows(folder / FRAMES_FILE, np.dtype("<f8"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise VideoError(f"Nothing was read of the video in {folder} yet.") from error
        # Times are written after the faces of their frame: a face without its time is not whole.
        last = times[-1] if len(times) else -1.0
        return cls(header, faces[faces["time_s"] <= last], times)

    def with_faces(self, kept: npt.NDArray[np.bool_]) -> "VideoRecord":
        """The same record with only some of its rows."""
        return replace(self, faces=self.faces[kept])

    def track_ids(self) -> list[int]:
        """Numbers of all faces, in the order in which they came."""
        ids, first = np.unique(self.faces["track_id"], return_index=True)
        return [int(ids[index]) for index in np.argsort(first)]

    def track(self, track_id: int) -> Rows:
        """The rows of one face."""
        return np.asarray(self.faces[self.faces["track_id"] == track_id])

    def analyses(self) -> Iterator[FrameAnalysis]:
        """Each frame as it was read, without the time that it took."""
        starts = np.searchsorted(self.faces["time_s"], self.frame_times_s, side="left")
        ends = np.append(starts, len(self.faces))[1:]
        for time_s, start, end in zip(self.frame_times_s.tolist(), starts, ends, strict=True):
            yield self._analysis(self.faces[start:end], time_s)

    def analysis_at(self, time_s: float) -> FrameAnalysis | None:
        """The last frame until a moment; None before the first."""
        index = int(np.searchsorted(self.frame_times_s, time_s + 1e-3, side="right")) - 1
        if index < 0:
            return None
        at_s = float(self.frame_times_s[index])
        start, end = np.searchsorted(self.faces["time_s"], [at_s, np.nextafter(at_s, np.inf)])
        return self._analysis(self.faces[start:end], at_s)

    def _analysis(self, rows: Rows, time_s: float) -> FrameAnalysis:
        faces = tuple(_face(row, self.header.labels) for row in rows)
        return FrameAnalysis(self.header.source, self.header.size_wh, faces, time_s=time_s)


class RecordWriter:
    """Appends analyses to a folder's files; `flush` shows them to readers.

    Args:
        folder: An existing folder; what an earlier record left in it is replaced.
        header: What all rows share.

    Raises:
        OSError: It cannot be written.
    """

    def __init__(self, folder: Path, header: RecordHeader) -> None:
        self._type = _row_type(len(header.labels))
        self._times = bytearray()  # not written yet
        for name in (_FACES_FILE, FRAMES_FILE):  # first: rows of before may be of another kind
            (folder / name).write_bytes(b"")
        write_whole(folder / _HEADER_FILE, json.dumps(asdict(header)).encode())
        self._faces: BinaryIO = (folder / _FACES_FILE).open("wb")
        self._frames: BinaryIO = (folder / FRAMES_FILE).open("wb")

    def add(self, analysis: FrameAnalysis) -> None:
        """Append a frame, no earlier than the one before."""
        rows = _rows(analysis)
        if rows:
            self._faces.write(np.array(rows, self._type).tobytes())
        self._times += np.array([analysis.time_s or 0.0], "<f8").tobytes()
        if len(self._times) >= _MOST_WAITING_BYTES:
            self.flush()

    def flush(self) -> None:
        """Let readers see all that was added."""
        self._faces.flush()  # first: a time tells that its faces are there
        self._frames.write(self._times)
        self._frames.flush()
        self._times.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.flush()
        finally:
            self._frames.close()
            self._faces.close()


def _rows(analysis: FrameAnalysis) -> list[tuple[Any, ...]]:
    nowhere = ((np.nan, np.nan),) * len(LANDMARK_NAMES)
    return [
        (
            analysis.time_s or 0.0,
            face.track_id or 0,
            face.face.box_xywh,
            face.face.score,
            face.face.landmarks_xy or nowhere,
            face.quality.size_px,
            face.quality.sharpness,
            face.quality.brightness,
            np.nan if face.quality.roll_deg is None else face.quality.roll_deg,
            face.scores.probabilities,
        )
        for face in analysis.faces
    ]


def _face(row: np.void, labels: tuple[str, ...]) -> AnalyzedFace:
    points = row["landmarks"]
    landmarks = () if np.isnan(points[0, 0]) else tuple((float(x), float(y)) for x, y in points)
    roll = float(row["roll_deg"])
    return AnalyzedFace(
        Face(tuple(map(float, row["box_xywh"])), float(row["score"]), landmarks),  # type: ignore[arg-type]  # four
        EmotionScores(labels, tuple(map(float, row["probabilities"]))),
        FaceQuality(
            float(row["size_px"]),
            float(row["sharpness"]),
            float(row["brightness"]),
            None if np.isnan(roll) else roll,
        ),
        int(row["track_id"]) or None,
    )


def _whole_rows(path: Path, row: np.dtype[Any]) -> npt.NDArray[Any]:
    data = path.read_bytes()
    return np.frombuffer(data[: len(data) - len(data) % row.itemsize], row)
