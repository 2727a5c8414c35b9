"""What reading a video costs: speed, memory by length, drawing it, and how often ids are mixed up.

    python -m benchmarks.video

Clips are made from the sample photo. Needs requirements-dev.txt; takes about six minutes; other
work on the machine spoils the figures.
"""

import argparse
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

from fer_core import load_analyzer
from fer_core.domain.images import read_image
from fer_core.domain.settings import sample_photo
from fer_core.video.analysis import analyze_video
from fer_core.video.job_status import JobState, Task
from fer_core.video.jobs import VideoJob
from fer_core.video.reading import VideoReader
from fer_core.video.view import ViewChoices
from tests.browser.film import FPS as FILM_FPS
from tests.browser.film import MOVING_S, moving
from tests.conftest import Image, group_photos_of
from tests.video.clips import FPS, SIZE_WH, two_people, write_clip

Places = list[tuple[float, float, float]]

LENGTHS_S = (10, 60, 600)
HARD_S = 40


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lengths", type=int, nargs="+", default=LENGTHS_S, help="in seconds")
    lengths = parser.parse_args().lengths
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["FER_VIDEOS_DIR"] = str(folder / "videos")
        photo = read_image(sample_photo())
        measured: dict[str, float] = {}
        for seconds in lengths:
            clip = write_clip(folder / "clip.mp4", _one_face(photo, seconds), with_sound=True)
            measured |= _job(clip, seconds, is_drawn=seconds == lengths[0])
        crossing = write_clip(folder / "two.mp4", two_people(group_photos_of(photo)))
        measured["two faces cross: numbers given"] = len(_numbers(crossing))
        measured |= _switches(photo, folder)
    sys.stdout.write(json.dumps(measured, indent=2) + "\n")


def _one_face(photo: Image, seconds: int) -> Iterator[Image]:
    """640×480 at 25 frames a second: a face that moves about and comes nearer."""
    for number in range(seconds * FPS):
        yield moving(photo, round(number * FILM_FPS / FPS) % (FILM_FPS * MOVING_S))


def _job(clip: Path, seconds: int, is_drawn: bool) -> dict[str, float]:
    """Read a clip as the page does, in a process of its own."""
    began = time.perf_counter()
    job = VideoJob.begin(clip.name, [clip.read_bytes()], "default", "yunet")
    peak = _watched(job, Task.analyze)
    took = time.perf_counter() - began
    fps = job.status(Task.analyze).fps
    measured = {
        f"{seconds} s: read, times real time": round(fps / FPS, 1),
        f"{seconds} s: with the process's start, s": round(took, 1),
        f"{seconds} s: most memory, MB": round(peak / 1e6),
    }
    if is_drawn:
        began = time.perf_counter()
        job.annotate(ViewChoices())
        peak = _watched(job, Task.annotate)
        took = time.perf_counter() - began
        measured[f"{seconds} s: drawn, times real time"] = round(seconds / took, 1)
        measured[f"{seconds} s: drawn, most memory, MB"] = round(peak / 1e6)
    job.delete()
    return measured


def _watched(job: VideoJob, task: Task) -> int:
    """Wait for a task to end; the most memory that its process had, in bytes."""
    peak = 0
    while (status := job.status(task)).state.active:
        for child in psutil.Process().children():
            if job.id in child.cmdline():
                peak = max(peak, child.memory_info().rss)
        time.sleep(0.05)
    assert status.state is JobState.done, status.problem
    return peak


def _numbers(clip: Path) -> set[int | None]:
    with VideoReader(clip) as reader:
        found = analyze_video(load_analyzer(), reader)
        return {face.track_id for _, analysis in found for face in analysis.faces}


def _switches(photo: Image, folder: Path) -> dict[str, float]:
    """Five faces on paths of their own that cross every few seconds, some behind others."""
    photos, rim = group_photos_of(photo), 320

    def places(number: int) -> Places:
        time_s = number / FPS
        return [
            (
                SIZE_WH[0] / 2 + 260 * math.sin(0.5 * (1 + 0.23 * person) * time_s + 1.3 * person),
                140 + 50 * person + 20 * math.sin(0.9 * time_s + person),
                70.0 + 12 * person,
            )
            for person in range(5)
        ]

    def frames() -> Iterator[Image]:
        for number in range(HARD_S * FPS):
            wide = SIZE_WH[0] + 2 * rim, SIZE_WH[1]
            shifted = [(x + rim, y, side) for x, y, side in places(number)]
            yield photos(wide, shifted)[0][:, rim : rim + SIZE_WH[0]]

    clip = write_clip(folder / "hard.mp4", frames())
    last: dict[int, int | None] = {}
    switches = seen = 0
    with VideoReader(clip) as reader:
        for frame, analysis in analyze_video(load_analyzer(), reader):
            truth = places(round(frame.time_s * FPS))
            for face in analysis.faces:
                x, y = face.face.centre_xy
                apart = [math.hypot(x - px, y - py) / side for px, py, side in truth]
                person = int(np.argmin(apart))
                if apart[person] > 0.35:
                    continue
                seen += 1
                switches += last.get(person, face.track_id) != face.track_id
                last[person] = face.track_id
    return {
        f"five faces cross for {HARD_S} s: id switches": switches,
        f"five faces cross for {HARD_S} s: faces found": seen,
    }


if __name__ == "__main__":
    main()
