"""Builds the folder that a Hugging Face Space is: `make space` writes dist/space/, ready to push.

Only what serving needs goes in: no training, no Streamlit, no weights to train on from.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent

FILES = ("app.py", "LICENSE")
MODELS = {"default": ("card.json", "model.onnx", "report.json"), "yunet": ("*",)}
PACKAGES = {
    "fer_core": (
        "detection",
        "domain",
        "fonts",
        "inference",
        "preprocessing",
        "samples",
        "video",
        "zoo",
    ),
    "webapp": ("gradio_demo",),
}
MODULES = (
    "fer_core/__init__.py",
    "webapp/__init__.py",
    "webapp/gradio_app.py",
    "webapp/live.py",
    "webapp/live_places.py",
)
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "architectures", "*.pyi")


def build(target: Path) -> None:
    """Write the Space's files.

    Args:
        target: The folder; what was in it is gone, but for `.git`, so that a clone of the Space
            can be built into.
    """
    target.mkdir(parents=True, exist_ok=True)
    for old in target.iterdir():
        if old.name != ".git":
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for name in (*FILES, *MODULES):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target / name)
    for package, parts in PACKAGES.items():
        for part in parts:
            shutil.copytree(ROOT / package / part, target / package / part, ignore=_LEFT_OUT)
    for model, patterns in MODELS.items():
        (target / "models" / model).mkdir(parents=True)
        for pattern in patterns:
            for path in (ROOT / "models" / model).glob(pattern):
                shutil.copy(path, target / "models" / model)
    requirements = (HERE / "requirements.txt").read_text(encoding="utf-8")
    (target / "requirements.txt").write_text(requirements, encoding="utf-8")
    (target / "README.md").write_text(_readme(requirements), encoding="utf-8")


def _readme(requirements: str) -> str:
    """The card of the Space, which installs the Gradio that its front matter names."""
    found = re.search(r"^gradio==(\S+)", requirements, re.MULTILINE)
    assert found, "requirements.txt pins no Gradio"
    return (HERE / "README.md").read_text(encoding="utf-8").replace("{gradio_version}", found[1])


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist" / "space"
    build(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    sys.stdout.write(f"{folder}: {size / 1e6:.1f} MB, ready to push to a Space\n")
