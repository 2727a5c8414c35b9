"""Figures of speed, parity and memory on this machine: `python -m fer_core bench`.

Times are medians taken in turns within one run, so that their ratios hold where a single time
would not; parity is the largest absolute difference of a probability.
"""

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.domain.images import read_image
from fer_core.domain.scaling import scaled
from fer_core.domain.settings import sample_photo
from fer_core.inference.analyzer import load_analyzer
from fer_core.preprocessing.crop import crop_faces

Image = npt.NDArray[np.uint8]

SERVING_NEVER_LOADS = ("tensorflow", "keras", "mlflow", "streamlit", "gradio")
_PHOTO_SIDE_PX = 1024
_STATUS = Path("/proc/self/status")
_ROUNDS = 40
_PHOTOS_FOR_MEMORY = 500


def run_all() -> dict[str, float]:
    """Measure everything; keys say what and in which unit."""
    photo = _with_side(read_image(sample_photo()), _PHOTO_SIDE_PX)
    return {
        **import_cost(),
        **end_to_end(photo),
        **memory(photo),
        **parity(photo),  # last, since it loads TensorFlow
    }


def import_cost() -> dict[str, float]:
    """Seconds for `import fer_core`, and for all that serving a photo needs."""
    program = (
        "import json, sys, time; t = time.perf_counter(); import fer_core; "
        "bare = time.perf_counter() - t; fer_core.load_analyzer; fer_core.annotate; "
        "serving = time.perf_counter() - t; "
        f"heavy = [m for m in {SERVING_NEVER_LOADS} if m in sys.modules]; "
        "print(json.dumps([bare, serving, len(heavy)]))"
    )
    runs = [_in_new_process(program) for _ in range(5)]
    bare, serving, heavy = (statistics.median(values) for values in zip(*runs, strict=True))
    return {
        "import fer_core, s": bare,
        "import all that serving needs, s": serving,
        "heavy modules loaded by serving": heavy,
    }


def end_to_end(photo: Image) -> dict[str, float]:
    """Milliseconds of detector, network and the whole on one photo, and their ratio."""
    analyzer = load_analyzer()
    faces = analyzer.detector.detect(photo)
    tensor = crop_faces(photo, faces, analyzer.classifier.spec)
    steps: list[Callable[[], Any]] = [
        lambda: analyzer.detector.detect(photo),
        lambda: analyzer.classifier.predict_tensor(tensor),
        lambda: analyzer.analyze(photo),
    ]
    detector, network, whole = _medians_in_turns(steps)
    return {
        "photo, longer side, px": float(max(photo.shape[:2])),
        "photo, faces": float(len(faces)),
        "detector alone, ms": 1000 * detector,
        "network alone, ms": 1000 * network,
        "network, ms a face": 1000 * network / len(faces),
        "end to end, ms": 1000 * whole,
        "end to end / (detector + network)": whole / (detector + network),
    }


def parity(photo: Image) -> dict[str, float]:
    """Largest differences: a face alone against among others, and ONNX against Keras."""
    from fer_core.zoo.keras_model import load_keras_model

    analyzer = load_analyzer()
    classifier, spec = analyzer.classifier, analyzer.classifier.spec
    face = analyzer.detector.detect(photo)[0]
    random = np.random.default_rng(7)
    shaken = [face.mapped(1.0, *random.uniform(-40, 40, 2)) for _ in range(200)]
    tensor = crop_faces(photo, shaken, spec)
    batch = classifier.predict_tensor(tensor)
    single = np.concatenate([classifier.predict_tensor(row[np.newaxis]) for row in tensor])
    keras_says = load_keras_model().predict(tensor, verbose=0)
    return {
        "batch against single, largest difference": float(np.abs(batch - single).max()),
        "ONNX against Keras, largest difference": float(np.abs(batch - keras_says).max()),
    }


def memory(photo: Image) -> dict[str, float]:
    """Resident memory while many photos of changing sizes are analysed one after another.

    Empty where the system does not tell it in `/proc`.
    """
    if not _STATUS.exists():
        return {}
    analyzer = load_analyzer()
    random = np.random.default_rng(11)
    levels = []
    for _ in range(_PHOTOS_FOR_MEMORY):
        analyzer.analyze(_with_side(photo, int(random.integers(300, 1600))))
        gc.collect()
        levels.append(_resident_mb())
    fifth = _PHOTOS_FOR_MEMORY // 5
    return {
        "photos analysed for memory": float(_PHOTOS_FOR_MEMORY),
        "memory, median of the second fifth, MB": statistics.median(levels[fifth : 2 * fifth]),
        "memory, median of the last fifth, MB": statistics.median(levels[-fifth:]),
    }


def _medians_in_turns(steps: list[Callable[[], Any]]) -> list[float]:
    times: list[list[float]] = [[] for _ in steps]
    for turn in range(_ROUNDS + 3):
        for step, taken in zip(steps, times, strict=True):
            started = time.perf_counter()
            step()
            if turn >= 3:  # the first turns warm caches
                taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in times]


def _in_new_process(program: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    values: list[float] = json.loads(done.stdout)
    return values


def _resident_mb() -> float:
    status = _STATUS.read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _with_side(image: Image, side_px: int) -> Image:
    return scaled(image, side_px / max(image.shape))
