"""What a session adds up to: shares of the time for which faces were tracked."""

import pytest

from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FaceQuality, FrameAnalysis
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.faces import Face
from fer_core.inference.session import TIMELINE_S, SessionRecord, stress_of


def scores(**shares: float) -> EmotionScores:
    """The rest is neutral."""
    rest = {"neutral": 1.0 - sum(shares.values())}
    return EmotionScores(FER7_LABELS, tuple((rest | shares).get(name, 0.0) for name in FER7_LABELS))


def at(time_s: float | None, **faces: EmotionScores) -> FrameAnalysis:
    """A frame with faces by number: `_1=scores(…)`."""
    found = tuple(
        AnalyzedFace(Face((0, 0, 9, 9), 1.0), value, FaceQuality(9, 9, 0.5), int(name[1:]))
        for name, value in faces.items()
    )
    return FrameAnalysis("", (64, 48), found, time_s=time_s)


def test_nobody_seen_adds_up_to_nothing() -> None:
    record = SessionRecord()
    record.add(at(0.0))
    summary = record.summary()
    assert (summary.seconds, summary.faces, summary.shares) == (0.0, 0, {})
    assert summary.happiness_ratio == summary.stress_ratio == 0.0


def test_ratios_are_shares_of_tracked_time() -> None:
    record = SessionRecord()
    for step in range(41):  # 1 s happy, 3 s under stress though no emotion of it leads
        calm = step <= 10
        value = scores(happy=0.9) if calm else scores(angry=0.2, fear=0.2, sad=0.2, neutral=0.4)
        record.add(at(step / 10, _1=value))
    summary = record.summary()
    assert summary.seconds == pytest.approx(4.0)
    assert summary.happiness_ratio == pytest.approx(0.25)
    assert summary.stress_ratio == pytest.approx(0.75)
    assert summary.shares == pytest.approx({"neutral": 0.75, "happy": 0.25})
    assert list(summary.shares) == ["neutral", "happy"]


def test_each_of_several_faces_counts() -> None:
    record = SessionRecord()
    for step in range(11):
        record.add(at(step / 10, _1=scores(happy=1.0), _2=scores()))
    summary = record.summary()
    assert (summary.faces, summary.seconds) == (2, pytest.approx(2.0))
    assert summary.happiness_ratio == pytest.approx(0.5)


def test_time_away_does_not_count() -> None:
    record = SessionRecord()
    for time_s in (0.0, 0.5, 10.0, 10.5):
        record.add(at(time_s, _1=scores(happy=1.0)))
    assert record.summary().seconds == pytest.approx(1.0)
    assert record.summary().faces == 1


def test_the_timeline_is_the_last_minute() -> None:
    record = SessionRecord()
    for step in range(200):
        record.add(at(step, _1=scores(), _2=scores()))
    times = [moment.time_s for moment in record.timeline()]
    assert (times[0], times[-1]) == (199 - TIMELINE_S, 199)
    assert len(times) == 2 * (TIMELINE_S + 1)


def test_a_long_session_with_many_people_stays_small() -> None:
    record = SessionRecord()
    for step in range(5000):
        record.add(at(step, **{f"_{step + 1}": scores()}))
    assert len(record._last_seen) <= TIMELINE_S + 1
    assert record.summary().faces == 5000


def test_synonyms_count_and_other_classes_do_not() -> None:
    value = EmotionScores(("anger", "contempt", "sadness"), (0.3, 0.4, 0.3))
    assert stress_of(value) == pytest.approx(0.6)


def test_a_photo_has_no_place_in_a_session() -> None:
    with pytest.raises(ValueError, match="expected an analysis with its time"):
        SessionRecord().add(at(None))
