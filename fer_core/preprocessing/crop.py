"""Cutting faces out of an image and turning the crops into a tensor."""

import math
from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

from fer_core.domain.faces import Face
from fer_core.preprocessing.enhance import Crop, enhance
from fer_core.preprocessing.spec import PreprocessSpec


def crop_faces(
    image_rgb: npt.NDArray[np.uint8], faces: Iterable[Face], spec: PreprocessSpec
) -> npt.NDArray[np.float32]:
    """Turn faces of an image into the network's input.

    Args:
        image_rgb: (H, W, 3) RGB or (H, W) grey, uint8.
        faces: Faces in pixels of that image.
        spec: The model's conversion.

    Returns:
        (N, height, width, channels) float32, scaled by the spec.
    """
    crops = [crop_face(image_rgb, face, spec) for face in faces]
    shape = spec.size_hw if spec.channels == 1 else spec.input_shape
    return to_tensor(np.stack(crops) if crops else np.empty((0, *shape), np.uint8), spec)


def to_tensor(crops: npt.NDArray[np.uint8], spec: PreprocessSpec) -> npt.NDArray[np.float32]:
    """Scale crops: (N, H, W) or (N, H, W, C) uint8 to (N, H, W, C) float32."""
    tensor = crops.astype(np.float32) * np.float32(spec.scale) + np.float32(spec.offset)
    return tensor[..., np.newaxis] if tensor.ndim == 3 else tensor


def crop_face(image_rgb: npt.NDArray[np.uint8], face: Face, spec: PreprocessSpec) -> Crop:
    """Cut one face out: square, level, in the spec's size and colours, enhanced.

    Args:
        image_rgb: (H, W, 3) RGB or (H, W) grey, uint8.
        face: A face in pixels of that image; what lies outside repeats the border.
        spec: The model's conversion.

    Returns:
        (height, width) grey or (height, width, 3) RGB, uint8.
    """
    height, width = spec.size_hw
    side = face.side_px * (1.0 if face.framed else 1.0 + spec.margin)
    roll = math.radians(roll_deg(face) or 0.0) if spec.align else 0.0

    left, top, right, bottom = _surroundings(face, side, roll, image_rgb.shape)
    patch = with_channels(image_rgb[top:bottom, left:right], spec.channels)
    # A bilinear warp skips pixels when it shrinks by more than two: shrink by area first.
    shrink = min(1.0, max(height, width) / side)
    if shrink < 1.0:
        size = (
            max(1, round((right - left) * shrink)),
            max(1, round((bottom - top) * shrink)),
        )
        patch = np.asarray(cv2.resize(patch, size, interpolation=cv2.INTER_AREA), np.uint8)
    scale_x, scale_y = patch.shape[1] / (right - left), patch.shape[0] / (bottom - top)

    # Crop pixel (column, row) -> patch pixel; centres of pixels lie at half-integers.
    cx, cy = face.centre_xy
    cos, sin = math.cos(roll) * side, math.sin(roll) * side
    to_image = np.array(
        [
            [cos / width, -sin / height, cx + (sin - cos) / 2],
            [sin / width, cos / height, cy - (sin + cos) / 2],
        ]
    )
    to_image[:, 2] += 0.5 * to_image[:, :2].sum(axis=1)
    to_patch = np.array([[scale_x], [scale_y]]) * (to_image - [[0, 0, left], [0, 0, top]])
    to_patch[:, 2] -= 0.5
    crop = cv2.warpAffine(
        patch,
        to_patch,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return enhance(np.asarray(crop, np.uint8), spec.enhance)


def roll_deg(face: Face) -> float | None:
    """Tilt of the line between the eyes, in degrees, clockwise positive; None without landmarks."""
    if not face.landmarks_xy:
        return None
    (rx, ry), (lx, ly) = face.landmarks_xy[:2]
    return math.degrees(math.atan2(ly - ry, lx - rx))


def with_channels(image: npt.NDArray[np.uint8], channels: int) -> npt.NDArray[np.uint8]:
    """Convert (H, W, 3) RGB or (H, W) grey to (H, W) for one channel, (H, W, 3) for three."""
    if channels == 1 and image.ndim == 3:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    if channels == 3 and image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB), np.uint8)
    return image


def _surroundings(
    face: Face, side: float, roll: float, image_shape: tuple[int, ...]
) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the turned square's bounds within the image; never empty."""
    reach = side / 2 * (abs(math.cos(roll)) + abs(math.sin(roll))) + 2  # two pixels to blend with
    cx, cy = face.centre_xy
    height, width = image_shape[:2]
    left = min(max(math.floor(cx - reach), 0), width - 1)
    top = min(max(math.floor(cy - reach), 0), height - 1)
    right = max(min(math.ceil(cx + reach), width), left + 1)
    bottom = max(min(math.ceil(cy + reach), height), top + 1)
    return left, top, right, bottom
