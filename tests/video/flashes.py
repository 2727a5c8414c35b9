"""Clips that show and sound at one moment, so that a test sees whether both stay together."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

FPS = 25
RATE = 48_000
SIZE_WH = (160, 120)
FLASH_S, SECONDS = 2.0, 4.0

_PICTURE_OPTIONS = {
    "libx264": {"preset": "ultrafast"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}


def write_flash(path: Path, picture: str, sound: str) -> Path:
    """Dark and silent until `FLASH_S`, then bright with a tone.

    Args:
        path: Where; the suffix gives the container.
        picture: FFmpeg's name of the codec.
        sound: Likewise.
    """
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream(picture, FPS, _PICTURE_OPTIONS.get(picture, {}))
        video.width, video.height, video.pix_fmt = *SIZE_WH, "yuv420p"
        # FFmpeg's own Vorbis knows two channels only, and calls itself an experiment.
        audio: Any = container.add_stream(sound, RATE, {"strict": "experimental"}, layout="stereo")
        for number in range(round(SECONDS * FPS)):
            grey = 230 if number >= FLASH_S * FPS else 20
            image = np.full((SIZE_WH[1], SIZE_WH[0], 3), grey, np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(video.encode(frame))
            container.mux(audio.encode(_tone(number)))
        container.mux(video.encode())
        container.mux(audio.encode())
    return path


def _tone(number: int) -> av.AudioFrame:
    """The sound of one frame."""
    samples = RATE // FPS
    times = (number * samples + np.arange(samples)) / RATE
    wave = np.where(times >= FLASH_S, np.sin(times * 2 * np.pi * 1000) * 12_000, 0)
    both = np.repeat(wave.astype(np.int16), 2)[np.newaxis]
    tone = av.AudioFrame.from_ndarray(both, format="s16", layout="stereo")
    tone.rate, tone.pts, tone.time_base = RATE, number * samples, Fraction(1, RATE)
    return tone


def flash_s(path: Path) -> float:
    """When a video becomes bright."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.to_ndarray(format="gray").mean() > 120:
                return frame.time
    raise AssertionError("never bright")


def tone_s(path: Path) -> float:
    """When its sound becomes loud."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("s16p", "mono", RATE)
        for decoded in container.decode(audio=0):
            for frame in resampler.resample(decoded):
                is_loud = np.abs(frame.to_ndarray()[0].astype(int)) > 4000
                if is_loud.any():
                    return frame.time + int(is_loud.argmax()) / RATE
    raise AssertionError("never loud")
