"""A face keeps its number while it moves, hides for a moment or passes another one."""

import math

import numpy as np
import pytest

from fer_core.domain.faces import Face
from fer_core.inference.tracking import PATIENCE_S, FaceTracker

FPS = 25


def face(x: float, y: float = 200.0, side: float = 100.0) -> Face:
    """A face whose centre is at (x, y)."""
    left, top = x - side / 2, y - side / 2
    points = ((x - 20, y - 10), (x + 20, y - 10), (x, y), (x - 15, y + 25), (x + 15, y + 25))
    return Face((left, top, side, side), 0.9, points)


def test_numbers_begin_at_one_and_follow_the_faces_not_their_order() -> None:
    tracker = FaceTracker()
    assert tracker.update([face(100), face(400)], 0.0) == (1, 2)
    assert tracker.update([face(402), face(99)], 0.04) == (2, 1)
    assert tracker.update([face(700), face(404), face(98)], 0.08) == (3, 2, 1)
    assert tracker.seen_since(0.08) == (1, 2, 3)


def test_no_faces_are_no_trouble() -> None:
    tracker = FaceTracker()
    assert tracker.update([], 0.0) == ()
    assert tracker.seen_since(0.0) == ()
    assert tracker.expected(1, 0.0) is None


@pytest.mark.parametrize("every", [1, 2, 8], ids=["each frame", "each second", "each eighth"])
def test_a_moving_trembling_face_is_one(every: int) -> None:
    tracker, noise = FaceTracker(), np.random.default_rng(1)
    for frame in range(0, 20 * FPS, every):
        time_s = frame / FPS
        x, y = 320 + 200 * math.sin(1.5 * time_s), 240 + 60 * math.cos(2 * time_s)
        side = 100 * (1 + 0.3 * math.sin(time_s))
        dx, dy, ds = noise.normal(0, 3, 3)
        assert tracker.update([face(x + dx, y + dy, side + ds)], time_s) == (1,)


def test_between_two_looks_a_face_is_expected_on_its_way() -> None:
    tracker = FaceTracker()
    for frame in range(10):
        tracker.update([face(100 + 8 * frame)], frame / 10)
    expected = tracker.expected(1, 1.0)
    assert expected is not None
    x, y = expected.centre_xy
    assert x == pytest.approx(180, abs=3)
    assert y == pytest.approx(200, abs=1)
    # Its landmarks move along, and nothing else changes.
    assert expected.landmarks_xy[2] == pytest.approx((x, y), abs=0.01)
    assert expected.score == 0.9


def test_looking_changes_nothing() -> None:
    tracker = FaceTracker()
    tracker.update([face(100)], 0.0)
    tracker.update([face(120)], 0.1)
    first = tracker.expected(1, 0.2)
    tracker.expected(1, 0.9)
    assert tracker.expected(1, 0.2) == first


def test_a_face_that_hides_for_a_moment_comes_back_under_its_number() -> None:
    tracker = FaceTracker()
    for frame in range(10):
        tracker.update([face(100 + 4 * frame)], frame / FPS)
    away = 10 / FPS + 0.6
    assert tracker.update([], 10 / FPS + 0.3) == ()
    assert tracker.update([face(170)], away) == (1,)


def test_a_face_that_stays_away_is_forgotten_and_its_number_is_not_given_again() -> None:
    tracker = FaceTracker()
    tracker.update([face(100)], 0.0)
    late = PATIENCE_S + 0.1
    assert tracker.expected(1, late) is None
    assert tracker.update([face(100)], late) == (2,)
    assert tracker.seen_since(0.0) == (2,)


def test_who_was_not_seen_of_late_is_known() -> None:
    tracker = FaceTracker()
    tracker.update([face(100), face(400)], 0.0)
    tracker.update([face(400)], 0.3)
    assert tracker.seen_since(0.1) == (2,)
    assert tracker.seen_since(0.0) == (1, 2)


