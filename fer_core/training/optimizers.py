"""From a recipe's section to Keras' optimiser and the callbacks that steer its rate."""

import math
from collections.abc import Sequence
from typing import Any

import keras

from fer_core.training.history import Epoch
from fer_core.training.recipe_sections import Optimization


def steps_an_epoch(count: int, plan: Optimization) -> int:
    """Optimiser steps in one pass over `count` pictures."""
    return math.ceil(count / plan.batch_size)


def new_optimizer(plan: Optimization, steps: int, model: keras.Model) -> keras.Optimizer:
    """The optimiser for a model's weights, built.

    Args:
        plan: What the recipe says.
        steps: Optimiser steps in an epoch.
        model: Whose trainable weights it will change.
    """
    shared = {
        "learning_rate": _rate(plan, steps),
        "weight_decay": plan.weight_decay or None,
        "use_ema": plan.ema > 0,
        "ema_momentum": plan.ema,
    }
    if plan.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(
            momentum=plan.momentum, nesterov=plan.momentum > 0, **shared
        )
    else:
        kinds = {"adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW}
        if plan.optimizer == "adamw":
            shared["weight_decay"] = plan.weight_decay
        optimizer = kinds[plan.optimizer](**shared)
    # Only kernels are decayed: pulling biases and normalisation towards zero hurts.
    optimizer.exclude_from_weight_decay(
        var_list=[v for v in model.trainable_variables if not v.name.endswith("kernel")]
    )
    optimizer.build(model.trainable_variables)
    return optimizer


def rate_callbacks(
    plan: Optimization, past: Sequence[Epoch] = ()
) -> list[keras.callbacks.Callback]:
    """Keras' callbacks for a plateau schedule and for early stopping.

    Args:
        plan: What the recipe says.
        past: Epochs of processes before this one, which their patience counts too.
    """
    callbacks = []
    if plan.schedule == "plateau":
        callbacks.append(
            _Plateau(
                past,
                factor=plan.plateau_factor,
                patience=plan.plateau_patience,
                min_delta=plan.plateau_min_delta,
            )
        )
    if plan.early_stopping:
        callbacks.append(
            _EarlyStopping(past, patience=plan.early_stopping, min_delta=plan.plateau_min_delta)
        )
    return callbacks


def is_over(plan: Optimization, past: Sequence[Epoch]) -> bool:
    """Whether early stopping has ended training with the last of these epochs."""
    least, waited = math.inf, 0
    for row in past:
        waited += 1
        if row["val_loss"] + plan.plateau_min_delta < least:
            least, waited = row["val_loss"], 0
    return 0 < plan.early_stopping <= waited


class _Remembers(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Goes through the epochs before this process when training begins."""

    def __init__(self, past: Sequence[Epoch], **settings: Any) -> None:
        super().__init__(**settings)
        self._past = past

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        super().on_train_begin(logs)  # forgets all
        for row in self._past:
            self.on_epoch_end(round(row["epoch"]) - 1, dict(row))


class _Plateau(_Remembers, keras.callbacks.ReduceLROnPlateau):  # type: ignore[misc]  # Keras ships no types
    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        optimizer = self.model.optimizer
        rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
        super().on_train_begin(logs)
        optimizer.learning_rate = rate  # the checkpoint's, which had been lowered already


class _EarlyStopping(_Remembers, keras.callbacks.EarlyStopping):  # type: ignore[misc]  # Keras ships no types
    pass


def _rate(plan: Optimization, steps: int) -> float | keras.optimizers.schedules.CosineDecay:
    if plan.schedule != "cosine":
        return plan.learning_rate
    warmup = round(plan.warmup_epochs * steps)
    return keras.optimizers.schedules.CosineDecay(
        0.0 if warmup else plan.learning_rate,
        decay_steps=max(plan.epochs * steps - warmup, 1),
        warmup_target=plan.learning_rate if warmup else None,
        warmup_steps=warmup,
    )
