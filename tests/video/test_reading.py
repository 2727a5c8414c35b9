"""Frames come out upright, at their true times, from whatever people call a video."""

import gc
import itertools
import weakref
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from fer_core.video.reading import MOST_SIDE, Frame, VideoReader
from tests.video.clips import FPS, counting, refusal, write_clip

FORMS = {
    "mp4": ("libx264", "yuv420p"),
    "m4v": ("libx264", "yuv420p"),
    "mov": ("libx264", "yuv420p"),
    "mkv": ("libx264", "yuv420p"),
    "webm": ("libvpx-vp9", "yuv420p"),
    "avi": ("mpeg4", "yuv420p"),
    "gif": ("gif", "rgb8"),
}


def with_b_frames(path: Path, codec: str = "libx264", count: int = 75) -> Path:
    """Key frames far apart and open groups: what makes a wrong seek show."""
    options = {
        "libx264": {"x264-params": "bframes=3:b-adapt=0:keyint=25:open-gop=1:scenecut=0"},
        "mpeg4": {"bf": "2", "g": "25"},
        "libvpx-vp9": {"g": "25", "deadline": "realtime", "cpu-used": "8"},
    }[codec]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=FPS, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for image in counting(count):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    return path


def frames_of(path: Path, *part: Any, **choices: Any) -> list[Frame]:
    with VideoReader(path) as reader:
        return list(reader.frames(*part, **choices))


def times_of(frames: list[Frame]) -> list[float]:
    return [round(frame.time_s, 3) for frame in frames]


# --- What can be read ---


@pytest.mark.parametrize("suffix", FORMS)
def test_every_form_gives_all_frames_at_their_times(tmp_path: Path, suffix: str) -> None:
    codec, pixels = FORMS[suffix]
    path = write_clip(tmp_path / f"clip.{suffix}", counting(), codec=codec, pixels=pixels)
    with VideoReader(path) as reader:
        frames = list(reader.frames())
        assert reader.info.name == path.name
        assert reader.info.size_wh == reader.info.coded_wh == (160, 120)
        assert reader.info.duration_s == pytest.approx(30 / FPS, abs=0.05)
        assert reader.info.fps == pytest.approx(FPS)
        assert not reader.info.has_audio
        assert (reader.skipped, reader.cut_short_at_s()) == (0, None)
    assert times_of(frames) == [round(number / FPS, 3) for number in range(30)]
    for frame, image in zip(frames, counting(), strict=True):
        assert frame.image_rgb.shape == image.shape
        # An 8-bit GIF has steps of 36 in its greys.
        assert abs(float(frame.image_rgb[60:].mean()) - image[60:].mean()) < 20
        red, _, blue = frame.image_rgb[10, 10]
        assert (red < 60, blue > 200) == (True, True)


