"""Feature maps are what the network's own layers give, channels last, stage by stage."""

from pathlib import Path

import keras
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from fer_core.datasets.base import FaceDataset
from fer_core.detection.full_frame import whole_image
from fer_core.domain.errors import ImageError, ModelError
from fer_core.inference.feature_maps import FeatureMap, Maps, feature_maps
from fer_core.preprocessing.crop import crop_faces
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.zoo.card import ONNX_FILE, ModelCard
from fer_core.zoo.keras_model import load_keras_model
from fer_core.zoo.store import load_card, model_folder, model_names, verified_bytes

CARD = ModelCard("small", ("a", "b"), PreprocessSpec((8, 8)), {ONNX_FILE: "ab"})
FACE = np.random.default_rng(0).normal(size=(1, 8, 8, 1)).astype(np.float32)
RELU_OF_FACE = np.maximum(FACE[0], 0)


def of(model: str, face: Maps | None = None) -> tuple[FeatureMap, ...]:
    card = load_card(model)
    if face is None:
        face = np.zeros((1, *card.spec.input_shape), np.float32)
    return feature_maps(card, verified_bytes(card, model_folder(model), ONNX_FILE), face)


def network(*nodes: onnx.NodeProto) -> bytes:
    """A network on 8 × 8 faces; `one` is a kernel that copies, `to_nchw` and `to_nhwc` turn."""
    ends = [
        helper.make_tensor_value_info("face", TensorProto.FLOAT, ["n", 8, 8, 1]),
        helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None),
    ]
    one = numpy_helper.from_array(np.ones((1, 1, 1, 1), np.float32), "one")
    graph = helper.make_graph(nodes, "small", ends[:1], ends[1:], [one])
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()


def node(
    kind: str, inputs: str, output: str, name: str = "", **attributes: object
) -> onnx.NodeProto:
    return helper.make_node(kind, inputs.split(), [output], name=name, **attributes)


TO_NCHW = node("Transpose", "face", "x", perm=[0, 3, 1, 2])
CONV = node("Conv", "x one", "conv", "net_1/first_1/Conv")
RELU = node("Relu", "conv", "relu", "net_1/active_1/Relu")
POOL = node("MaxPool", "relu", "pool", "net_1/pool_1/MaxPool", kernel_shape=[2, 2], strides=[2, 2])


def test_stages_are_what_keras_layers_of_that_name_give(
    served_models: Path, drawn_faces: FaceDataset
) -> None:
    face = crop_faces(drawn_faces.images[7], [whole_image(48, 48)], load_card("default").spec)
    whole = load_keras_model()
    stages = of("default", face)
    assert [stage.name for stage in stages] == [
        "First convolution",
        "Residual block 1",
        "Residual block 2",
        "Residual block 3",
    ]
    for stage in stages:
        part = keras.Model(whole.input, whole.get_layer(stage.layer).output)
        (expected,) = part.predict(face, verbose=0)
        assert stage.maps == pytest.approx(expected, abs=1e-4)


def test_every_model_that_ships_shows_ever_smaller_pictures() -> None:
    for name in model_names():
        areas = [stage.maps.shape[0] * stage.maps.shape[1] for stage in of(name)]
        assert areas == sorted(areas, reverse=True), name


def test_a_convolution_is_shown_with_its_activation_and_a_pooling_by_itself() -> None:
    first, pooled = feature_maps(CARD, network(TO_NCHW, CONV, RELU, POOL), FACE)
    assert (first.name, first.layer) == ("First convolution", "active")
    assert np.array_equal(first.maps, RELU_OF_FACE)
    assert (pooled.name, pooled.layer) == ("Pooling 1", "pool")
    assert np.array_equal(pooled.maps[..., 0], RELU_OF_FACE.reshape(4, 2, 4, 2).max(axis=(1, 3)))


def test_a_network_without_pooling_shows_all_its_convolutions() -> None:
    second = node("Conv", "relu one", "again")
    stages = feature_maps(CARD, network(TO_NCHW, CONV, RELU, second), FACE)
    assert [stage.name for stage in stages] == ["Convolution 1", "Convolution 2"]


def test_maps_that_the_network_turns_are_not_turned_again() -> None:
    back = node("Transpose", "relu", "back", perm=[0, 2, 3, 1])
    block = node("Add", "back face", "sum")
    first, last = feature_maps(CARD, network(TO_NCHW, CONV, RELU, back, block), FACE)
    assert last.name == "Residual block 1"
    assert np.array_equal(last.maps, RELU_OF_FACE + FACE[0])
    assert first.maps.shape == last.maps.shape


def test_a_pooling_that_ends_in_a_block_is_part_of_it() -> None:
    pool = node("MaxPool", "relu", "pool", kernel_shape=[1, 1])
    stages = feature_maps(
        CARD, network(TO_NCHW, CONV, RELU, pool, node("Add", "pool x", "s")), FACE
    )
    assert [stage.name for stage in stages] == ["First convolution", "Residual block 1"]


def test_names_without_a_number_of_their_own_stay_whole() -> None:
    named = node("Conv", "x one", "conv", "net/conv2d_1/Conv")
    other = node("Conv", "conv one", "more", "net/head/Conv")
    stages = feature_maps(CARD, network(TO_NCHW, named, other), FACE)
    assert [stage.layer for stage in stages] == ["conv2d_1", "head"]


def test_a_network_that_does_not_convolve_has_no_maps() -> None:
    assert feature_maps(CARD, network(node("Flatten", "face", "row")), FACE) == ()


def test_the_strongest_channels_come_first_and_silent_ones_never() -> None:
    slope = np.linspace(0, 1, 16, dtype=np.float32).reshape(4, 4)
    maps = np.stack([slope, np.full_like(slope, 9.0), 3 * slope, 2 * slope], axis=-1)
    stage = FeatureMap("Pooling 1", "", maps)
    assert stage.strongest(2) == [2, 3]
    assert stage.strongest(16) == [2, 3, 0]


@pytest.mark.parametrize("face", [FACE[0], FACE.repeat(2, axis=0), FACE.astype(np.float64)])
def test_another_shape_or_type_is_refused_and_named(face: Maps) -> None:
    with pytest.raises(ImageError, match=r"expects \(1, 8, 8, 1\) float32, got") as caught:
        feature_maps(CARD, network(TO_NCHW, CONV), face)
    assert str(face.shape) in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"not a network", b"", network(TO_NCHW, CONV, node("NoSuchStep", "conv", "y"))],
    ids=["text", "empty", "unknown step"],
)
def test_a_network_that_cannot_run_is_told_in_one_line(content: bytes) -> None:
    with pytest.raises(ModelError, match=r"ONNX network|network that can run") as caught:
        feature_maps(CARD, content, FACE)
    assert "\n" not in str(caught.value)
