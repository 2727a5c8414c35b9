"""A recipe's network, with one head or two, and the model around it that is trained."""

from pathlib import Path

import keras

from fer_core.domain.errors import RecipeError
from fer_core.training.augment import FaceAugmentation, MixPictures
from fer_core.training.objective import SoftTargetLoss
from fer_core.training.optimizers import new_optimizer
from fer_core.training.preparation import auxiliary_labels
from fer_core.training.recipe import Recipe
from fer_core.zoo.architectures.base import build
from fer_core.zoo.keras_model import load_keras_model
from fer_core.zoo.store import load_card

FEATURES_LAYER = "features"
LOGITS_LAYER = "logits"
AUXILIARY_LAYER = "auxiliary_logits"


def new_heads(recipe: Recipe, classes: int) -> keras.Model:
    """The recipe's network, untrained, under the current dtype policy.

    With an auxiliary label set it has a second output, from the same features.

    Raises:
        RecipeError: The architecture does not take its settings, or has no features to share.
    """
    choice = recipe.architecture
    network = build(choice.name, recipe.preprocess.input_shape, classes, dict(choice.settings))
    second = auxiliary_labels(recipe)
    if not second:
        return network
    try:
        network.get_layer(FEATURES_LAYER)
        features = network.get_layer(LOGITS_LAYER).input
    except ValueError:
        raise RecipeError(
            f"Architecture {choice.name!r} has no features for a second head: "
            "leave targets.auxiliary empty."
        ) from None
    logits = keras.layers.Dense(len(second), dtype="float32", name=AUXILIARY_LAYER)(features)
    return keras.Model(network.input, [network.output, logits])


def take_weights(heads: keras.Model, name: str) -> None:
    """Give a network the weights of a model of the same architecture.

    Layers that depend on the classes keep their own weights where the classes differ.

    Raises:
        FerError: There is no such model, or its files are not whole.
        RecipeError: It is of another architecture or size.
    """
    ours, theirs = (
        [layer for layer in model.layers if layer.weights and layer.name != AUXILIARY_LAYER]
        for model in (heads, load_keras_model(name))
    )
    pairs = list(zip(ours, theirs, strict=False))
    fits = [
        [weight.shape for weight in layer.weights] == [weight.shape for weight in taken.weights]
        for layer, taken in pairs
    ]
    odd = {layer.name for (layer, _), same in zip(pairs, fits, strict=True) if not same}
    if len(ours) != len(theirs) or odd - {ours[-1].name}:
        other = load_card(name).architecture
        raise RecipeError(
            f"start_from = {name!r} is of another architecture or size: expected a model of this "
            f"recipe's, got {other.get('name')} with {other.get('settings')}."
        )
    for (layer, taken), same in zip(pairs, fits, strict=True):
        if same:
            layer.set_weights(taken.get_weights())


def load_network(
    recipe: Recipe, classes: int, weights: Path, auxiliary: bool = False
) -> keras.Model:
    """The recipe's network in float32 with saved weights: pixels to the logits of one head."""
    heads = new_heads(recipe, classes)
    heads.load_weights(weights)
    return keras.Model(heads.input, heads.outputs[1 if auxiliary else 0])


def training_model(heads: keras.Model, recipe: Recipe, steps: int) -> keras.Model:
    """uint8 pixels and targets -> augmentation -> the spec's scaling -> heads, compiled.

    Args:
        heads: Scaled pixels to the logits of one head or two.
        recipe: What to do.
        steps: Optimiser steps in an epoch.

    Returns:
        A model from [pixels, targets of each head] to the first head's logits, which brings its
        own loss.
    """
    spec = recipe.preprocess
    pixels = keras.Input(spec.input_shape, dtype="uint8", name="pixels")
    targets = [
        keras.Input((o.shape[-1],), name=f"targets_{i}") for i, o in enumerate(heads.outputs)
    ]
    x = keras.layers.Rescaling(1.0, dtype="float32")(pixels)
    x = FaceAugmentation(recipe.augmentation, recipe.seed)(x)
    x, *mixed = MixPictures(recipe.augmentation, recipe.seed + 1)([x, *targets])
    logits = heads(keras.layers.Rescaling(spec.scale, spec.offset, dtype="float32")(x))
    logits = logits if isinstance(logits, list) else [logits]
    weights = (1.0, recipe.targets.auxiliary_weight)
    model = keras.Model([pixels, *targets], SoftTargetLoss(weights)(logits, mixed))
    model.compile(
        optimizer=new_optimizer(recipe.optimization, steps, model),
        metrics=[
            keras.metrics.CategoricalAccuracy(name="accuracy"),
            keras.metrics.F1Score(average="macro", name="macro_f1"),
        ],
        # XLA gains TensorFlow nothing on a CPU and compiles for minutes; JAX cannot do without.
        jit_compile=keras.backend.backend() == "jax",
    )
    return model
