"""The optimiser is the recipe's: its kind, its rate over time, and what it decays."""

from typing import Any

import keras
import pytest

from fer_core.training.optimizers import is_over, new_optimizer, rate_callbacks, steps_an_epoch
from fer_core.training.recipe_sections import Optimization

STEPS = 10  # an epoch


def network() -> keras.Model:
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(2)])


def rates(*steps: int, **plan: Any) -> list[float]:
    optimizer = new_optimizer(Optimization(epochs=10, **plan), STEPS, network())
    values = []
    for step in steps:
        optimizer.iterations.assign(step)
        values.append(float(keras.ops.convert_to_numpy(optimizer.learning_rate)))
    return values


@pytest.mark.parametrize(("count", "steps"), [(1, 1), (16, 1), (17, 2), (840, 53)])
def test_the_last_batch_of_an_epoch_may_be_short(count: int, steps: int) -> None:
    assert steps_an_epoch(count, Optimization(epochs=1, batch_size=16)) == steps


def test_the_rate_climbs_then_falls_along_a_cosine() -> None:
    # 10 steps an epoch: 20 to climb, then half a cosine over 80, whose middle is at 20 + 40.
    found = rates(0, 10, 20, 60, 100, warmup_epochs=2, learning_rate=0.4)
    assert found == pytest.approx([0.0, 0.2, 0.4, 0.2, 0.0], abs=1e-6)


def test_without_a_warm_up_the_rate_starts_at_its_peak() -> None:
    assert rates(0, 50, 100, learning_rate=0.4) == pytest.approx([0.4, 0.2, 0.0], abs=1e-6)


@pytest.mark.parametrize("schedule", ["constant", "plateau"])
def test_other_schedules_leave_the_rate_to_the_callbacks(schedule: str) -> None:
    found = rates(0, 50, 100, schedule=schedule, learning_rate=0.4)
    assert found == pytest.approx([0.4, 0.4, 0.4])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sgd", keras.optimizers.SGD),
        ("adam", keras.optimizers.Adam),
        ("adamw", keras.optimizers.AdamW),
    ],
)
def test_only_kernels_decay(name: str, kind: type) -> None:
    # Where the gradient is zero, decay is all that moves a weight.
    model = network()
    model.set_weights([weights + 1 for weights in model.get_weights()])
    plan = Optimization(
        optimizer=name, learning_rate=1.0, schedule="constant", weight_decay=0.5, momentum=0.0
    )
    optimizer = new_optimizer(plan, STEPS, model)
    assert type(optimizer) is kind
    before = model.get_weights()
    zeros = [keras.ops.zeros_like(variable) for variable in model.trainable_variables]
    optimizer.apply(zeros, model.trainable_variables)
    for variable, old in zip(model.trainable_variables, before, strict=True):
        # One step takes rate times decay off: half.
        expected = old * 0.5 if variable.name == "kernel" else old
        assert variable.numpy() == pytest.approx(expected), variable.path


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_without_decay_nothing_decays(name: str) -> None:
    model = network()
    optimizer = new_optimizer(Optimization(optimizer=name, learning_rate=1.0), STEPS, model)
    before = model.get_weights()
    zeros = [keras.ops.zeros_like(variable) for variable in model.trainable_variables]
    optimizer.apply(zeros, model.trainable_variables)
    for variable, old in zip(model.trainable_variables, before, strict=True):
        assert variable.numpy() == pytest.approx(old)


def test_plateau_and_early_stopping_are_keras_own_callbacks() -> None:
    assert rate_callbacks(Optimization()) == []
    plateau, stopping = rate_callbacks(
        Optimization(schedule="plateau", plateau_factor=0.2, plateau_patience=3, early_stopping=4)
    )
    assert isinstance(plateau, keras.callbacks.ReduceLROnPlateau)
    assert (plateau.factor, plateau.patience) == (0.2, 3)
    assert isinstance(stopping, keras.callbacks.EarlyStopping)
    assert stopping.patience == 4


def past(*losses: float) -> list[dict[str, float]]:
    return [{"epoch": n, "val_loss": loss} for n, loss in enumerate(losses, start=1)]


def trained_on(plan: Optimization, before: list[float], after: list[float]) -> tuple[float, bool]:
    """The rate in the end, and whether training was to stop, of a model with losses made up."""
    model = network()
    model.compile(new_optimizer(plan, STEPS, model), "mse")
    callbacks = rate_callbacks(plan, past(*before))
    for callback in callbacks:
        callback.set_model(model)
        callback.on_train_begin()
    for epoch, loss in enumerate(after, start=len(before)):
        for callback in callbacks:
            callback.on_epoch_end(epoch, {"val_loss": loss})
    return float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)), model.stop_training


@pytest.mark.parametrize("cut", range(6))
def test_patience_goes_on_where_a_killed_run_left_off(cut: int) -> None:
    losses = [1.0, 0.8, 0.9, 0.85, 0.81, 0.95]
    plan = Optimization(
        schedule="plateau", learning_rate=0.4, plateau_factor=0.5, plateau_patience=3
    )
    rate, _ = trained_on(plan, losses[:cut], losses[cut:])
    lowered_after = 5  # three epochs after the best one; a checkpoint would have kept the rate
    assert rate == pytest.approx(0.2 if cut < lowered_after else 0.4)
    stopping = Optimization(early_stopping=4)
    assert trained_on(stopping, losses[:cut], losses[cut:])[1]
    assert not trained_on(stopping, losses[:cut], losses[cut:-1])[1]


@pytest.mark.parametrize(
    ("losses", "over"),
    [
        ([], False),
        ([1.0, 0.9, 0.8], False),
        ([1.0, 0.9, 0.95], False),
        ([1.0, 0.9, 0.95, 0.9], True),
        ([1.0, float("nan"), float("nan")], True),
    ],
)
def test_early_stopping_is_over_when_keras_own_would_stop(losses: list[float], over: bool) -> None:
    plan = Optimization(early_stopping=2)
    assert is_over(plan, past(*losses)) is over
    assert trained_on(plan, [], losses)[1] is over
    assert not is_over(Optimization(), past(*losses))
