"""Where things are on this machine; the environment is read when asked, never at import."""

import os
import tempfile
from pathlib import Path

_PROJECT_ROOT = Path(__file__).resolve().parents[2]


def models_dir() -> Path:
    """The folder of models: `FER_MODELS_DIR`, or `models/` beside the package."""
    return Path(os.environ.get("FER_MODELS_DIR") or _PROJECT_ROOT / "models")


def runs_dir() -> Path:
    """The folder of training runs: `FER_RUNS_DIR`, or `runs/` beside the package."""
    return Path(os.environ.get("FER_RUNS_DIR") or _PROJECT_ROOT / "runs")


def videos_dir() -> Path:
    """Where uploaded videos are read: `FER_VIDEOS_DIR`, or a folder among temporary files."""
    named = os.environ.get("FER_VIDEOS_DIR")
    return Path(named) if named else Path(tempfile.gettempdir()) / "fer-studio-videos"


def data_dirs() -> tuple[Path, ...]:
    """Folders whose data pages offer: `FER_DATA_DIRS` (as PATH lists them), or `data/`."""
    listed = os.environ.get("FER_DATA_DIRS", "").split(os.pathsep)
    return tuple(map(Path, filter(None, listed))) or (_PROJECT_ROOT / "data",)


def sample_photo() -> Path:
    """The sample: NASA's portrait of the astronaut Eileen Collins, public domain."""
    return Path(__file__).resolve().parents[1] / "samples" / "astronaut.jpg"


def vendored_dir() -> Path:
    """The folder of files that ship with the project and are not a user's to move."""
    return _PROJECT_ROOT / "models"