def test_sound_is_told_and_left_alone(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", counting(), with_sound=True)
    with VideoReader(path) as reader:
        assert reader.info.has_audio
        assert len(list(reader.frames())) == 30


@pytest.mark.parametrize(
    ("degrees", "corner"),
    [(0, (0, 0)), (90, (-1, 0)), (180, (-1, -1)), (270, (0, -1)), (-90, (0, -1))],
    ids=str,
)
def test_a_turned_picture_comes_out_upright(
    tmp_path: Path, degrees: int, corner: tuple[int, int]
) -> None:
    path = write_clip(tmp_path / "phone.mov", counting(3), rotation=degrees)
    size = (120, 160) if degrees % 180 else (160, 120)
    with VideoReader(path) as reader:
        assert reader.info.size_wh == size
        assert reader.info.coded_wh == (160, 120)
        seen = [*reader.frames(), reader.frame_at(0.05)]
    for frame in seen:
        assert frame is not None
        assert frame.image_rgb.shape == (size[1], size[0], 3)
        assert frame.image_rgb.flags.c_contiguous
        blue = frame.image_rgb[:, :, 2].astype(int) - frame.image_rgb[:, :, 0] > 100
        rows, columns = np.nonzero(blue)
        assert (rows.mean() > size[1] / 2, columns.mean() > size[0] / 2) == (
            corner[0] == -1,
            corner[1] == -1,
        )


def test_times_are_those_of_the_frames_not_of_a_pace(tmp_path: Path) -> None:
    times = [0.0, 0.02, 0.5, 0.54, 2.0, 2.01]
    path = write_clip(tmp_path / "phone.mp4", counting(6), times_s=lambda n: times[n])
    with VideoReader(path) as reader:
        assert times_of(list(reader.frames())) == times
        shown = reader.frame_at(1.7)
        assert shown is not None
        assert shown.time_s == pytest.approx(0.54)


@pytest.mark.parametrize("first_s", [-0.5, 3.0])
def test_times_begin_with_the_first_frame(tmp_path: Path, first_s: float) -> None:
    path = write_clip(tmp_path / "clip.mkv", counting(20), times_s=lambda n: first_s + n / FPS)
    wanted = [round(number / FPS, 3) for number in range(20)]
    with VideoReader(path) as reader:
        assert times_of(list(reader.frames())) == wanted
        assert times_of(list(reader.frames())) == wanted  # again, from the beginning
        assert times_of(list(reader.frames(0.4, 0.6))) == [0.4, 0.44, 0.48, 0.52, 0.56, 0.6]


@pytest.mark.parametrize("size_wh", [(161, 121), (3, 241), (2, 2)], ids=str)
def test_odd_sizes_are_kept(tmp_path: Path, size_wh: tuple[int, int]) -> None:
    path = write_clip(tmp_path / "odd.mkv", counting(3, *size_wh), codec="ffv1", pixels="yuv444p")
    assert [frame.image_rgb.shape for frame in frames_of(path)] == [(*size_wh[::-1], 3)] * 3


@pytest.mark.parametrize(
    ("aspect", "size_wh"),
    [(Fraction(2), (320, 120)), (Fraction(1, 2), (80, 120)), (Fraction(1, 5000), (160, 120))],
    ids=str,
)
def test_pixels_are_made_square_unless_that_is_absurd(
    tmp_path: Path, aspect: Fraction, size_wh: tuple[int, int]
) -> None:
    with av.open(str(tmp_path / "dv.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.codec_context.sample_aspect_ratio = aspect
        for image in counting(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    with VideoReader(tmp_path / "dv.mp4") as reader:
        assert reader.info.size_wh == size_wh
        assert {frame.image_rgb.shape for frame in reader.frames()} == {(*size_wh[::-1], 3)}


def test_a_frame_of_8k_is_made_smaller(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "8k.mp4", counting(2, 7680, 4320))
    with VideoReader(path) as reader:
        assert reader.info.coded_wh == (7680, 4320)
        frames = list(reader.frames())
    assert [frame.image_rgb.shape for frame in frames] == [(1080, MOST_SIDE, 3)] * 2
    assert frames[0].image_rgb[100, 100, 2] > 200


def test_all_frames_have_the_size_of_the_first(tmp_path: Path) -> None:
    """As a browser records a call: the picture shrinks, or the phone is turned."""
    parts = []
    for number, size in enumerate([(160, 120), (80, 60), (120, 160)]):
        part = tmp_path / f"{number}.ts"
        write_clip(part, counting(10, *size), times_s=lambda n, k=number: 1 + (n + 10 * k) / FPS)
        parts.append(part.read_bytes())
    whole = tmp_path / "call.mp4"
    whole.write_bytes(b"".join(parts))
    frames = frames_of(whole)
    assert {frame.image_rgb.shape for frame in frames} == {(120, 160, 3)}
    shrunk, turned = frames[12].image_rgb, frames[-3].image_rgb
    assert shrunk[10, 10, 2] > 200
    assert turned[:, :30].max() < 20  # a bar
    assert turned[10, 45, 2] > 200
    assert turned[:, -30:].max() < 20


def test_a_later_frame_that_is_larger_than_any_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fer_core.video.opening.MOST_PIXELS", 100 * 100)
    parts = []
    for number, size in enumerate([(80, 60), (160, 120), (80, 60)]):
        part = tmp_path / f"{number}.ts"
        write_clip(part, counting(10, *size), times_s=lambda n, k=number: 1 + (n + 10 * k) / FPS)
        parts.append(part.read_bytes())
    whole = tmp_path / "call.mp4"
    whole.write_bytes(b"".join(parts))
    with VideoReader(whole) as reader:
        times = times_of(list(reader.frames()))
        assert reader.skipped >= 9
    assert 18 <= len(times) <= 20
    assert not [time_s for time_s in times if 0.44 < time_s < 0.76]


def test_a_name_that_is_not_utf8_or_looks_like_a_protocol_is_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = write_clip(tmp_path / "clip.mp4", counting(3)).read_bytes()
    monkeypatch.chdir(tmp_path)
    for name in (b"\xff.mp4", b"http:clip.mp4", b"clip%03d.mp4"):
        path = Path(name.decode("utf-8", "surrogateescape"))
        path.write_bytes(content)
        assert len(frames_of(path)) == 3


def test_a_header_that_says_ten_thousand_frames_a_second_is_no_trouble(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "fast.mp4", counting(50), times_s=lambda n: n / 10_000, fps=10_000)
    with VideoReader(path) as reader:
        assert reader.info.fps == pytest.approx(10_000, rel=0.05)
        frames = list(reader.frames())
        assert len(frames) == 50
        assert all(a.time_s < b.time_s for a, b in itertools.pairwise(frames))
        assert len(list(reader.frames(most_fps=1000))) in (5, 6)


# --- A part, and not every frame ---


def test_a_part_begins_and_ends_where_it_should(tmp_path: Path) -> None:
    path = with_b_frames(tmp_path / "clip.mp4")
    assert times_of(frames_of(path, 1.5, 1.62)) == [1.52, 1.56, 1.6]
    assert times_of(frames_of(path, 2.9)) == [2.92, 2.96]
    assert times_of(frames_of(path, 0.0, 0.0)) == [0.0]


@pytest.mark.parametrize("suffix", ["mp4", "webm", "gif", "avi"])
def test_a_start_behind_the_end_gives_nothing(tmp_path: Path, suffix: str) -> None:
    codec, pixels = FORMS[suffix]
    path = write_clip(tmp_path / f"clip.{suffix}", counting(), codec=codec, pixels=pixels)
    with VideoReader(path) as reader:
        assert list(reader.frames(1000.0)) == []
        assert list(reader.frames(1e300)) == []
        assert reader.cut_short_at_s() is None
        last = reader.frame_at(1000.0)
        assert last is not None
        assert last.time_s == pytest.approx(29 / FPS)
        assert len(list(reader.frames())) == 30


@pytest.mark.parametrize("most_fps", [10.0, 7.0, 2.5, 0.5, 24.0, 100.0])
def test_sampled_frames_lie_evenly(tmp_path: Path, most_fps: float) -> None:
    path = write_clip(tmp_path / "clip.mp4", counting(100))
    times = np.array(times_of(frames_of(path, most_fps=most_fps)))
    pace = min(most_fps, FPS)
    assert len(times) == pytest.approx(4 * pace, abs=1 if pace < 20 else 4)
    # Never more than a frame from where an even pace would put them.
    steps = np.diff(times)
    assert steps.max(initial=0) - steps.min(initial=9) < 1 / FPS + 1e-6
    assert len(times) < 2 or np.mean(steps) > 1 / pace - 1e-3


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [
        ("mp4", "libx264"),
        ("mkv", "libx264"),
        ("ts", "libx264"),
        ("webm", "libvpx-vp9"),
        ("avi", "mpeg4"),
        ("gif", "gif"),
    ],
)
def test_a_frame_by_its_time_is_the_one_read_in_order(
    tmp_path: Path, suffix: str, codec: str
) -> None:
    path = tmp_path / f"clip.{suffix}"
    if codec == "gif":
        write_clip(path, counting(75), codec=codec, pixels="rgb8")
    else:
        with_b_frames(path, codec)
    with VideoReader(path) as reader:
        frames = list(reader.frames())
        assert len(frames) == 75
        for index in (40, 3, 74, 0, 24, 25, 26, 60, 49):
            found = reader.frame_at(frames[index].time_s + 0.01)
            assert found is not None
            assert found.time_s == frames[index].time_s
            np.testing.assert_array_equal(found.image_rgb, frames[index].image_rgb)


def test_what_is_held_does_not_grow_with_the_video(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "long.mp4", counting(3000, 32, 24))
    alive: set[int] = set()
    count = most = 0
    with VideoReader(path) as reader:
        for frame in reader.frames():
            count += 1
            weakref.finalize(frame.image_rgb, alive.discard, count)
            alive.add(count)
            most = max(most, len(alive))
            if count % 1000 == 0:
                decoded = [
                    thing
                    for thing in gc.get_objects()
                    if isinstance(thing, av.VideoFrame) and thing.width == 32
                ]
                assert len(decoded) < 10
    assert count == 3000
    assert most <= 3


# --- What is damaged ---


def test_damage_in_the_middle_costs_only_the_frames_there(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    noise = np.random.default_rng(0).integers(0, 256, (200, 120, 160, 3), np.uint8)
    write_clip(path, (cv2.blur(image, (9, 9)) for image in noise))
    content = bytearray(path.read_bytes())
    start = content.index(b"mdat") + 4
    middle = start + (len(content) - start) * 2 // 5
    for place in range(middle, middle + 12_000):
        content[place] ^= 0xFF
    path.write_bytes(content)
    with VideoReader(path) as reader:
        times = times_of(list(reader.frames()))
        assert 0 < reader.skipped < 60
        assert reader.cut_short_at_s() is None
        skipped = reader.skipped
        reader.frame_at(1.0)
        assert reader.skipped == skipped
    assert 120 < len(times) < 200
    assert (times[0], times[-1]) == (0.0, 7.96)
    assert times == sorted(set(times))


def faststart(path: Path) -> Path:
    noise = np.random.default_rng(0).integers(0, 256, (100, 120, 160, 3), np.uint8)
    return write_clip(path, noise, options={"movflags": "faststart"})


def cut(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])


def test_of_a_file_cut_short_all_that_is_there_is_read(tmp_path: Path) -> None:
    path = faststart(tmp_path / "clip.mp4")
    cut(path, 0.6)
    with VideoReader(path) as reader:
        assert reader.cut_short_at_s() is None  # nothing is known yet
        times = times_of(list(reader.frames()))
        assert 50 <= len(times) <= 62
        assert times == [round(number / FPS, 3) for number in range(len(times))]
        assert reader.cut_short_at_s() == pytest.approx(times[-1], abs=1e-3)
        assert reader.skipped <= 1  # the cut one: the rest is not there at all
        assert len(list(reader.frames(0.0, 1.0))) == 26
        assert reader.cut_short_at_s() is None  # nobody asked for more
        assert list(reader.frames(3.5)) == []
        assert reader.cut_short_at_s() == pytest.approx(times[-1], abs=1e-3)


@pytest.mark.parametrize("suffix", ["mkv", "webm", "avi", "gif"])
def test_other_forms_cut_short_are_read_as_far_as_they_go(tmp_path: Path, suffix: str) -> None:
    codec, pixels = FORMS[suffix]
    noise = np.random.default_rng(0).integers(0, 256, (50, 60, 80, 3), np.uint8)
    path = write_clip(tmp_path / f"clip.{suffix}", noise, codec=codec, pixels=pixels)
    cut(path, 0.6)
    assert 20 <= len(frames_of(path)) <= 40


def test_a_file_cut_short_without_its_index_says_so(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", counting(100))
    cut(path, 0.6)
    assert "without its index: it was cut short" in refusal(path)


def test_a_video_without_one_good_frame_is_told(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", counting(5))
    content = bytearray(path.read_bytes())
    start, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    content[start:end] = bytes(end - start)
    path.write_bytes(content)
    assert "without a frame that can be decoded" in refusal(path)