def test_a_face_elsewhere_or_of_another_size_is_another_one() -> None:
    tracker = FaceTracker()
    tracker.update([face(100)], 0.0)
    assert tracker.update([face(400)], 0.04) == (2,)
    assert tracker.update([face(100, side=220)], 0.08) == (3,)


@pytest.mark.parametrize("hidden", [False, True], ids=["both seen", "one behind the other"])
def test_two_who_cross_keep_their_numbers(hidden: bool) -> None:
    tracker = FaceTracker()
    for frame in range(4 * FPS):
        time_s = frame / FPS
        a, b = face(100 + 120 * time_s, 200, 100), face(580 - 120 * time_s, 215, 96)
        apart = abs(a.centre_xy[0] - b.centre_xy[0])
        if hidden and apart < 45:  # a detector joins them then
            assert tracker.update([a], time_s) == (1,)
        else:
            assert tracker.update([a, b], time_s) == (1, 2)


def test_a_clock_that_stands_still_or_jumps_back_does_no_harm() -> None:
    tracker = FaceTracker()
    tracker.update([face(100)], 5.0)
    assert tracker.update([face(101)], 5.0) == (1,)
    assert tracker.update([face(102)], 4.0) == (1,)
    assert tracker.update([face(103)], 5.1) == (1,)


def test_a_face_never_turns_inside_out() -> None:
    tracker = FaceTracker()
    tracker.update([face(100, side=100)], 0.0)
    tracker.update([face(100, side=60)], 0.04)  # shrinks fast enough to be gone in a moment
    for late in np.linspace(0.04, 1.0, 20):
        expected = tracker.expected(1, float(late))
        assert expected is not None
        assert expected.side_px >= 30


def test_forty_faces_are_told_apart() -> None:
    tracker = FaceTracker()
    crowd = [face(60 * (i % 8) + 40, 60 * (i // 8) + 40, 50) for i in range(40)]
    ids = tracker.update(crowd, 0.0)
    assert ids == tuple(range(1, 41))
    shifted = [face(f.centre_xy[0] + 6, f.centre_xy[1] + 4, 50) for f in crowd]
    assert tracker.update(shifted[::-1], 0.04) == ids[::-1]


def test_a_face_may_be_away_for_as_long_as_is_said() -> None:
    for patience_s, back in ((0.3, 2), (5.0, 1)):
        tracker = FaceTracker(patience_s)
        tracker.update([face(100)], 0.0)
        assert tracker.update([face(102)], 3.0) == (back,)


def test_who_goes_behind_somebody_comes_out_on_the_other_side() -> None:
    """Its box shrinks from one side meanwhile: that is no movement, and no other face."""
    tracker = FaceTracker(2.5)
    for frame in range(0, 100, 3):
        time_s = frame / FPS
        near, far_x = face(320, 200, 120), 60 + 130 * time_s
        # Of the face behind, of side 100, only what is beside the nearer head can be seen.
        left, right = far_x - 50, far_x + 50
        head_left, head_right = 320 - 60, 320 + 60
        if far_x < 320:
            right = min(right, head_left)
        else:
            left = max(left, head_right)
        seen = [near]
        if right - left > 40:
            seen.append(Face((left, 150, right - left, 100), 0.8))
        ids = tracker.update(seen, time_s)
        assert ids == (1, 2)[: len(seen)]


def test_a_pair_that_stands_close_is_two_at_every_pace() -> None:
    for every in (1, 3, 10):
        tracker, noise = FaceTracker(), np.random.default_rng(2)
        for frame in range(0, 200, every):
            dx = noise.normal(0, 3, 2)
            pair = [face(200 + dx[0], 200, 80), face(275 + dx[1], 205, 76)]
            assert tracker.update(pair, frame / FPS) == (1, 2)


def test_numbers_do_not_run_out_nor_does_the_memory_grow() -> None:
    tracker = FaceTracker()
    for number in range(500):
        assert tracker.update([face(100)], 2.0 * number) == (number + 1,)
    assert tracker.seen_since(0.0) == (500,)
