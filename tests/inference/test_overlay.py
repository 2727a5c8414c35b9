"""What is drawn on live video stays within the frame, and each part can be left out."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FaceQuality, FrameAnalysis
from fer_core.domain.emotions import FER7_LABELS, colour_rgb
from fer_core.domain.faces import Face
from fer_core.inference import overlay as overlay_module
from fer_core.inference.overlay import Overlay, draw_overlay
from tests.conftest import Image

NOTHING = Overlay(boxes=False, names=False, bars=False, landmarks=False)
HAPPY = EmotionScores(FER7_LABELS, (0.02, 0.02, 0.02, 0.9, 0.02, 0.01, 0.01))
POINTS = ((240.0, 180.0), (280.0, 180.0), (260.0, 200.0), (245.0, 220.0), (275.0, 220.0))


def tracked(box: tuple[float, float, float, float], track_id: int | None = 1) -> AnalyzedFace:
    return AnalyzedFace(Face(box, 0.9, POINTS), HAPPY, FaceQuality(100, 100, 0.5), track_id)


def drawn(overlay: Overlay, *faces: AnalyzedFace, size: tuple[int, int] = (480, 640)) -> Image:
    frame = np.full((*size, 3), 120, np.uint8)
    frame.flags.writeable = False  # a camera's may be shared
    return draw_overlay(frame, FrameAnalysis("", (size[1], size[0]), faces), overlay)


def changed(image: Image) -> Image:
    """Where something was drawn."""
    return np.any(image != 120, axis=2)


def test_without_faces_or_wishes_the_frame_stays_as_it_is() -> None:
    assert not changed(drawn(Overlay())).any()
    assert not changed(drawn(NOTHING, tracked((200, 150, 120, 120)))).any()


def test_a_name_that_cannot_be_written_leaves_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlay_module, "can_write", lambda name: name != "李雷")
    face, frame = tracked((200, 150, 120, 120)), np.full((480, 640, 3), 120, np.uint8)
    analysis = FrameAnalysis("", (640, 480), (face,))
    named = {
        n: draw_overlay(frame, analysis, Overlay(), names={1: n}) for n in ("José", "李雷", "")
    }
    assert np.array_equal(named["李雷"], named[""])
    assert not np.array_equal(named["José"], named[""])


@pytest.mark.parametrize("part", ["boxes", "names", "bars", "landmarks"])
def test_each_part_is_drawn_by_itself(part: str) -> None:
    alone = drawn(
        Overlay(**dict.fromkeys(("boxes", "names", "bars", "landmarks"), False) | {part: True}),
        tracked((200, 150, 120, 120)),
    )
    marks = changed(alone)
    assert marks.any()
    inside = marks[160:260, 210:310]
    assert inside.any() == (part == "landmarks")  # the face itself stays free
    has_colour = (alone == colour_rgb("happy")).all(axis=2).any()
    assert has_colour == (part != "landmarks")


def test_bars_are_as_long_as_the_probabilities() -> None:
    image = drawn(Overlay(boxes=False, names=False), tracked((200, 150, 120, 120)))
    happy = (image == colour_rgb("happy")).all(axis=2)
    sad = (image == colour_rgb("sad")).all(axis=2)
    assert happy.any(axis=0).sum() > 20 * sad.any(axis=0).sum()


@pytest.mark.parametrize(
    "box",
    [(-60, -60, 120, 120), (600, 440, 120, 120), (0, 0, 640, 480), (-500, 10, 50, 50)],
    ids=["first corner", "last corner", "whole frame", "outside"],
)
@pytest.mark.parametrize("size", [(480, 640), (90, 120), (3, 3)])
def test_any_face_fits_any_frame(
    box: tuple[float, float, float, float], size: tuple[int, int]
) -> None:
    everything = Overlay(landmarks=True)
    assert drawn(everything, tracked(box), size=size).shape == (*size, 3)


def test_a_panel_at_the_right_edge_goes_to_the_left() -> None:
    marks = changed(drawn(Overlay(boxes=False, names=False), tracked((520, 150, 110, 110))))
    assert marks[:, :515].any()
    assert not marks[:, 516:].any()


def test_a_name_stands_in_the_place_of_the_number() -> None:
    frame = np.full((480, 640, 3), 120, np.uint8)
    seen = FrameAnalysis("", (640, 480), (tracked((200, 150, 120, 120)),))
    only_names = Overlay(boxes=False, bars=False)

    def label_px(names: dict[int, str] | None) -> int:
        return int(changed(draw_overlay(frame, seen, only_names, names=names)).any(axis=0).sum())

    assert label_px({1: "Annabel Smith"}) > label_px({1: "Ann"}) > label_px(None)
    assert label_px({2: "Annabel Smith"}) == label_px(None)  # somebody else's


def test_panels_do_not_hide_a_neighbour_where_there_is_room() -> None:
    left, right = (300.0, 150.0, 120.0, 150.0), (440.0, 150.0, 110.0, 140.0)
    bars = replace(NOTHING, bars=True)
    marked = changed(drawn(bars, tracked(left), tracked(right, 2), size=(480, 854)))
    for x, y, width, height in (left, right):
        assert not marked[int(y) : int(y + height), int(x) : int(x + width)].any()
    assert marked[:, :300].any()
    assert marked[:, 551:].any()
