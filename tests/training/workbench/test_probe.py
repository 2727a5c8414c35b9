"""A probe is plain figures: the web app reads them without Keras."""

import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from fer_core.training.workbench.probe import Probe

ROOT = Path(__file__).resolve().parents[3]


def test_a_probe_is_plain_values() -> None:
    assert asdict(Probe(12.5, 8.0, 1000)) == {
        "seconds_per_epoch": 12.5,
        "steps_per_second": 8.0,
        "parameters": 1000,
    }


def test_who_asks_the_workbench_loads_neither_keras_nor_mlflow() -> None:
    code = (
        "import sys; from fer_core.training.workbench import Probe, Workbench; Workbench(); "
        "print([name for name in ('keras', 'tensorflow', 'mlflow') if name in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "[]\n"
