"""A model that serves: crops of any size in, probabilities in the card's order out."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper

from fer_core.datasets.base import FaceDataset
from fer_core.detection.full_frame import whole_image
from fer_core.domain.errors import ImageError, ModelError, UnknownNameError
from fer_core.preprocessing.crop import crop_faces
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.zoo.card import CARD_FILE, ONNX_FILE, ModelCard
from fer_core.zoo.classifier import EmotionClassifier, load_classifier

Vouch = Callable[..., ModelCard]


@pytest.fixture
def classifier(served_models: Path) -> EmotionClassifier:
    return load_classifier()


@pytest.fixture
def crops(drawn_faces: FaceDataset) -> npt.NDArray[np.uint8]:
    """Ten different faces, (10, 48, 48)."""
    return drawn_faces.images[::140]


# --- Labels ---


def test_labels_are_the_cards(classifier: EmotionClassifier, served_models: Path) -> None:
    fields = json.loads((served_models / "default" / CARD_FILE).read_text(encoding="utf-8"))
    assert list(classifier.labels) == fields["labels"]
    assert classifier.spec == PreprocessSpec.from_dict(fields["spec"])


def test_labels_travel_with_the_weights(
    tiny_copy: Path, vouch: Vouch, crops: npt.NDArray[np.uint8]
) -> None:
    names = ("g", "f", "e", "d", "c", "b", "a")
    before = load_classifier("tiny").predict(crops)
    vouch(tiny_copy, ONNX_FILE, labels=names)
    renamed = load_classifier("tiny")
    assert renamed.labels == names
    assert np.array_equal(renamed.predict(crops), before)


# --- What comes out ---


def test_each_face_gets_probabilities(
    classifier: EmotionClassifier, crops: npt.NDArray[np.uint8]
) -> None:
    probabilities = classifier.predict(crops)
    assert probabilities.shape == (10, 7)
    assert probabilities.dtype == np.float32
    assert (probabilities >= 0).all()
    assert probabilities.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert len(np.unique(probabilities, axis=0)) == 10  # the input matters


def test_scores_are_the_same_with_labels(
    classifier: EmotionClassifier, crops: npt.NDArray[np.uint8]
) -> None:
    tensor = crop_faces(crops[0], [whole_image(48, 48)], classifier.spec)
    (scores,) = classifier.scores(tensor)
    assert scores.labels == classifier.labels
    assert scores.probabilities == pytest.approx(classifier.predict(crops[:1])[0], abs=1e-6)


def test_grey_as_rgb_is_the_same_face(
    classifier: EmotionClassifier, crops: npt.NDArray[np.uint8]
) -> None:
    rgb = np.repeat(crops[..., np.newaxis], 3, axis=3)
    assert np.array_equal(classifier.predict(rgb), classifier.predict(crops))


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (31, 57), (96, 96), (400, 300)])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_crops_may_have_any_size(
    classifier: EmotionClassifier, shape: tuple[int, int], channels: tuple[int, ...]
) -> None:
    crops = np.random.default_rng(0).integers(0, 256, (2, *shape, *channels), np.uint8)
    probabilities = classifier.predict(crops)
    assert probabilities.shape == (2, 7)
    assert np.isfinite(probabilities).all()


def test_a_face_twice_as_large_is_the_same_face(
    classifier: EmotionClassifier, crops: npt.NDArray[np.uint8]
) -> None:
    doubled = crops.repeat(2, axis=1).repeat(2, axis=2)
    assert np.array_equal(classifier.predict(doubled), classifier.predict(crops))


def test_views_of_an_array_are_read_right(
    classifier: EmotionClassifier, crops: npt.NDArray[np.uint8]
) -> None:
    mirrored = crops[:, :, ::-1]
    assert np.array_equal(classifier.predict(mirrored), classifier.predict(mirrored.copy()))


@pytest.mark.parametrize("shape", [(0, 48, 48), (0, 48, 48, 1), (0, 48, 48, 3)])
def test_no_crops_give_no_probabilities(
    classifier: EmotionClassifier, shape: tuple[int, ...]
) -> None:
    probabilities = classifier.predict(np.empty(shape, np.uint8))
    assert probabilities.shape == (0, 7)
    assert probabilities.dtype == np.float32


@pytest.mark.parametrize(
    "shape", [(48,), (48, 48), (1, 48, 48, 2), (1, 48, 48, 4), (1, 1, 9, 9, 3)]
)
def test_another_shape_is_refused_and_named(
    classifier: EmotionClassifier, shape: tuple[int, ...]
) -> None:
    with pytest.raises(ImageError, match=r"\(N, H, W, 1\) or \(N, H, W, 3\) uint8, got") as caught:
        classifier.predict(np.zeros(shape, np.uint8))
    assert str(shape) in str(caught.value)


@pytest.mark.parametrize("shape", [(2, 0, 48), (2, 48, 0, 3), (1, 0, 0)])
def test_pictures_without_pixels_are_refused(
    classifier: EmotionClassifier, shape: tuple[int, ...]
) -> None:
    with pytest.raises(ImageError, match="uint8, got"):
        classifier.predict(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.bool_])
def test_another_type_is_refused_and_named(classifier: EmotionClassifier, dtype: type) -> None:
    with pytest.raises(ImageError, match=np.dtype(dtype).name):
        classifier.predict(np.zeros((1, 48, 48), dtype))


# --- Batches and threads ---


def test_a_batch_gives_what_single_faces_give(
    classifier: EmotionClassifier, crops: npt.NDArray[np.uint8]
) -> None:
    singles = np.concatenate([classifier.predict(crop[np.newaxis]) for crop in crops])
    assert classifier.predict(crops) == pytest.approx(singles, abs=1e-5)


def test_a_stadium_is_read_in_parts(
    classifier: EmotionClassifier, drawn_faces: FaceDataset
) -> None:
    many = drawn_faces.images[:300]  # more than two parts of 128
    halves = [classifier.predict(many[:150]), classifier.predict(many[150:])]
    assert classifier.predict(many) == pytest.approx(np.concatenate(halves), abs=1e-5)


def test_threads_may_share_a_classifier(
    classifier: EmotionClassifier, drawn_faces: FaceDataset
) -> None:
    parts = np.array_split(drawn_faces.images[::7], 20)
    expected = [classifier.predict(part) for part in parts]
    with ThreadPoolExecutor(8) as pool:
        received = list(pool.map(classifier.predict, parts))
    for one, other in zip(received, expected, strict=True):
        assert one == pytest.approx(other, abs=1e-6)


# --- Files that do not serve ---


def test_an_unknown_model_is_answered_with_the_known(served_models: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"'nobody': expected one of default\."):
        load_classifier("nobody")


def test_an_altered_network_is_refused(tiny_copy: Path) -> None:
    network = tiny_copy / ONNX_FILE
    network.write_bytes(network.read_bytes()[:-10])
    with pytest.raises(ModelError, match=r"model\.onnx is truncated or altered"):
        load_classifier("tiny")


@pytest.mark.parametrize("content", [b"", b"not a network", bytes(1000)])
def test_a_vouched_file_that_is_no_network_is_refused(
    tiny_copy: Path, vouch: Vouch, content: bytes
) -> None:
    (tiny_copy / ONNX_FILE).write_bytes(content)
    vouch(tiny_copy, ONNX_FILE)
    with pytest.raises(ModelError, match=r"model\.onnx is not a network that can run") as caught:
        load_classifier("tiny")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": ("a", "b")}, r"and 2 outputs, got \[48, 48, 1\] and \[7\]"),
        ({"spec": PreprocessSpec((64, 64))}, r"expected input \(64, 64, 1\) .* got \[48, 48, 1\]"),
        ({"spec": PreprocessSpec(channels=3)}, r"expected input \(48, 48, 3\)"),
    ],
)
def test_a_network_that_does_not_fit_its_card_is_refused(
    tiny_copy: Path, vouch: Vouch, changes: dict[str, object], message: str
) -> None:
    vouch(tiny_copy, ONNX_FILE, **changes)
    with pytest.raises(ModelError, match=message):
        load_classifier("tiny")


def test_a_network_with_two_inputs_is_refused(tiny_copy: Path, vouch: Vouch) -> None:
    shape = ["n", 48, 48, 1]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("a", "b", "sum")
    ]
    graph = helper.make_graph(
        [helper.make_node("Add", ["a", "b"], ["sum"])], "two inputs", ends[:2], ends[2:]
    )
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), tiny_copy / ONNX_FILE)
    vouch(tiny_copy, ONNX_FILE)
    with pytest.raises(ModelError, match="does not fit its card"):
        load_classifier("tiny")


def test_more_threads_change_nothing_but_last_digits(
    served_models: Path, crops: npt.NDArray[np.uint8]
) -> None:
    one, two = (load_classifier(threads=threads).predict(crops) for threads in (1, 2))
    assert two == pytest.approx(one, abs=1e-5)


def test_grey_with_a_channel_axis_is_the_same_face(
    classifier: EmotionClassifier, crops: npt.NDArray[np.uint8]
) -> None:
    assert np.array_equal(classifier.predict(crops[..., np.newaxis]), classifier.predict(crops))
