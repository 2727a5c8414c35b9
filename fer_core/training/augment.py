"""Augmentation as Keras layers, on the device that trains, for any backend."""

import math
from typing import Any

import keras
from keras import ops

from fer_core.training.recipe_sections import Augmentation


class FaceAugmentation(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Flip, turn, zoom, shear and shift in one warp; then brightness, contrast and cut-out.

    Takes and returns (N, H, W, C) float32 pixels of 0 to 255; the identity outside training.

    Args:
        plan: How far each change may go.
        seed: Seed of the random numbers.
    """

    def __init__(self, plan: Augmentation, seed: int, **kwargs: Any) -> None:
        super().__init__(dtype="float32", **kwargs)
        self.plan = plan
        self.random = keras.random.SeedGenerator(seed)

    def call(self, images: Any, training: bool = False) -> Any:
        """Change each picture in its own way, if training."""
        if not training:
            return images
        return self._cut_out(self._relight(self._warp(images)))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shapes stay as they are."""
        return input_shape

    def _between(self, count: Any, limit: float) -> Any:
        return keras.random.uniform((count,), -limit, limit, seed=self.random)

    def _chance(self, count: Any, share: float) -> Any:
        drawn = keras.random.uniform((count,), seed=self.random)
        return ops.cast(drawn < share, "float32")

    def _warp(self, images: Any) -> Any:
        plan = self.plan
        count, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
        angle = self._between(count, math.radians(plan.rotation_deg))
        scale = 1.0 + self._between(count, plan.zoom)
        mirror = 1.0 - 2.0 * self._chance(count, 0.5 if plan.flip else 0.0)
        cos, sin = scale * ops.cos(angle), scale * ops.sin(angle)
        # Output pixel -> input pixel about the centre; a negative column step mirrors.
        a, b, c, d = cos * mirror, -sin, sin * mirror, cos
        slant = ops.tan(self._between(count, math.radians(plan.shear_deg)))
        b, d = b + slant * a, d + slant * c
        cx, cy = (width - 1) / 2, (height - 1) / 2
        dx = cx - a * cx - b * cy + width * self._between(count, plan.shift)
        dy = cy - c * cx - d * cy + height * self._between(count, plan.shift)
        zero = ops.zeros_like(a)
        matrix = ops.stack([a, b, dx, c, d, dy, zero, zero], axis=1)
        return ops.image.affine_transform(
            images,
            matrix,
            interpolation="bilinear",
            fill_mode="nearest",
            data_format="channels_last",
        )

    def _relight(self, images: Any) -> Any:
        count = ops.shape(images)[0]
        gain = ops.reshape(1.0 + self._between(count, self.plan.contrast), (-1, 1, 1, 1))
        lift = ops.reshape(255.0 * self._between(count, self.plan.brightness), (-1, 1, 1, 1))
        mean = ops.mean(images, axis=(1, 2), keepdims=True)
        return ops.clip((images - mean) * gain + mean + lift, 0.0, 255.0)

    def _cut_out(self, images: Any) -> Any:
        count, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
        reach = self.plan.cutout_side / 2
        rows = (ops.arange(height, dtype="float32") + 0.5) / height
        columns = (ops.arange(width, dtype="float32") + 0.5) / width
        cy = keras.random.uniform((count, 1), seed=self.random)
        cx = keras.random.uniform((count, 1), seed=self.random)
        in_rows = ops.cast(ops.abs(rows[None, :] - cy) < reach, "float32")
        in_columns = ops.cast(ops.abs(columns[None, :] - cx) < reach, "float32")
        hole = in_rows[:, :, None, None] * in_columns[:, None, :, None]
        hole = hole * ops.reshape(self._chance(count, self.plan.cutout), (-1, 1, 1, 1))
        # Mid-grey is what the scaled input calls nothing.
        return images * (1.0 - hole) + 128.0 * hole


class MixPictures(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Blends pictures, or pastes a rectangle of one into another; targets follow in proportion.

    Each picture's partner is its neighbour in the batch, which is shuffled anyway. Takes and
    returns [(N, H, W, C) float32 pixels, (N, K) float32 targets, …]; the identity outside
    training. Mix-up after Zhang et al. (2018), cut-mix after Yun et al. (2019), both with the
    share drawn evenly from 0 to 1.

    Args:
        plan: Share of pictures for either; a picture drawn for both is blended.
        seed: Seed of the random numbers.
    """

    def __init__(self, plan: Augmentation, seed: int, **kwargs: Any) -> None:
        super().__init__(dtype="float32", **kwargs)
        self.plan = plan
        self.random = keras.random.SeedGenerator(seed)

    def call(self, inputs: list[Any], training: bool = False) -> list[Any]:
        """Mix, if training."""
        if not training or not (self.plan.mixup or self.plan.cutmix):
            return inputs
        images, *targets = inputs
        count = ops.shape(images)[0]
        height, width = images.shape[1], images.shape[2]
        drawn = keras.random.uniform((count,), seed=self.random)
        blends = ops.cast(drawn < self.plan.mixup, "float32")
        pastes = ops.cast(drawn >= 1.0 - self.plan.cutmix, "float32") * (1.0 - blends)
        share = keras.random.uniform((count,), seed=self.random)
        # What each pixel takes from the partner: a share everywhere, or all of it in a rectangle.
        rows = self._band(height, ops.sqrt(share))
        columns = self._band(width, ops.sqrt(share))
        rectangle = rows[:, :, None] * columns[:, None, :]
        blend = ops.reshape(blends * share, (-1, 1, 1))
        mask = blend + ops.reshape(pastes, (-1, 1, 1)) * rectangle
        taken = ops.mean(mask, axis=(1, 2))
        images = images + mask[..., None] * (ops.roll(images, 1, axis=0) - images)
        taken = ops.reshape(taken, (-1, 1))
        return [images, *(t + taken * (ops.roll(t, 1, axis=0) - t) for t in targets)]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shapes stay as they are."""
        return input_shape

    def _band(self, side: int, length: Any) -> Any:
        """(N, side) of 0 and 1: a stretch of a fraction of the side, at a random place."""
        centre = keras.random.uniform((ops.shape(length)[0], 1), seed=self.random)
        places = (ops.arange(side, dtype="float32") + 0.5) / side
        return ops.cast(ops.abs(places[None, :] - centre) < length[:, None] / 2, "float32")
