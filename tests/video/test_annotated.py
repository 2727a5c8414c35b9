"""A video written out again: same times, same sound, faces drawn in, whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image as Picture

from fer_core.domain.emotions import colour_rgb
from fer_core.domain.errors import VideoError
from fer_core.inference.overlay import Overlay
from fer_core.video.annotated import CARRIED_S, annotate_video
from fer_core.video.people import People
from fer_core.video.reading import VideoReader
from fer_core.video.summary import Smoothing
from tests.conftest import Image
from tests.video.clips import FPS, write_clip
from tests.video.flashes import SECONDS, flash_s, tone_s, write_flash
from tests.video.views import BOXES, Shows, view_of

GREY = 120
BOX_ONLY = Overlay(names=False, bars=False)


def grey(count: int, size_wh: tuple[int, int] = (640, 480)) -> Iterator[Image]:
    for _ in range(count):
        yield np.full((size_wh[1], size_wh[0], 3), GREY, np.uint8)


def frames_of(path: Path) -> list[tuple[float, Image]]:
    with VideoReader(path) as reader:
        return [(round(frame.time_s, 3), frame.image_rgb) for frame in reader.frames()]


def is_drawn(image: Image) -> bool:
    return bool((np.abs(image.astype(int) - GREY) > 60).any())


def edge_colour(image: Image) -> tuple[int, ...]:
    """Colour of the frame around the first person, at the middle of its left edge."""
    x, y, _, height = BOXES[1]
    return tuple(int(value) for value in image[round(y + height / 2), round(x)])


HAPPY: dict[int, Shows] = {1: lambda _: "happy"}


# --- What is drawn ---


def test_each_frame_shows_its_own_faces(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", grey(50), with_sound=True)
    shown: dict[int, Shows] = {1: lambda t: None if t < 0.5 else "happy" if t < 1.2 else "fear"}
    view = view_of(shown, 2.0, smoothing=Smoothing.none)
    annotate_video(source, view, tmp_path / "out.mp4", overlay=BOX_ONLY)
    frames = frames_of(tmp_path / "out.mp4")
    assert [time_s for time_s, _ in frames] == [round(n / FPS, 3) for n in range(50)]
    for time_s, image in frames:
        assert is_drawn(image) == (time_s >= 0.5), time_s
        if time_s >= 0.5:
            colour = colour_rgb("happy" if time_s < 1.2 else "fear")
            assert edge_colour(image) == pytest.approx(colour, abs=40), time_s


def test_smoothed_probabilities_are_drawn(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", grey(25))
    # A single frame of fear within happiness is no change.
    shown: dict[int, Shows] = {1: lambda t: "fear" if t == 0.4 else "happy"}
    annotate_video(source, view_of(shown, 1.0), tmp_path / "out.mp4", overlay=BOX_ONLY)
    for time_s, image in frames_of(tmp_path / "out.mp4"):
        assert edge_colour(image) == pytest.approx(colour_rgb("happy"), abs=40), time_s


def test_names_are_drawn(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", grey(15))
    overlay = Overlay(boxes=False, bars=False)

    def widths(people: People) -> int:
        annotate_video(
            source, view_of(HAPPY, 0.6, people=people), tmp_path / "o.mp4", overlay=overlay
        )
        _, image = frames_of(tmp_path / "o.mp4")[5]
        return int((np.abs(image.astype(int) - GREY) > 60).any(axis=(0, 2)).sum())

    assert widths(People({1: "Annabel Smith"})) > widths(People()) + 40


def test_faces_are_carried_over_frames_that_were_not_read(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", grey(75))
    view = view_of(HAPPY, times_s=[0.0, 0.4, 2.0])
    annotate_video(source, view, tmp_path / "out.mp4")
    drawn = [time_s for time_s, image in frames_of(tmp_path / "out.mp4") if is_drawn(image)]
    assert drawn == [
        round(n / FPS, 3)
        for n in range(75)
        if n / FPS <= 0.4 + CARRIED_S or 2.0 <= n / FPS <= 2.0 + CARRIED_S
    ]


def test_who_was_hardly_seen_is_not_drawn(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", grey(25))
    shown: dict[int, Shows] = {1: lambda t: "sad" if t < 0.2 else None, 2: lambda _: "happy"}
    annotate_video(source, view_of(shown, 1.0), tmp_path / "out.mp4", overlay=BOX_ONLY)
    x, *_ = BOXES[2]
    for _, image in frames_of(tmp_path / "out.mp4"):
        assert not is_drawn(image[:, : round(x) - 20])
        assert is_drawn(image)


def test_colours_stay_what_they_were(tmp_path: Path) -> None:
    stripes = np.zeros((480, 640, 3), np.uint8)
    colours = [(200, 40, 30), (30, 180, 60), (40, 60, 200), (230, 220, 40)]
    for index, colour in enumerate(colours):
        stripes[:, index * 160 : (index + 1) * 160] = colour
    source = write_clip(tmp_path / "in.mp4", [stripes] * 5)
    annotate_video(source, view_of({}, 0.2), tmp_path / "out.mp4")
    (_, before), (_, after) = frames_of(source)[2], frames_of(tmp_path / "out.mp4")[2]
    for middle in range(80, 640, 160):
        assert after[240, middle] == pytest.approx(before[240, middle], abs=6)


# --- Times, sizes, containers ---


def test_a_browser_can_play_it(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", grey(30), with_sound=True)
    annotate_video(source, view_of(HAPPY, 1.2), tmp_path / "out.mp4")
    data = (tmp_path / "out.mp4").read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")  # plays before it is whole
    with av.open(str(tmp_path / "out.mp4")) as container:
        (video,) = container.streams.video
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")


def test_frames_keep_their_own_times(tmp_path: Path) -> None:
    times = [0.0, 0.05, 0.1, 0.4, 1.0, 1.033, 1.5]
    source = write_clip(tmp_path / "in.mp4", grey(7), times_s=lambda number: times[number])
    annotate_video(source, view_of(HAPPY, times_s=times), tmp_path / "out.mp4")
    assert [time_s for time_s, _ in frames_of(tmp_path / "out.mp4")] == pytest.approx(
        times, abs=1e-3
    )


@pytest.mark.parametrize(
    ("suffix", "picture", "sound"), [("mp4", "libx264", "aac"), ("webm", "libvpx-vp9", "vorbis")]
)
def test_a_part_begins_and_ends_where_told_with_its_sound(
    tmp_path: Path, suffix: str, picture: str, sound: str
) -> None:
    source = write_flash(tmp_path / f"in.{suffix}", picture, sound)
    target = tmp_path / "out.mp4"
    annotate_video(source, view_of({}, SECONDS), target, start_s=1.4, end_s=3.0)
    assert flash_s(target) == pytest.approx(0.6, abs=1e-3)
    assert tone_s(target) == pytest.approx(flash_s(target), abs=0.005)
    assert frames_of(target)[-1][0] == pytest.approx(1.6, abs=1e-3)


def test_odd_sizes_become_even(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", grey(10, (321, 241)), codec="ffv1", pixels="yuv444p")
    view = view_of(HAPPY, 0.4, size_wh=(321, 241))
    annotate_video(source, view, tmp_path / "out.mp4")
    ((_, image), *_) = frames_of(tmp_path / "out.mp4")
    assert image.shape == (242, 322, 3)


def test_a_turned_video_comes_out_upright(tmp_path: Path) -> None:
    sideways = np.full((480, 640, 3), GREY, np.uint8)
    sideways[:, :320] = 250
    source = write_clip(tmp_path / "in.mp4", [sideways] * 10, rotation=90)
    with VideoReader(source) as reader:
        (upright, *_) = reader.frames()
        size = reader.info.size_wh
    annotate_video(source, view_of({}, 0.4, size_wh=size), tmp_path / "out.mp4")
    ((_, image), *_) = frames_of(tmp_path / "out.mp4")
    assert np.abs(image.astype(int) - upright.image_rgb).mean() < 3


def test_a_gif_becomes_a_video(tmp_path: Path) -> None:
    pictures = [Picture.fromarray(image) for image in grey(6)]
    for index, picture in enumerate(pictures):
        picture.putpixel((index, 0), (255, 0, 0))  # or equal ones become one
    source = tmp_path / "in.gif"
    pictures[0].save(source, save_all=True, append_images=pictures[1:], duration=100)
    annotate_video(source, view_of(HAPPY, 0.6), tmp_path / "out.mp4")
    frames = frames_of(tmp_path / "out.mp4")
    assert [time_s for time_s, _ in frames] == pytest.approx(np.arange(6) / 10, abs=1e-3)
    assert is_drawn(frames[3][1])


# --- Whole or not at all ---


def test_it_tells_how_far_it_is(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", grey(50))
    told: list[float] = []
    annotate_video(
        source, view_of(HAPPY, 2.0), tmp_path / "out.mp4", tell=lambda share: not told.append(share)
    )
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)


@pytest.mark.parametrize("calls", [1, 2])
def test_nothing_is_left_when_it_is_cancelled(tmp_path: Path, calls: int) -> None:
    source = write_clip(tmp_path / "in.mp4", grey(50), with_sound=True)
    left = iter(range(calls - 1, -1, -1))
    with pytest.raises(VideoError, match=r"^Cancelled\.$"):
        annotate_video(
            source, view_of(HAPPY, 2.0), tmp_path / "out.mp4", tell=lambda _: next(left) > 0
        )
    assert list(tmp_path.iterdir()) == [source]


def test_what_was_there_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", grey(20))
    target = tmp_path / "out.mp4"
    target.write_bytes(b"old")
    with pytest.raises(VideoError):
        annotate_video(source, view_of(HAPPY, 0.8), target, tell=lambda _: False)
    assert target.read_bytes() == b"old"
    annotate_video(source, view_of(HAPPY, 0.8), target)
    assert len(frames_of(target)) == 20


def test_a_folder_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", grey(5))
    with pytest.raises(VideoError, match=r"out\.mp4 cannot be written \(No such file"):
        annotate_video(source, view_of(HAPPY, 0.2), tmp_path / "none" / "out.mp4")


def test_a_part_without_frames_is_told_of(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", grey(5))
    with pytest.raises(VideoError, match="expected frames in the part"):
        annotate_video(source, view_of(HAPPY, 0.2), tmp_path / "out.mp4", start_s=7.0)
    assert list(tmp_path.iterdir()) == [source]
