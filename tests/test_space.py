"""The Space's folder works by itself: installed afresh, started, and asked for a face."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from gradio_client import Client, handle_file

import fer_core
from tests.browser.server import free_port, running
from tests.conftest import PHOTO

ROOT = Path(__file__).resolve().parents[1]
SIZE_AT_MOST = 600e6


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("space")
    subprocess.run([sys.executable, "deploy/space/build.py", str(folder)], cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="module")
def environment(space: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with what the Space asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run(
        [folder / "bin" / "pip", "install", "-q", "-r", space / "requirements.txt"], check=True
    )
    return folder


@pytest.fixture(scope="module")
def space_url(
    space: Path, environment: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    port = free_port()
    log = tmp_path_factory.mktemp("log") / "log.txt"
    places = {"GRADIO_SERVER_PORT": str(port), "FER_MODELS_DIR": "", "PYTHONPATH": ""}
    command = f"cd {space} && exec {environment}/bin/python app.py"
    with running(command, port, log, places, health="/gradio_api/info") as url:
        yield url
    assert "Traceback" not in log.read_text(), log.read_text()


def test_it_answers_as_the_core_does(space_url: str) -> None:
    answer = Client(space_url, verbose=False).predict(
        photo=handle_file(str(PHOTO)), api_name="/analyze"
    )
    (face,) = answer["faces"]
    (expected,) = fer_core.load_analyzer().analyze(fer_core.read_image(PHOTO)).faces
    assert face["scores"] == pytest.approx(expected.scores.to_dict(), abs=1e-6)


def test_it_installs_neither_training_nor_streamlit_and_stays_small(environment: Path) -> None:
    listed = subprocess.run(
        [environment / "bin" / "pip", "list", "--format=freeze"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.lower()
    for name in ("tensorflow", "keras", "streamlit", "mlflow", "onnx=="):
        assert name not in listed
    # What it asks for: neither the environment's own pip nor the bytecode that Python writes.
    size = sum(
        path.lstat().st_size
        for path in (environment / "lib").rglob("*")
        if path.is_file() and not {"__pycache__", "pip", "setuptools"} & set(path.parts)
    )
    assert size < SIZE_AT_MOST


def test_it_holds_only_what_it_needs(space: Path) -> None:
    files = {path.relative_to(space).as_posix() for path in space.rglob("*") if path.is_file()}
    assert {"app.py", "README.md", "requirements.txt", "LICENSE"} <= files
    assert {"models/default/model.onnx", "models/yunet/LICENSE"} <= files
    assert not [name for name in files if name.endswith((".keras", ".pyc", ".pyi"))]
    assert not [name for name in files if "training" in name or "app_pages" in name]
    assert sum((space / name).stat().st_size for name in files) < 10e6


def test_its_front_matter_is_what_spaces_read(space: Path) -> None:
    _, front, text = (space / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    matter = yaml.safe_load(front)
    assert (matter["sdk"], matter["app_file"]) == ("gradio", "app.py")
    requirements = (space / "requirements.txt").read_text(encoding="utf-8")
    assert f"gradio=={matter['sdk_version']}\n" in requirements
    assert len(matter["short_description"]) <= 60  # as the Hub demands
    assert matter["colorFrom"] in ("red", "yellow", "green", "blue", "indigo", "purple", "gray")
    assert "AI Act" in text


def test_its_pins_are_the_projects_own(space: Path) -> None:
    pins = pinned(space / "requirements.txt")
    own = pinned(ROOT / "requirements.txt")
    assert {"gradio", "numpy", "onnxruntime"} <= pins.keys()
    assert {name: own.get(name) for name in pins} == pins


def test_building_again_keeps_a_clones_history(space: Path) -> None:
    (space / ".git").mkdir(exist_ok=True)
    (space / "old.txt").write_text("gone")
    subprocess.run([sys.executable, "deploy/space/build.py", str(space)], cwd=ROOT, check=True)
    assert (space / ".git").is_dir()
    assert not (space / "old.txt").exists()
    (space / ".git").rmdir()


def pinned(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(match.groups() for line in lines if (match := re.match(r"([\w.-]+)==(\S+)", line)))
