"""Faces of every size with YuNet: an overview, the whole image, tiles, and a second look."""

import math
from collections.abc import Iterator

import numpy as np

from fer_core.detection.base import ImageRGB, detectors, largest_first
from fer_core.detection.geometry import belongs, carried, covered, distinct, iou
from fer_core.detection.yunet_network import YuNetNetwork, read_weights
from fer_core.domain.faces import Face
from fer_core.domain.scaling import scaled

# YuNet is at its best where a face is 24 to 250 pixels long in what it sees: under 16 it misses
# one in four, above 400 scores and boxes fall apart. An image is therefore seen up to three times,
# and each view answers for the sizes that it sees well:
#
#   overview  longer side 224   faces that fill the image, and small images, which it enlarges
#   whole     640×640 pixels    the rest of an ordinary photo or video frame
#   tiles     close to native   the small faces of a large photo
_OVERVIEW_SIDE = 224
_WHOLE_AREA = 640 * 640
_WHOLE_LONGEST_FACE = 256.0
_OVERVIEW_LEAST_FACE = 128.0  # in pixels of the whole view, where there is one

# Tiles only where the whole view shrinks a 24 px face under 10 px: a 1,080p frame stays without.
_TILES_BELOW_SCALE = 0.4
_TILES_AREA = 4096 * 3072
_TILE_SIDE = 1024
# The whole view is at most 5.5 times smaller than the tiles, so that a face of 112 tile pixels has
# 20 there and is found without them. Neighbouring tiles share 16 pixels more than that, hence each
# smaller face lies within one tile with _TILE_RIM to spare on every side; one that comes closer to
# an inner edge may be cut and is left to the tile that has it whole.
_TILE_LONGEST_FACE = 112.0
_TILE_OVERLAP = 128
_TILE_RIM = 4

# Small faces score from 0.2 up, and so do textures, hands and folds of cloth. Seen again at 80 px
# with as much on every side, 94 % of 1,116 such faces reached 0.8, and 2 of 347 mistakes.
_MIN_SCORE = 0.7
_SURE_SCORE = 0.85
_DOUBTFUL_SCORE = 0.2
_DOUBTFUL_SIDE = 112.0
_SECOND_LOOK_SIDE = 80.0
_SECOND_LOOK_MARGIN = 1.0
_SECOND_LOOK_SCORE = 0.8
_MOST_SECOND_LOOKS = 300  # 3 ms each; the most promising first

_SMALLEST_IMAGE = 8  # no face can be told in fewer pixels
_SAME_FACE_IOU = 0.4
_PART_COVERED = 0.5


