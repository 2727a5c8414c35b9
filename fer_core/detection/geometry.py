"""Comparing boxes and carrying them between scales: what several detectors share."""

from collections.abc import Iterable
from dataclasses import replace

from fer_core.detection.base import ImageRGB
from fer_core.domain.faces import Face


def carried(face: Face, source: ImageRGB, target: ImageRGB) -> Face:
    """Carry a face from an image over to a scaled copy of it, or back."""
    # One factor for each axis: rounding a small copy's sides to whole pixels can differ by 1 %.
    kx, ky = target.shape[1] / source.shape[1], target.shape[0] / source.shape[0]
    x, y, w, h = face.box_xywh
    points = tuple((px * kx, py * ky) for px, py in face.landmarks_xy)
    return replace(face, box_xywh=(x * kx, y * ky, w * kx, h * ky), landmarks_xy=points)


def belongs(face: Face, image: ImageRGB) -> bool:
    """Whether a face can be one of the image: centred in it, at most twice its shorter side."""
    height, width = image.shape[:2]
    x, y = face.centre_xy
    return bool(0 <= x < width and 0 <= y < height and face.side_px <= 2 * min(height, width))


def iou(a: Face, b: Face) -> float:
    """Shared area over the area of both together, 0 to 1."""
    shared = _shared_area(a, b)
    return shared / (_area(a) + _area(b) - shared)


def covered(a: Face, b: Face) -> float:
    """Shared area over the area of the smaller box, 0 to 1: a part within its whole gives 1."""
    return _shared_area(a, b) / min(_area(a), _area(b))


def distinct(faces: Iterable[Face], limit: float = 0.5) -> list[Face]:
    """Keep the best of each group of boxes that cover one another, highest score first.

    Args:
        faces: Faces in pixels of one image.
        limit: Two boxes are one face when `covered` is above this.

    Returns:
        The faces that are left, by falling score.
    """
    kept: list[Face] = []
    for face in sorted(faces, key=lambda f: -f.score):
        if all(covered(face, other) <= limit for other in kept):
            kept.append(face)
    return kept


def _area(face: Face) -> float:
    return face.box_xywh[2] * face.box_xywh[3]


def _shared_area(a: Face, b: Face) -> float:
    ax, ay, aw, ah = a.box_xywh
    bx, by, bw, bh = b.box_xywh
    width = min(ax + aw, bx + bw) - max(ax, bx)
    height = min(ay + ah, by + bh) - max(ay, by)
    return width * height if width > 0 and height > 0 else 0.0
