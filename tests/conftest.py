"""What several folders of tests share."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

# Before TensorFlow: its symbols shadow those that libsrtp, which live video needs, looks for, and
# the process crashes. The app itself never loads both.
import pylibsrtp  # noqa: F401
import pytest

from fer_core.domain.faces import Face
from tests.zoo.hub_stand_in import TOKEN, HubStandIn, running_hub

if TYPE_CHECKING:
    import keras

    from fer_core.datasets.base import FaceDataset
    from fer_core.training.callbacks import EpochReport
    from fer_core.training.recipe import Recipe

Image = npt.NDArray[np.uint8]
GroupPhoto = Callable[..., tuple[Image, list[Face]]]

PHOTO = Path(__file__).resolve().parents[1] / "fer_core" / "samples" / "astronaut.jpg"

# Marked by hand on the photo: hairline (under the fringe) to chin, cheek to cheek; then the centres
# of the irises, the tip of the nose and the corners of the mouth.
FACE_XYWH = (181.0, 64.0, 89.0, 114.0)
LANDMARKS_XY = ((203.0, 101.0), (247.0, 103.5), (223.0, 127.0), (203.0, 140.0), (244.0, 141.0))
HEAD_LTRB = (150, 22, 302, 192)  # with hair and collar


@pytest.fixture(scope="session", autouse=True)
def heeded_signals() -> None:
    """Signals as a program in the foreground has them: started by `&` or nohup it ignores some."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


# --- A real face, and group photos built from it ---


@pytest.fixture(scope="session")
def astronaut() -> Image:
    """The whole photo, (512, 512, 3) RGB uint8, read-only."""
    image = np.asarray(cv2.cvtColor(cv2.imread(str(PHOTO)), cv2.COLOR_BGR2RGB), np.uint8)
    image.flags.writeable = False
    return image


@pytest.fixture(scope="session")
def astronaut_face() -> Face:
    return Face(FACE_XYWH, 1.0, LANDMARKS_XY)


@pytest.fixture(scope="session")
def group_photo(astronaut: Image) -> GroupPhoto:
    """Call with (width, height) and [(centre x, centre y, face height)]: photo and true faces."""
    return group_photos_of(astronaut)


def group_photos_of(astronaut: Image) -> GroupPhoto:
    """What the fixture gives, for those who are no test."""
    left, top, right, bottom = HEAD_LTRB
    head = astronaut[top:bottom, left:right]
    x, y, w, h = FACE_XYWH
    cx, cy = x + w / 2 - left, y + h / 2 - top

    def build(
        size_wh: tuple[int, int], places: list[tuple[float, float, float]]
    ) -> tuple[Image, list[Face]]:
        width, height = size_wh
        rows = np.linspace(90, 190, height, dtype=np.float32)[:, None, None]
        photo = np.broadcast_to(rows * (0.8, 1.0, 1.2), (height, width, 3)).astype(np.uint8)
        faces = []
        for index, (fx, fy, side) in enumerate(places):
            k = side / h
            person = head if index % 2 == 0 else head[:, ::-1]
            person_cx = cx if index % 2 == 0 else head.shape[1] - cx
            # Area averaging stands for what a camera's pixels do; place it to a part of a pixel.
            size = round(head.shape[1] * k), round(head.shape[0] * k)
            small = cv2.resize(np.ascontiguousarray(person), size, interpolation=cv2.INTER_AREA)
            x0, y0 = round(fx - person_cx * k), round(fy - cy * k)
            photo[y0 : y0 + size[1], x0 : x0 + size[0]] = small
            centre = x0 + person_cx * k, y0 + cy * k
            faces.append(Face((centre[0] - w * k / 2, centre[1] - side / 2, w * k, side), 1.0))
        return photo, faces

    return build


# --- A served model: trained for seconds on drawn faces, once for the whole session ---


@pytest.fixture(scope="session")
def drawn_faces() -> "FaceDataset":
    """All 1,400 drawn faces; do not write into its arrays."""
    from fer_core.datasets.base import open_dataset

    return open_dataset("drawn_faces")


@pytest.fixture(scope="session")
def tiny_recipe() -> "Recipe":
    """A network of 20,000 weights and two epochs: some seconds on one core."""
    from fer_core.training.recipe import recipe_from_dict

    return recipe_from_dict(
        {
            "name": "default",
            "description": "A tiny network on drawn faces, for tests.",
            "architecture": {
                "name": "se_resnet",
                "settings": {"widths": [8, 16, 32], "blocks": 1, "dropout": 0.0},
            },
            "optimization": {
                "epochs": 2,
                "batch_size": 16,
                "learning_rate": 0.05,
                "warmup_epochs": 0.2,
                "weight_decay": 1e-4,
                "ema": 0.9,
            },
        }
    )


@dataclass(frozen=True)
class TinyRun:
    """What training the tiny network gave."""

    network: "keras.Model"
    folder: Path
    reports: list["EpochReport"]


@pytest.fixture(scope="session")
def tiny_run(
    tiny_recipe: "Recipe", drawn_faces: "FaceDataset", tmp_path_factory: pytest.TempPathFactory
) -> TinyRun:
    """The tiny network, trained."""
    from fer_core.training.engine import fit

    folder = tmp_path_factory.mktemp("tiny_run")
    reports: list[EpochReport] = []
    return TinyRun(fit(tiny_recipe, drawn_faces, folder, reports.append), folder, reports)


@pytest.fixture(scope="session")
def tiny_models(
    tiny_run: TinyRun,
    tiny_recipe: "Recipe",
    drawn_faces: "FaceDataset",
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder of models that holds the tiny one, as "default"; do not change it."""
    from fer_core.training.export import export_model

    folder = tmp_path_factory.mktemp("models")
    export_model(tiny_run.network, tiny_recipe, drawn_faces, "default", folder / "default")
    return folder


@pytest.fixture
def served_models(tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`tiny_models`, and `FER_MODELS_DIR` says so, to processes started here too."""
    monkeypatch.setenv("FER_MODELS_DIR", str(tiny_models))
    return tiny_models


# --- A Hub on this machine ---


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubStandIn]:
    """An empty stand-in of the Hugging Face Hub, for this process and those started here."""
    import huggingface_hub
    from huggingface_hub import constants

    with running_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
        # The client has read the environment once and for all.
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hf" / "hub"))
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        yield hub
        huggingface_hub.close_session()  # its connections to this Hub
