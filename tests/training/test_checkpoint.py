"""Whatever moment a run is killed at, a whole state lies on the disk."""

import errno
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from fer_core.training.checkpoint import Checkpoint


def compiled() -> keras.Model:
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(keras.optimizers.Adam(0.1, use_ema=True), "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def train(model: keras.Model, epochs: int, *callbacks: keras.callbacks.Callback) -> None:
    x = np.random.default_rng(1).normal(size=(8, 3)).astype(np.float32)
    model.fit(x, x[:, :2], epochs=epochs, callbacks=list(callbacks), verbose=0)


def state(model: keras.Model) -> list[np.ndarray]:
    """Weights, Adam's moments and step counter, and the moving averages."""
    return [value.numpy() for value in (*model.weights, *model.optimizer.variables)]


@pytest.fixture
def trained(tmp_path: Path) -> tuple[keras.Model, Checkpoint]:
    model, checkpoint = compiled(), Checkpoint(tmp_path / "checkpoints")
    train(model, 3, checkpoint)
    return model, checkpoint


def test_the_last_two_epochs_stay(trained: tuple[keras.Model, Checkpoint]) -> None:
    names = [path.name for _, path in trained[1].newest_first()]
    assert names == ["epoch-0003.weights.h5", "epoch-0002.weights.h5"]
    assert len(list(trained[1].folder.iterdir())) == 2  # and nothing unfinished


def test_the_whole_state_comes_back(tmp_path: Path) -> None:
    checkpoint, states = Checkpoint(tmp_path / "checkpoints"), []

    class WriteDown(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            states.append(state(self.model))

    train(compiled(), 3, checkpoint, WriteDown())
    fresh = compiled()
    assert checkpoint.restore(fresh) == 3
    for ours, theirs in zip(state(fresh), states[-1], strict=True):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("damage", [b"", b"not a checkpoint", None], ids=["empty", "text", "cut"])
def test_a_damaged_one_gives_way_to_the_one_before(
    trained: tuple[keras.Model, Checkpoint], damage: bytes | None
) -> None:
    _, checkpoint = trained
    newest = checkpoint.newest_first()[0][1]
    newest.write_bytes(newest.read_bytes()[:-2000] if damage is None else damage)
    assert checkpoint.restore(compiled()) == 2
    assert not newest.exists()


def test_without_any_the_model_stays_as_it_was(tmp_path: Path) -> None:
    model = compiled()
    before = state(model)
    assert Checkpoint(tmp_path / "none").restore(model) == 0
    for ours, old in zip(state(model), before, strict=True):
        assert np.array_equal(ours, old)


def test_what_a_kill_left_half_written_is_not_taken_for_a_state(
    trained: tuple[keras.Model, Checkpoint],
) -> None:
    _, checkpoint = trained
    (checkpoint.folder / "unfinished-epoch-0004.weights.h5").write_bytes(b"half")
    assert checkpoint.restore(compiled()) == 3
    train(compiled(), 1, checkpoint)


def test_a_full_disk_is_told_before_anything_is_written(
    trained: tuple[keras.Model, Checkpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, checkpoint = trained
    full = shutil.disk_usage(checkpoint.folder)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    with pytest.raises(OSError, match="No space left") as caught:
        checkpoint.on_epoch_end(3)
    assert caught.value.errno == errno.ENOSPC
    monkeypatch.undo()
    assert checkpoint.restore(compiled()) == 3