@detectors.register("yunet")
class YuNetDetector:
    """Finds faces from about 24 pixels up to the whole image, with landmarks.

    Raises:
        ModelError: The network's file is missing or altered.
    """

    def __init__(self) -> None:
        weights = read_weights()
        # One copy for each use: a change of input size costs a seventh of a run.
        self._overview = YuNetNetwork(weights, _DOUBTFUL_SCORE)
        self._whole = YuNetNetwork(weights, _DOUBTFUL_SCORE)
        self._tile = YuNetNetwork(weights, _DOUBTFUL_SCORE)
        self._second = YuNetNetwork(weights, _SECOND_LOOK_SCORE)

    def detect(self, image_rgb: ImageRGB) -> tuple[Face, ...]:
        """Find the faces of `image_rgb`; see `FaceDetector`."""
        height, width = image_rgb.shape[:2]
        if min(height, width) < _SMALLEST_IMAGE:
            return ()
        image_rgb = np.ascontiguousarray(image_rgb)
        overview_scale = _OVERVIEW_SIDE / max(height, width)
        whole_scale = min(1.0, math.sqrt(_WHOLE_AREA / (height * width)))

        whole = scaled(image_rgb, whole_scale)
        overview = scaled(whole, overview_scale / whole_scale)
        seen = self._overview.faces(overview)
        if whole_scale > overview_scale:
            least = _OVERVIEW_LEAST_FACE * overview_scale / whole_scale
            seen = [face for face in seen if face.side_px >= least]
        faces = self._joined([], seen, overview, image_rgb)
        if whole_scale > overview_scale:
            seen = [f for f in self._whole.faces(whole) if f.side_px <= _WHOLE_LONGEST_FACE]
            faces = self._joined(faces, seen, whole, image_rgb)
        if whole_scale < _TILES_BELOW_SCALE:
            large = scaled(image_rgb, min(1.0, math.sqrt(_TILES_AREA / (height * width))))
            faces = self._joined(faces, self._faces_in_tiles(large), large, image_rgb)
        return largest_first(faces)

    def _faces_in_tiles(self, view: ImageRGB) -> list[Face]:
        """Find the small faces of a large view, each once."""
        height, width = view.shape[:2]
        found: list[Face] = []
        for top, bottom in _tile_spans(height):
            for left, right in _tile_spans(width):
                # What has to lie within the tile: all but a rim, at the view's own edge that too.
                x0, y0 = (start + _TILE_RIM if start else -math.inf for start in (left, top))
                x1 = right - _TILE_RIM if right < width else math.inf
                y1 = bottom - _TILE_RIM if bottom < height else math.inf
                for tile_face in self._tile.faces(view[top:bottom, left:right]):
                    face = tile_face.mapped(1.0, left, top)
                    x, y, w, h = face.box_xywh
                    uncut = x0 <= x and y0 <= y and x + w <= x1 and y + h <= y1
                    if uncut and face.side_px <= _TILE_LONGEST_FACE:
                        found.append(face)
        return distinct(found)

    def _joined(
        self, known: list[Face], seen: list[Face], view: ImageRGB, image_rgb: ImageRGB
    ) -> list[Face]:
        """Add what a finer view shows to the known faces: what is sure or stands a second look."""
        fine: list[Face] = []
        looks = 0
        for face in sorted(seen, key=lambda f: -f.score):
            large = face.side_px > _DOUBTFUL_SIDE
            face_in_image = carried(face, view, image_rgb)
            if not belongs(face_in_image, image_rgb):
                continue
            if face.score >= (_MIN_SCORE if large else _SURE_SCORE):
                fine.append(face_in_image)
            elif not large and looks < _MOST_SECOND_LOOKS and _is_new(face_in_image, known + fine):
                looks += 1
                fine += self._second_look(face_in_image, image_rgb)
        return _refined(known, distinct(fine))

    def _second_look(self, face: Face, image_rgb: ImageRGB) -> list[Face]:
        """Find a face again in its surroundings, scaled to a good size: one face or none."""
        reach = face.side_px * (0.5 + _SECOND_LOOK_MARGIN)
        cx, cy = face.centre_xy
        left, top = max(0, math.floor(cx - reach)), max(0, math.floor(cy - reach))
        patch = image_rgb[top : math.ceil(cy + reach), left : math.ceil(cx + reach)]
        view = scaled(patch, _SECOND_LOOK_SIDE / face.side_px)
        found = [carried(f, view, patch).mapped(1.0, left, top) for f in self._second.faces(view)]
        same = [other for other in found if iou(other, face) > _SAME_FACE_IOU]
        return sorted(same, key=lambda other: -other.score)[:1]


def _refined(coarse: list[Face], fine: list[Face]) -> list[Face]:
    """Join the faces of two views: a face in both is taken from the finer one.

    A finer view also answers with parts of faces that are too large for it: what lies within a
    known face without being the same is dropped.
    """
    faces: list[Face] = []
    for face in coarse:
        same = [other for other in fine if iou(face, other) > _SAME_FACE_IOU]
        best = max(same, key=lambda other: other.score, default=face)
        if best not in faces:
            faces.append(best)
    for face in sorted(fine, key=lambda other: -other.score):
        if _is_new(face, faces):
            faces.append(face)
    return faces


def _is_new(face: Face, known: list[Face]) -> bool:
    return all(covered(face, other) <= _PART_COVERED for other in known)


def _tile_spans(length: int) -> Iterator[tuple[int, int]]:
    """Cut a side into equal spans of at most _TILE_SIDE that share at least _TILE_OVERLAP."""
    count = max(1, math.ceil((length - _TILE_OVERLAP) / (_TILE_SIDE - _TILE_OVERLAP)))
    span = math.ceil((length + (count - 1) * _TILE_OVERLAP) / count)
    for index in range(count):
        start = (length - span) * index // max(1, count - 1)
        yield start, start + span
