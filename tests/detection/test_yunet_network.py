from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from fer_core.detection import yunet_network
from fer_core.detection.geometry import iou
from fer_core.detection.yunet import YuNetDetector
from fer_core.detection.yunet_network import YuNetNetwork, read_weights
from fer_core.domain.errors import ModelError
from fer_core.domain.faces import Face

NAME = "face_detection_yunet_2023mar.onnx"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the network's file that the code takes for the real one."""
    path = tmp_path / "yunet" / NAME
    path.parent.mkdir()
    path.write_bytes(read_weights())
    monkeypatch.setattr(yunet_network, "vendored_dir", lambda: tmp_path)
    return path


def test_the_file_is_the_published_one() -> None:
    assert len(read_weights()) == 232_589  # as models/yunet/README.md has it


def test_an_altered_file_is_refused_by_name(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[100_000] ^= 1
    copy.write_bytes(content)
    with pytest.raises(ModelError, match=rf"{NAME} is altered: expected SHA-256 8f2383e4"):
        YuNetDetector()


def test_a_truncated_file_is_refused_by_name(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-1])
    with pytest.raises(ModelError, match=NAME):
        YuNetDetector()


def test_a_missing_file_is_named(copy: Path) -> None:
    copy.unlink()
    with pytest.raises(ModelError, match=rf"Cannot read .*{NAME}: No such file"):
        YuNetDetector()


def test_one_run_over_an_image(astronaut: npt.NDArray[np.uint8], astronaut_face: Face) -> None:
    (face,) = YuNetNetwork(read_weights(), 0.8).faces(astronaut)
    assert iou(face, astronaut_face) > 0.8
    assert len(face.landmarks_xy) == 5


@pytest.mark.parametrize("size_hw", [(31, 640), (32, 224), (32, 3200), (8, 640)])
def test_a_low_strip_gives_the_same_faces_every_time(size_hw: tuple[int, int]) -> None:
    # OpenCV 4.14 read unwritten memory here; the noise between the calls is what it then found.
    network = YuNetNetwork(read_weights(), 0.3)
    strip = np.full((*size_hw, 3), 127, np.uint8)
    random = np.random.default_rng(5)
    found = set()
    for _ in range(12):
        clutter = [random.normal(0, 50, (size, size)) for size in (64, 200, 500)]
        found.add(tuple(network.faces(strip)))
        del clutter
    assert found == {()}
