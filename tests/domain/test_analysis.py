"""Scores and analyses are checked when made, and become the JSON that the command line prints."""

import json
import math

import pytest

from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FaceQuality, FrameAnalysis
from fer_core.domain.faces import Face

SCORES = EmotionScores(("sad", "happy", "neutral"), (0.2, 0.7, 0.1))
QUALITY = FaceQuality(size_px=40.04, sharpness=123.45, brightness=0.51234, roll_deg=-3.21)
LANDMARKS = ((30.0, 40.0), (50.0, 40.0), (40.0, 50.0), (33.0, 60.0), (47.0, 60.04))


def test_the_most_probable_label_is_the_emotion() -> None:
    assert SCORES.emotion == "happy"
    assert SCORES.confidence == 0.7
    assert SCORES.ranked() == (("happy", 0.7), ("sad", 0.2), ("neutral", 0.1))


def test_equal_probabilities_keep_the_models_order() -> None:
    assert EmotionScores(("b", "a"), (0.5, 0.5)).emotion == "b"


def test_scores_keep_the_models_order_as_a_mapping() -> None:
    assert list(SCORES.to_dict().items()) == [("sad", 0.2), ("happy", 0.7), ("neutral", 0.1)]


@pytest.mark.parametrize(
    ("labels", "probabilities", "message"),
    [
        ((), (), "one probability for each"),
        (("a", "b"), (1.0,), "each of 2 labels, got 1"),
        (("a", "b"), (0.5, 0.4), "sum to 1"),
        (("a", "b"), (1.5, -0.5), "0 or more"),
        (("a", "b"), (math.nan, 1.0), "sum to 1"),
        (("a", "b"), (math.inf, 0.0), "sum to 1"),
    ],
)
def test_bad_scores(
    labels: tuple[str, ...], probabilities: tuple[float, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        EmotionScores(labels, probabilities)


def test_float32_rounding_is_forgiven() -> None:
    assert EmotionScores(("a", "b", "c"), (0.3333, 0.3333, 0.3333)).confidence == 0.3333


def test_a_frame_becomes_the_documented_json() -> None:
    face = Face((20.04, 20.0, 40.0, 60.0), 0.9, LANDMARKS)
    frame = FrameAnalysis(
        "holiday.zip/me.jpg", (640, 480), (AnalyzedFace(face, SCORES, QUALITY, 3),), 12.3456, 1.5
    )
    assert json.loads(json.dumps(frame.to_dict())) == {
        "source": "holiday.zip/me.jpg",
        "width": 640,
        "height": 480,
        "time_s": 1.5,
        "elapsed_ms": 12.35,
        "faces": [
            {
                "box": [20.0, 20.0, 40.0, 60.0],
                "emotion": "happy",
                "confidence": 0.7,
                "scores": {"sad": 0.2, "happy": 0.7, "neutral": 0.1},
                "landmarks": [[30, 40], [50, 40], [40, 50], [33, 60], [47, 60]],
                "track_id": 3,
                "quality": {
                    "size_px": 40.0,
                    "sharpness": 123.5,
                    "brightness": 0.512,
                    "roll_deg": -3.2,
                },
            }
        ],
    }


def test_no_face_is_a_value() -> None:
    frame = FrameAnalysis("wall.jpg", (10, 10))
    assert frame.faces == ()
    assert frame.to_dict()["faces"] == []
    assert frame.to_dict()["time_s"] is None


def test_without_landmarks_there_is_no_roll() -> None:
    assert FaceQuality(40, 100, 0.5).to_dict()["roll_deg"] is None


@pytest.mark.parametrize("size_wh", [(0, 10), (10, -1), (10,)])
def test_bad_sizes(size_wh: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="size_wh"):
        FrameAnalysis("x", size_wh)  # type: ignore[arg-type]
