"""What others import stays as it is, and stays light."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import fer_core

ROOT = Path(__file__).resolve().parents[1]
NEVER_SERVING = ("tensorflow", "keras", "mlflow", "streamlit", "gradio", "huggingface_hub")


def loaded_after(code: str) -> set[str]:
    """Names of the modules that a fresh process has loaded after running some code."""
    ended = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(ended.stdout.splitlines()[-1]))


def test_the_public_names_are_pinned() -> None:
    assert set(fer_core.__all__) == {
        "AnalyzedFace",
        "EmotionAnalyzer",
        "EmotionClassifier",
        "EmotionScores",
        "Face",
        "FaceQuality",
        "FerError",
        "FrameAnalysis",
        "ModelCard",
        "PreprocessSpec",
        "annotate",
        "decode_image",
        "load_analyzer",
        "load_classifier",
        "read_image",
    }


@pytest.mark.parametrize("name", fer_core.__all__)
def test_every_public_name_is_what_it_says(name: str) -> None:
    value = getattr(fer_core, name)
    assert value.__name__ == name
    assert value.__module__.startswith("fer_core.")
    assert value.__doc__
    assert name in dir(fer_core)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'fer_core' has no attribute 'magic'"):
        _ = fer_core.magic


def test_the_documented_lines_work(served_models: Path) -> None:
    image = fer_core.read_image(ROOT / "fer_core" / "samples" / "astronaut.jpg")
    analysis = fer_core.load_analyzer(model="default", detector="yunet").analyze(image)
    assert isinstance(analysis, fer_core.FrameAnalysis)
    classifier = fer_core.load_classifier("default")
    probabilities = classifier.predict(image[None, :48, :48])
    assert probabilities.shape == (1, len(classifier.labels))
    assert fer_core.annotate(image, analysis).shape[2] == 3


def test_importing_costs_next_to_nothing() -> None:
    loaded = loaded_after("import fer_core")
    assert not loaded & {*NEVER_SERVING, "numpy", "cv2", "onnxruntime", "PIL"}


def test_serving_loads_no_training_and_no_pages(served_models: Path) -> None:
    code = """
import fer_core
image = fer_core.read_image("fer_core/samples/astronaut.jpg")
analysis = fer_core.load_analyzer().analyze(image)
assert analysis.faces
fer_core.annotate(image, analysis)
"""
    loaded = loaded_after(code)
    assert {"onnxruntime", "cv2"} <= loaded
    assert not loaded & set(NEVER_SERVING)


def test_the_command_line_serves_without_training(served_models: Path) -> None:
    code = """
from typer.testing import CliRunner
from fer_core.cli import app
for words in (
    ["analyze", "fer_core/samples/astronaut.jpg"],
    ["models"],
    ["evaluate", "--data", "drawn_faces", "--split", "PublicTest"],
):
    assert CliRunner().invoke(app, words).exit_code == 0, words
"""
    assert not loaded_after(code) & set(NEVER_SERVING)
