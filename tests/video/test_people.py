"""What a user says about who is who holds for all that is drawn and summed up."""

from pathlib import Path

import pytest

from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FaceQuality, FrameAnalysis
from fer_core.domain.errors import VideoError
from fer_core.domain.faces import Face
from fer_core.video.people import People
from fer_core.video.record import RecordHeader, VideoRecord

LABELS = ("sad", "happy")


def record(*frames: tuple[int, ...]) -> VideoRecord:
    """Frames a tenth of a second apart, given as the numbers of their faces, largest first."""
    analyses = (
        FrameAnalysis(
            "clip.mp4",
            (640, 480),
            tuple(
                AnalyzedFace(
                    Face((10, 10, 90 - place, 90 - place), 0.9),
                    EmotionScores(LABELS, (0.25, 0.75)),
                    FaceQuality(50, 100, 0.5),
                    track_id,
                )
                for place, track_id in enumerate(numbers)
            ),
            time_s=n / 10,
        )
        for n, numbers in enumerate(frames)
    )
    return VideoRecord.of(RecordHeader("clip.mp4", LABELS, (640, 480), "m", "d"), analyses)


def rows(found: VideoRecord) -> list[tuple[float, int, float]]:
    return [
        (round(float(row["time_s"]), 2), int(row["track_id"]), float(row["box_xywh"][2]))
        for row in found.faces
    ]


def test_without_a_word_all_stay_who_they_are() -> None:
    people = People()
    assert (people.person_of(3), people.name_of(3)) == (3, "Person 3")
    before = record((1, 2), (2,))
    assert rows(people.applied(before)) == rows(before)


def test_a_name_is_given_tidied_and_taken_away() -> None:
    people = People().renamed(2, "  Ada \n Lovelace ").renamed(1, "x" * 99)
    assert people.name_of(2) == "Ada Lovelace"
    assert people.name_of(1) == "x" * 60
    assert people.renamed(2, "Grace").name_of(2) == "Grace"
    assert people.renamed(2, "  ").name_of(2) == "Person 2"
    assert people.name_of(2) == "Ada Lovelace"  # the old value is as it was


def test_two_numbers_become_one_person() -> None:
    people = People().joined(3, into=1)
    assert [people.person_of(number) for number in (1, 2, 3)] == [1, 2, 1]
    found = people.applied(record((1, 2), (2,), (2, 3)))
    assert [row[:2] for row in rows(found)] == [(0, 1), (0, 2), (0.1, 2), (0.2, 2), (0.2, 1)]
    assert found.track_ids() == [1, 2]
    assert found.frame_times_s.tolist() == pytest.approx([0.0, 0.1, 0.2])


@pytest.mark.parametrize("order", [[(3, 2), (2, 1)], [(2, 1), (3, 2)], [(3, 1), (2, 3)]])
def test_chains_of_merges_end_with_one(order: list[tuple[int, int]]) -> None:
    people = People()
    for person, into in order:
        people = people.joined(person, into)
    assert [people.person_of(number) for number in (1, 2, 3)] == [1, 1, 1]
    assert set(people.merged.values()) == {1}


def test_a_merged_person_keeps_a_name() -> None:
    named = People().renamed(1, "Ada").renamed(2, "Grace")
    assert named.joined(2, 1).name_of(1) == "Ada"
    assert People().renamed(2, "Grace").joined(2, 1).name_of(1) == "Grace"
    assert People().renamed(2, "Grace").joined(2, 1).names == {1: "Grace"}


@pytest.mark.parametrize(("person", "into"), [(1, 1), (2, 1), (1, 2), (3, 2)])
def test_who_is_one_already_cannot_be_merged(person: int, into: int) -> None:
    people = People().joined(2, 1).joined(3, 1)
    with pytest.raises(VideoError, match="cannot be merged with itself"):
        people.joined(person, into)


def test_the_merged_can_be_separated() -> None:
    people = People().renamed(1, "Ada").joined(2, 1).joined(3, 1).joined(5, 4).separated(1)
    assert [people.person_of(number) for number in (1, 2, 3, 5)] == [1, 2, 3, 4]
    assert people.name_of(1) == "Ada"


def test_of_two_faces_in_one_frame_the_larger_stays() -> None:
    people = People().joined(2, 1)
    found = people.applied(record((1, 2), (2, 1), (2,), (3, 2, 1)))
    assert rows(found) == [
        (0.0, 1, 90),
        (0.1, 1, 90),
        (0.2, 1, 90),
        (0.3, 3, 90),
        (0.3, 1, 89),
    ]


def test_what_was_said_is_kept_beside_the_record(tmp_path: Path) -> None:
    people = People().renamed(1, "Ada ✨").joined(2, 1).joined(7, 3)
    people.write(tmp_path)
    assert People.read(tmp_path) == people
    people.separated(1).write(tmp_path)
    assert People.read(tmp_path).merged == {7: 3}


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", "3", "{}", '{"names": {}}', '{"names": {"x": "Ada"}, "merged": {}}'),
        *('{"names": [], "merged": {}}', '{"names": {}, "merged": {"2": null}}', "\udcff"),
    ],
)
def test_a_file_that_says_nothing_names_nobody(tmp_path: Path, content: str) -> None:
    assert People.read(tmp_path) == People()
    (tmp_path / "people.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    assert People.read(tmp_path) == People()


def test_a_record_without_faces_is_no_trouble() -> None:
    assert len(People().joined(2, 1).applied(record((), ())).faces) == 0
