"""Faces as a recipe's augmentation changes them (needs Keras)."""

import numpy as np
import numpy.typing as npt

from fer_core.training.augment import FaceAugmentation
from fer_core.training.preparation import uint8_inputs
from fer_core.training.recipe import Recipe


def augmented(recipe: Recipe, faces: npt.NDArray[np.uint8], seed: int) -> npt.NDArray[np.uint8]:
    """Crop faces and change them just as training does, before pictures are mixed.

    Args:
        recipe: What to do.
        faces: (N, H, W) uint8, each filled by one face.
        seed: Seed of the random numbers.

    Returns:
        (N, height, width, channels) uint8.
    """
    if not len(faces):
        return np.empty((0, *recipe.preprocess.input_shape), np.uint8)
    pixels = uint8_inputs(faces, recipe.preprocess).astype(np.float32)
    changed = FaceAugmentation(recipe.augmentation, seed)(pixels, training=True)
    return np.asarray(np.clip(np.rint(changed), 0, 255), np.uint8)
