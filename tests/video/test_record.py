"""What was read from a video comes back as it was, from a file that is still being written too."""

from pathlib import Path

import numpy as np
import pytest

from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FaceQuality, FrameAnalysis
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.errors import VideoError
from fer_core.domain.faces import Face
from fer_core.video.record import RecordHeader, RecordWriter, VideoRecord

HEADER = RecordHeader("clip.mp4", FER7_LABELS, (640, 480), "default", "yunet")


def face(track_id: int | None, seed: int, with_landmarks: bool = True) -> AnalyzedFace:
    """A face whose numbers are multiples of 1/8 where float32 would round them."""
    rng = np.random.default_rng(seed)
    x, y, side = (float(v) / 8 for v in rng.integers(100, 2000, 3))
    points = tuple((x + k, y + 2.5 * k) for k in range(5)) if with_landmarks else ()
    shares = rng.dirichlet(np.ones(len(FER7_LABELS)))
    return AnalyzedFace(
        Face((x, y, side, side + 1), 0.75, points),
        EmotionScores(FER7_LABELS, tuple(shares.tolist())),
        FaceQuality(side, 80.5, 0.5, 3.25 if with_landmarks else None),
        track_id,
    )


def frames(count: int = 5) -> list[FrameAnalysis]:
    """Frame 0 without a face, 1 with one, 2 with two, and so on."""
    return [
        FrameAnalysis(
            "clip.mp4",
            (640, 480),
            tuple(face(k + 1, 10 * n + k, with_landmarks=k != 1) for k in range(n)),
            time_s=n / 25,
        )
        for n in range(count)
    ]


def assert_same(read: list[FrameAnalysis], written: list[FrameAnalysis]) -> None:
    assert len(read) == len(written)
    for a, b in zip(read, written, strict=True):
        one, other = a.to_dict(), b.to_dict()
        for mine, its in zip(one.pop("faces"), other.pop("faces"), strict=True):
            assert mine.pop("scores") == pytest.approx(its.pop("scores"), abs=1e-6)
            assert mine.pop("confidence") == pytest.approx(its.pop("confidence"), abs=1e-6)
            assert mine == its
        assert one == other


def write(folder: Path, analyses: list[FrameAnalysis]) -> None:
    with RecordWriter(folder, HEADER) as writer:
        for analysis in analyses:
            writer.add(analysis)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write(tmp_path, frames())
    record = VideoRecord.read(tmp_path)
    assert record.header == HEADER
    assert record.frame_times_s.tolist() == [0.0, 0.04, 0.08, 0.12, 0.16]
    assert_same(list(record.analyses()), frames())
    assert record.faces.dtype["probabilities"].shape == (7,)


def test_a_record_of_analyses_is_the_one_that_is_read_back(tmp_path: Path) -> None:
    write(tmp_path, frames())
    of, read = VideoRecord.of(HEADER, iter(frames())), VideoRecord.read(tmp_path)
    assert of.faces.tobytes() == read.faces.tobytes()
    np.testing.assert_array_equal(of.frame_times_s, read.frame_times_s)


def test_the_frame_of_a_moment_is_the_last_until_then() -> None:
    record = VideoRecord.of(HEADER, iter(frames()))
    assert record.analysis_at(-0.01) is None
    for moment, number in ((0.0, 0), (0.03, 0), (0.04, 1), (0.1, 2), (0.12, 3), (99.0, 4)):
        found = record.analysis_at(moment)
        assert found is not None
        assert_same([found], [frames()[number]])


def test_tracks_are_in_the_order_in_which_they_came() -> None:
    late = FrameAnalysis("clip.mp4", (640, 480), (face(9, 1), face(2, 2)), time_s=0.0)
    again = FrameAnalysis("clip.mp4", (640, 480), (face(2, 3), face(5, 4)), time_s=1.0)
    record = VideoRecord.of(HEADER, iter([late, again]))
    assert record.track_ids() == [9, 2, 5]
    assert record.track(2)["time_s"].tolist() == [0.0, 1.0]
    assert len(record.track(7)) == 0
    kept = record.with_faces(record.faces["track_id"] == 5)
    assert [len(analysis.faces) for analysis in kept.analyses()] == [0, 1]


