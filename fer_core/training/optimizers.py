"""From a recipe's section to Keras' optimiser and the callbacks that steer its rate."""

import math

import keras

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


def rate_callbacks(plan: Optimization) -> list[keras.callbacks.Callback]:
    """Keras' callbacks for a plateau schedule and for early stopping."""
    callbacks = []
    if plan.schedule == "plateau":
        callbacks.append(
            keras.callbacks.ReduceLROnPlateau(
                factor=plan.plateau_factor,
                patience=plan.plateau_patience,
                min_delta=plan.plateau_min_delta,
            )
        )
    if plan.early_stopping:
        callbacks.append(
            keras.callbacks.EarlyStopping(
                patience=plan.early_stopping, min_delta=plan.plateau_min_delta
            )
        )
    return callbacks


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
