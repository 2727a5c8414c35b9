"""A box and a readable label for each face, at every size of picture."""

from collections.abc import Callable
from itertools import combinations, pairwise
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from fer_core.domain.analysis import AnalyzedFace, FrameAnalysis
from fer_core.domain.emotions import FER7_LABELS, colour_rgb
from fer_core.inference.annotate import annotate, ink_on, label_of

Image = npt.NDArray[np.uint8]
ReadFace = Callable[..., AnalyzedFace]
Colour = tuple[int, int, int]

SMALLEST_READABLE_PX = 11  # about 8 points on a screen, below which letters run together
BACKGROUND = 70


def plain(height: int, width: int) -> Image:
    return np.full((height, width, 3), BACKGROUND, np.uint8)


def annotated(image: Image, *faces: AnalyzedFace) -> Image:
    height, width = image.shape[:2]
    return annotate(image, FrameAnalysis("a.jpg", (width, height), faces))


class Place(NamedTuple):
    """A rectangle in a picture, in whole pixels; right and bottom are outside it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size_wh(self) -> tuple[int, int]:
        return self.right - self.left, self.bottom - self.top

    def within(self, other: "Place") -> bool:
        return (
            self.left > other.left
            and self.top > other.top
            and self.right < other.right
            and self.bottom < other.bottom
        )

    def overlaps(self, other: "Place") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def labels_in(picture: Image, emotion: str) -> list[Place]:
    """Where an emotion's colour fills a wide area: its labels, but not its boxes' outlines."""
    mask = (picture == colour_rgb(emotion)).all(axis=2).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    places = [
        Place(x, y, x + width, y + height)
        for x, y, width, height, area in stats[1:].tolist()
        if width > 1.5 * height and area > 0.4 * width * height
    ]
    # Islands within letters lie in the label around them.
    return [place for place in places if not any(place.within(other) for other in places)]


def label_in(picture: Image, emotion: str = "happy") -> Place:
    (place,) = labels_in(picture, emotion)
    return place


# --- The picture ---


def test_the_picture_given_is_not_drawn_on(read_face: ReadFace) -> None:
    image = plain(900, 900)
    result = annotated(image, read_face((300, 300, 200, 200)))
    assert (image == BACKGROUND).all()
    assert not np.array_equal(result, image)


def test_without_faces_nothing_is_drawn() -> None:
    assert np.array_equal(annotated(plain(900, 1200)), plain(900, 1200))


@pytest.mark.parametrize("shape", [(1, 1), (48, 48), (64, 10), (300, 400), (799, 799)])
def test_a_small_picture_grows_by_a_whole_factor(
    read_face: ReadFace, shape: tuple[int, int]
) -> None:
    height, width = shape
    result = annotated(plain(height, width), read_face((0, 0, width, height)))
    factor = result.shape[0] // height
    assert result.shape == (height * factor, width * factor, 3)
    assert max(result.shape) >= 800 > max(shape) * (factor - 1)
    assert result.dtype == np.uint8


@pytest.mark.parametrize("shape", [(800, 600), (1080, 1920), (4000, 6000), (20, 5000)])
def test_a_larger_picture_keeps_its_size(read_face: ReadFace, shape: tuple[int, int]) -> None:
    height, width = shape
    result = annotated(plain(height, width), read_face((0, 0, width, height)))
    assert result.shape == (height, width, 3)


# --- Boxes ---


@pytest.mark.parametrize("shape", [(200, 200), (1000, 1000), (3000, 3000)])
@pytest.mark.parametrize("emotion", FER7_LABELS)
def test_the_box_is_drawn_in_the_emotions_colour_on_the_faces_edges(
    read_face: ReadFace, shape: tuple[int, int], emotion: str
) -> None:
    side = shape[0]
    box = (side * 0.4, side * 0.5, side * 0.3, side * 0.2)
    result = annotated(plain(*shape), read_face(box, emotion))
    mask = (result == colour_rgb(emotion)).all(axis=2)

    factor = result.shape[0] / side
    left, top = box[0] * factor, box[1] * factor
    right, bottom = left + box[2] * factor, top + box[3] * factor
    near = round(0.005 * result.shape[0])
    for x, y in (
        (left, (top + bottom) / 2),
        (right, (top + bottom) / 2),
        ((left + right) / 2, top),
        ((left + right) / 2, bottom),
    ):
        column, row = round(x), round(y)
        assert mask[row - near : row + near + 1, column - near : column + near + 1].any()
    middle = mask[round((top + bottom) / 2), round(left + 3 * near) : round(right - 3 * near)]
    assert not middle.any()  # the face itself stays free


def test_a_picture_at_another_scale_gets_its_boxes_there(read_face: ReadFace) -> None:
    face = read_face((400, 800, 800, 400))
    analysis = FrameAnalysis("a.jpg", (2000, 2000), (face,))
    mask = (annotate(plain(1000, 1000), analysis) == colour_rgb("happy")).all(axis=2)
    rows, columns = np.flatnonzero(mask[:, 400]), np.flatnonzero(mask[500])
    assert rows.max() == pytest.approx(600, abs=4)
    assert (columns.min(), columns.max()) == pytest.approx((200, 600), abs=4)


@pytest.mark.parametrize(
    "box",
    [
        (-100, 300, 200, 200),
        (900, 300, 200, 200),
        (400, -150, 200, 200),
        (400, 920, 200, 200),
        (-50, -50, 1100, 1100),
        (990, 990, 0.5, 0.5),
        (5000, 5000, 100, 100),
    ],
)
def test_a_face_partly_outside_keeps_its_whole_label(
    read_face: ReadFace, box: tuple[float, float, float, float]
) -> None:
    usual = label_in(annotated(plain(1000, 1000), read_face((400, 400, 200, 200))))
    moved = label_in(annotated(plain(1000, 1000), read_face(box)))
    assert moved.size_wh == pytest.approx(usual.size_wh, abs=2)


# --- Labels ---


def test_a_label_says_emotion_and_confidence(read_face: ReadFace) -> None:
    assert label_of(read_face((0, 0, 10, 10), "sad", 0.876)) == "sad 88%"


@pytest.mark.parametrize("shape", [(48, 48), (300, 400), (1000, 1000), (3000, 4000)])
@pytest.mark.parametrize("share", [0.03, 0.3, 0.95, 1.5])
def test_a_label_can_be_read(read_face: ReadFace, shape: tuple[int, int], share: float) -> None:
    height, width = shape
    side = share * height
    box = ((width - side) / 2, (height - side) / 2, side, side)
    one, other = (
        annotated(plain(height, width), read_face(box, "happy", confidence))
        for confidence in (0.48, 0.84)
    )
    digits = (one != other).any(axis=2)  # all that differs between "48%" and "84%"
    rows = np.flatnonzero(digits.any(axis=1))
    digit_px = rows.max() - rows.min() + 1
    assert digit_px >= SMALLEST_READABLE_PX
    # A page shows every picture about a thousand pixels wide.
    assert digit_px / max(one.shape) * 1000 >= SMALLEST_READABLE_PX
    seen = {tuple(pixel) for pixel in one[digits].tolist()}
    assert {colour_rgb("happy"), ink_on(colour_rgb("happy"))} <= seen


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("side", [40, 80])
def test_labels_of_neighbours_do_not_overlap(read_face: ReadFace, count: int, side: int) -> None:
    faces = [
        read_face((300 + i * side, 400, side - 4, side), emotion)
        for i, emotion in enumerate(FER7_LABELS[:count])
    ]
    result = annotated(plain(1000, 1000), *faces)
    alone = {
        emotion: label_in(annotated(plain(1000, 1000), face), emotion)
        for face, emotion in zip(faces, FER7_LABELS, strict=False)
    }
    together = {emotion: label_in(result, emotion) for emotion in alone}
    for one, other in combinations(together.values(), 2):
        assert not one.overlaps(other)
    for emotion, place in together.items():  # none is covered by another's box or label
        assert place.size_wh == pytest.approx(alone[emotion].size_wh, abs=2)


def test_labels_of_faces_above_one_another_do_not_overlap(read_face: ReadFace) -> None:
    faces = [
        read_face((400, 200 + i * 65, 60, 60), emotion)
        for i, emotion in enumerate(("happy", "sad", "fear"))
    ]
    result = annotated(plain(1000, 1000), *faces)
    places = [label_in(result, emotion) for emotion in ("happy", "sad", "fear")]
    assert not any(one.overlaps(other) for one, other in pairwise(places))


# --- Colours ---


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of WCAG 2.2, 1 to 21."""

    def luminance(rgb: Colour) -> float:
        linear = [
            c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4
            for c in rgb
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("emotion", [*FER7_LABELS, "contempt", "not an emotion"])
def test_ink_reads_on_every_emotions_colour(emotion: str) -> None:
    colour = colour_rgb(emotion)
    # 4.5 is WCAG 2.2's level AA for text.
    assert contrast(ink_on(colour), colour) >= 4.5


def test_ink_is_black_on_light_and_white_on_dark() -> None:
    assert ink_on((255, 255, 255)) == (0, 0, 0)
    assert ink_on((0, 0, 0)) == (255, 255, 255)
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)  # WCAG's own maximum


# --- Shrinking ---
