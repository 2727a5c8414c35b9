"""Clips for tests: faces cut from the sample photo, moving as told, written by PyAV."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from fer_core.domain.errors import VideoError
from fer_core.video.reading import VideoReader
from tests.conftest import GroupPhoto, Image

FPS = 25
SIZE_WH = (640, 480)


def write_clip(
    path: Path,
    frames: Iterable[Image],
    times_s: Callable[[int], float] = lambda number: number / FPS,
    codec: str = "libx264",
    with_sound: bool = False,
    rotation: int = 0,
    options: dict[str, str] | None = None,
    pixels: str = "yuv420p",
    fps: int = FPS,
) -> Path:
    """Write RGB frames as a video; the suffix gives the container.

    Args:
        path: Where.
        frames: (H, W, 3) RGB uint8, all of one size.
        times_s: When each is shown.
        codec: FFmpeg's name.
        with_sound: A tone of 440 Hz as long as the frames.
        rotation: Degrees, counter-clockwise, by which players turn it.
        options: For the container, as "movflags".
        pixels: Format of the pixels.
        fps: What the header says.
    """
    with av.open(str(path), "w", options=options or {}) as container:
        stream: Any = container.add_stream(codec, rate=fps)
        stream.pix_fmt = pixels
        # AVI counts frames and knows no other time.
        ticks = fps if path.suffix == ".avi" else 10_000
        stream.time_base = stream.codec_context.time_base = Fraction(1, ticks)
        if rotation:
            stream.set_display_rotation(rotation)
        if codec == "libx264":
            stream.options = {"preset": "ultrafast", "crf": "18"}
        sound: Any = container.add_stream("aac", rate=16_000, layout="mono") if with_sound else None
        last_s = 0.0
        for number, image in enumerate(frames):
            if not number:
                stream.width, stream.height = image.shape[1], image.shape[0]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            last_s = times_s(number)
            frame.pts, frame.time_base = round(last_s * ticks), Fraction(1, ticks)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if sound is not None:
            wave = np.sin(np.arange(int(last_s * 16_000)) * 2 * np.pi * 440 / 16_000)
            for start in range(0, len(wave), 1024):
                samples = (wave[np.newaxis, start : start + 1024] * 8000).astype(np.int16)
                tone = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
                tone.rate, tone.pts, tone.time_base = 16_000, start, Fraction(1, 16_000)
                container.mux(sound.encode(tone))
            container.mux(sound.encode())
    return path


def two_people(group_photo: GroupPhoto, seconds: float = 8.0) -> Iterable[Image]:
    """Two faces that cross, the nearer one before the other; then the farther one leaves.

    The first goes from left to right and stays; the second goes from right to left, is hidden for
    a moment in the middle, and leaves to the left after three quarters of the time.
    """
    count, rim = round(seconds * FPS), 320
    for number in range(count):
        share = number / count
        crossing = min(1.0, share / 0.6)
        near_x = 140 + 360 * crossing
        far_x = 500 - 360 * crossing
        if share > 0.7:
            far_x -= 900 * (share - 0.7)
        # The later one is drawn over the other; beyond the picture's edges there is more room.
        wide = (SIZE_WH[0] + 2 * rim, SIZE_WH[1])
        places = [(rim + far_x, 200.0, 110.0), (rim + near_x, 250.0, 140.0)]
        yield group_photo(wide, places)[0][:, rim : rim + SIZE_WH[0]]


def counting(count: int = 30, width: int = 160, height: int = 120) -> Iterator[Image]:
    """Grey frames, each lighter than the one before; the upper left corner is blue."""
    for number in range(count):
        image = np.full((height, width, 3), 40 + 180 * number // count, np.uint8)
        image[: height // 4, : width // 4] = (0, 0, 255)
        yield image


def refusal(path: Path) -> str:
    """Why a file is not read, in one line that begins with its name."""
    with pytest.raises(VideoError) as refused:
        VideoReader(path)
    (line,) = str(refused.value).splitlines()
    assert line.startswith(path.name)
    return line
