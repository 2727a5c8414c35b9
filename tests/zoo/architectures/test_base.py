"""What every architecture keeps to, whichever file it comes from."""

from pathlib import Path

import keras
import numpy as np
import pytest

from fer_core.domain.errors import RecipeError, UnknownNameError
from fer_core.zoo.architectures.base import architectures, build
from fer_core.zoo.onnx_session import open_session

EVERY = pytest.mark.parametrize("name", architectures.names())
GREY_48, CLASSES = (48, 48, 1), 7


def faces(count: int, shape: tuple[int, int, int] = GREY_48) -> np.ndarray:
    return np.random.default_rng(0).uniform(-2, 2, (count, *shape)).astype(np.float32)


@EVERY
@pytest.mark.parametrize("shape", [GREY_48, (64, 64, 3)])
def test_it_builds_for_grey_and_colour(name: str, shape: tuple[int, int, int]) -> None:
    network = build(name, shape, CLASSES, {})
    assert network.input_shape == (None, *shape)
    assert network.output_shape == (None, CLASSES)
    assert network.count_params() > 0


@EVERY
def test_it_answers_with_logits_in_float32_even_in_mixed_precision(name: str) -> None:
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = build(name, GREY_48, CLASSES, {})
    finally:
        keras.config.set_dtype_policy("float32")
    logits = keras.ops.convert_to_numpy(network(faces(4) * 4))
    assert logits.dtype == np.float32
    assert np.isfinite(logits).all()
    assert np.abs(logits.sum(axis=1) - 1).max() > 1e-3  # no softmax yet


@EVERY
def test_it_saves_loads_and_exports(name: str, tmp_path: Path) -> None:
    network = build(name, GREY_48, CLASSES, {})
    logits = network.predict(faces(4), verbose=0)

    network.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", compile=False, safe_mode=True)
    assert loaded.predict(faces(4), verbose=0) == pytest.approx(logits, abs=1e-6)

    network.export(tmp_path / "model.onnx", format="onnx", verbose=False)
    session = open_session((tmp_path / "model.onnx").read_bytes())
    (exported,) = session.run(None, {session.get_inputs()[0].name: faces(4)})
    assert exported == pytest.approx(logits, abs=1e-4)


@EVERY
def test_one_training_step_moves_every_kernel(name: str) -> None:
    keras.utils.set_random_seed(1)
    network = build(name, GREY_48, CLASSES, {})
    network.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    kernels = [v for v in network.trainable_variables if v.name.endswith("kernel")]
    before = [kernel.numpy() for kernel in kernels]
    network.train_on_batch(faces(8), np.arange(8) % CLASSES)
    assert len(kernels) > 1
    for kernel, old in zip(kernels, before, strict=True):
        assert not np.array_equal(kernel.numpy(), old), kernel.path


@EVERY
def test_what_it_calls_features_is_the_vector_before_the_logits(name: str) -> None:
    network = build(name, GREY_48, CLASSES, {})
    names = [layer.name for layer in network.layers]
    assert names[-1] == "logits"
    if "features" not in names:  # its logits are means over maps
        assert isinstance(network.layers[-1], keras.layers.GlobalAveragePooling2D)
        return
    assert len(network.get_layer("features").output.shape) == 2
    between = network.layers[names.index("features") + 1 : -1]
    assert all(isinstance(layer, keras.layers.Dropout) for layer in between)


@EVERY
def test_an_unknown_setting_is_named(name: str) -> None:
    with pytest.raises(RecipeError, match=rf"{name!r} does not take these settings: .*'colour'"):
        build(name, GREY_48, CLASSES, {"colour": "blue"})


def test_an_unknown_architecture_is_answered_with_the_known() -> None:
    with pytest.raises(UnknownNameError, match=r"'magic': expected one of .*se_resnet"):
        build("magic", GREY_48, CLASSES, {})