def test_a_video_without_faces_or_frames_is_a_record(tmp_path: Path) -> None:
    write(tmp_path, [])
    empty = VideoRecord.read(tmp_path)
    assert (list(empty.analyses()), empty.track_ids(), empty.analysis_at(1.0)) == ([], [], None)
    write(tmp_path, frames(1))
    (nobody,) = VideoRecord.read(tmp_path).analyses()
    assert nobody.faces == ()
    assert list(VideoRecord.of(HEADER, iter([])).analyses()) == []


@pytest.mark.parametrize("cut", [1, 8, 9, 100])
def test_a_last_row_that_is_not_whole_is_left_out(tmp_path: Path, cut: int) -> None:
    """A killed writer leaves files that end anywhere."""
    write(tmp_path, frames(6))
    times = tmp_path / "frames.rows"
    times.write_bytes(times.read_bytes()[:-cut] if cut < 40 else b"")
    whole = (48 - cut) // 8 if cut < 40 else 0
    record = VideoRecord.read(tmp_path)
    assert_same(list(record.analyses()), frames(6)[:whole])
    assert len(record.faces) == sum(range(whole))

    write(tmp_path, frames(6))
    faces = tmp_path / "faces.rows"
    faces.write_bytes(faces.read_bytes()[:-cut])
    assert len(VideoRecord.read(tmp_path).faces) == 14  # of 15


def test_a_reader_sees_whole_frames_while_they_are_written(tmp_path: Path) -> None:
    analyses = [
        FrameAnalysis("clip.mp4", (640, 480), (face(1, n),) if n % 9 == 0 else (), time_s=n / 25)
        for n in range(2500)
    ]
    seen = 0
    with RecordWriter(tmp_path, HEADER) as writer:
        for number, analysis in enumerate(analyses):
            writer.add(analysis)
            if number % 100 == 99:
                read = VideoRecord.read(tmp_path)
                count = len(read.frame_times_s)
                # Who has a face in the frames that are there, has it in the record.
                assert len(read.faces) == len(range(0, count, 9))
                assert number + 1 - count <= 1000
                seen = max(seen, count)
        assert seen < 2500
        writer.flush()
        assert_same(list(VideoRecord.read(tmp_path).analyses()), analyses)


def test_a_new_record_replaces_the_one_before(tmp_path: Path) -> None:
    write(tmp_path, frames())
    other = RecordHeader("clip.mp4", ("sad", "happy"), (320, 240), "small", "haar")
    with RecordWriter(tmp_path, other) as writer:
        record = VideoRecord.read(tmp_path)
        assert record.header == other
        assert len(record.faces) == len(record.frame_times_s) == 0
        scores = EmotionScores(("sad", "happy"), (0.25, 0.75))
        found = AnalyzedFace(Face((1, 2, 3, 4), 0.5), scores, FaceQuality(3, 1, 0.5), 1)
        writer.add(FrameAnalysis("clip.mp4", (320, 240), (found,), time_s=0.0))
    (analysis,) = VideoRecord.read(tmp_path).analyses()
    assert analysis.faces == (found,)


def test_what_was_added_before_an_error_is_kept(tmp_path: Path) -> None:
    def killed() -> None:
        with RecordWriter(tmp_path, HEADER) as writer:
            writer.add(frames()[2])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        killed()
    assert_same(list(VideoRecord.read(tmp_path).analyses()), [frames()[2]])


@pytest.mark.parametrize("content", [None, "", "[]", '{"labels": 3}', '{"labels": []}'])
def test_a_folder_that_holds_no_record_is_told(tmp_path: Path, content: str | None) -> None:
    write(tmp_path, frames())
    (tmp_path / "record.json").unlink()
    if content is not None:
        (tmp_path / "record.json").write_text(content)
    with pytest.raises(VideoError, match="Nothing was read of the video"):
        VideoRecord.read(tmp_path)
