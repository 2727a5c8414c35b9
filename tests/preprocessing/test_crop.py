"""A face becomes a tensor: square, level, in the right size and colours, losing nothing."""

import math

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from fer_core.detection.full_frame import FullFrameDetector, whole_image
from fer_core.domain.faces import Face
from fer_core.preprocessing.crop import crop_face, crop_faces, roll_deg, to_tensor, with_channels
from fer_core.preprocessing.spec import PreprocessSpec

Image = npt.NDArray[np.uint8]

GREY = PreprocessSpec()
COLOUR = PreprocessSpec(channels=3)


def noise(*shape: int) -> Image:
    return np.random.default_rng(48).integers(0, 256, shape, np.uint8)


def face_with_eyes(right: tuple[float, float], left: tuple[float, float]) -> Face:
    """A face of 80 px about (100, 100); right and left are the person's own."""
    return Face((60, 60, 80, 80), 1.0, (right, left, (100, 105), (90, 120), (110, 120)))


# --- Losing nothing ---


def test_a_48_px_crop_passes_unchanged() -> None:
    crop = noise(48, 48)
    assert np.array_equal(crop_face(crop, whole_image(48, 48), GREY), crop)


def test_a_48_px_photo_passes_the_full_frame_detector_unchanged() -> None:
    photo = noise(48, 48, 3)
    (face,) = FullFrameDetector().detect(photo)
    assert np.array_equal(crop_face(photo, face, COLOUR), photo)


def test_a_face_at_whole_pixels_of_a_larger_image_passes_unchanged() -> None:
    image = noise(200, 300)
    crop = crop_face(image, Face((130, 71, 48, 48), 1.0), GREY)
    assert np.array_equal(crop, image[71:119, 130:178])


def test_the_image_itself_is_not_written_to() -> None:
    image = noise(90, 90, 3)
    image.flags.writeable = False
    spec = PreprocessSpec(channels=3, enhance=("equalize", "denoise"))
    crop_face(image, Face((10, 10, 48, 48), 1.0), spec)
    assert np.array_equal(image, noise(90, 90, 3))


# --- The square around a face ---


def test_a_tall_box_gives_a_square_about_its_centre() -> None:
    image = np.zeros((96, 96), np.uint8)
    image[24:72, 36:60] = 255  # 24 × 48: the square around it is 48 × 48
    crop = crop_face(image, Face((36, 24, 24, 48), 1.0), GREY)
    assert (crop[:, 12:36] == 255).all()
    assert not crop[:, :12].any()
    assert not crop[:, 36:].any()


def test_a_margin_widens_the_square() -> None:
    image = np.zeros((96, 96), np.uint8)
    image[24:72, 24:72] = 255
    crop = crop_face(image, Face((24, 24, 48, 48), 1.0), PreprocessSpec(margin=1.0))
    # A margin of 1 doubles the side, so the face fills the middle half.
    assert (crop[12:36, 12:36] == 255).all()
    assert crop.sum() == 24 * 24 * 255


def test_a_picture_that_is_already_a_crop_gets_no_margin() -> None:
    crop = noise(48, 48)
    with_margin = PreprocessSpec(margin=0.5)
    assert np.array_equal(crop_face(crop, whole_image(48, 48), with_margin), crop)
    detected = Face((0, 0, 48, 48), 1.0)
    assert not np.array_equal(crop_face(crop, detected, with_margin), crop)


def test_a_face_outside_the_image_repeats_the_border() -> None:
    image = np.full((100, 100), 200, np.uint8)
    image[:, 0] = 50
    crop = crop_face(image, Face((-24, 20, 48, 48), 1.0), GREY)
    assert (crop[:, :25] == 50).all()
    assert (crop[:, 25:] == 200).all()


@pytest.mark.parametrize(
    ("corner", "grey"),
    [((-500, -500), 10), ((600, -500), 20), ((-500, 600), 30), ((600, 600), 40)],
)
def test_a_face_wholly_outside_sees_the_nearest_corner(
    corner: tuple[float, float], grey: int
) -> None:
    image = np.full((100, 100), 200, np.uint8)
    image[0, 0], image[0, -1], image[-1, 0], image[-1, -1] = 10, 20, 30, 40
    assert (crop_face(image, Face((*corner, 60, 60), 1.0), GREY) == grey).all()


@pytest.mark.parametrize("side", [0.4, 1, 47.3, 5_000])
@pytest.mark.parametrize("shape", [(1, 1), (1, 60), (60, 1), (60, 80, 3)])
def test_every_face_of_every_image_gives_a_crop(side: float, shape: tuple[int, ...]) -> None:
    image = np.full(shape, 77, np.uint8)
    crop = crop_face(image, Face((0.3, 0.7, side, side), 1.0), GREY)
    assert crop.shape == (48, 48)
    assert (crop == 77).all()


# --- Sizes ---


@pytest.mark.parametrize("side", [480, 432, 1000])
def test_shrinking_averages_areas_instead_of_skipping_pixels(side: int) -> None:
    rows, columns = np.indices((side, side))
    checkerboard = np.where((rows + columns) % 2, 255, 0).astype(np.uint8)
    crop = crop_face(checkerboard, whole_image(side, side), GREY)
    # Each crop pixel covers about as many white pixels as black: of 9 × 9, 40 or 41. Sampling
    # single pixels, as a bilinear warp does at 432 px, gives 0 and 255.
    assert np.abs(crop.astype(int) - 127.5).max() <= 2.5


def test_enlarging_blends_between_pixels() -> None:
    image = np.tile(np.array([0, 80, 160, 240], np.uint8), (4, 1))
    crop = crop_face(image, whole_image(4, 4), GREY).astype(int)
    steps = np.diff(crop, axis=1)
    assert (steps >= 0).all()
    # A step of 80 spreads over 12 pixels; OpenCV blends in 32nds, of which 3 make 7.5.
    assert steps.max() <= 8


def test_the_size_is_the_specs() -> None:
    spec = PreprocessSpec(size_hw=(32, 64), channels=3)
    crop = crop_face(noise(90, 90, 3), Face((10, 10, 50, 50), 1.0), spec)
    assert crop.shape == (32, 64, 3)


# --- Roll ---


@pytest.mark.parametrize(
    ("right", "left", "degrees"),
    [
        ((90, 90), (110, 90), 0.0),
        ((90, 90), (110, 110), 45.0),  # the person's left eye, on the image's right, is lower
        ((90, 90), (110, 70), -45.0),
        ((110, 90), (90, 90), 180.0),
    ],
)
def test_roll_is_the_tilt_of_the_eyes_clockwise(
    right: tuple[float, float], left: tuple[float, float], degrees: float
) -> None:
    assert roll_deg(face_with_eyes(right, left)) == pytest.approx(degrees)


def test_without_landmarks_there_is_no_roll() -> None:
    assert roll_deg(whole_image(48, 48)) is None


@pytest.mark.parametrize("degrees", [-25, 25, 90])
def test_a_tilted_face_is_turned_level(degrees: float) -> None:
    upright = cv2.GaussianBlur(noise(200, 200), (0, 0), 6)
    upright = cv2.normalize(upright, None, 0, 255, cv2.NORM_MINMAX)
    # OpenCV's angle is counter-clockwise, ours clockwise.
    turn = cv2.getRotationMatrix2D((99.5, 99.5), -degrees, 1.0)
    tilted = cv2.warpAffine(upright, turn, (200, 200))
    reach = 20 * np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])
    right, left = tuple(np.array([100, 90]) - reach), tuple(np.array([100, 90]) + reach)

    level = crop_face(upright, face_with_eyes((80, 90), (120, 90)), GREY).astype(int)
    face = face_with_eyes(right, left)
    turned = crop_face(tilted, face, GREY).astype(int)
    left_tilted = crop_face(tilted, face, PreprocessSpec(align=False)).astype(int)

    assert np.abs(turned - level).mean() < 1.0
    assert np.abs(left_tilted - level).mean() > 20.0


def test_without_align_landmarks_change_nothing() -> None:
    image = noise(200, 200)
    tilted = face_with_eyes((80, 80), (120, 100))
    spec = PreprocessSpec(align=False)
    assert np.array_equal(
        crop_face(image, tilted, spec), crop_face(image, Face(tilted.box_xywh, 1.0), spec)
    )


# --- Channels ---


@pytest.mark.parametrize(
    # Luma of ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B, of 255.
    ("rgb", "grey"),
    [((255, 0, 0), 76), ((0, 255, 0), 150), ((0, 0, 255), 29), ((90, 90, 90), 90)],
)
def test_rgb_becomes_grey_by_luma(rgb: tuple[int, int, int], grey: int) -> None:
    image = np.full((48, 48, 3), rgb, np.uint8)
    assert (crop_face(image, whole_image(48, 48), GREY) == grey).all()


def test_grey_becomes_three_equal_channels() -> None:
    image = noise(48, 48)
    crop = crop_face(image, whole_image(48, 48), COLOUR)
    assert all(np.array_equal(crop[..., channel], image) for channel in range(3))


def test_fitting_channels_are_left_alone() -> None:
    grey, rgb = noise(5, 5), noise(5, 5, 3)
    assert with_channels(grey, 1) is grey
    assert with_channels(rgb, 3) is rgb


# --- Tensors ---


def test_the_default_scaling_centres_mid_grey() -> None:
    crops = np.array([[[0, 128, 192, 255]]], np.uint8)
    tensor = to_tensor(crops, GREY)
    assert tensor.dtype == np.float32
    assert tensor.ravel().tolist() == [-2.0, 0.0, 1.0, 127 / 64]  # (x - 128) / 64


def test_scale_and_offset_are_the_specs() -> None:
    crops = np.array([[[0, 100, 255]]], np.uint8)
    tensor = to_tensor(crops, PreprocessSpec(scale=0.5, offset=3.0))
    assert tensor.ravel().tolist() == [3.0, 53.0, 130.5]


@pytest.mark.parametrize("channels", [1, 3])
def test_no_face_is_an_empty_tensor(channels: int) -> None:
    spec = PreprocessSpec(channels=channels)
    tensor = crop_faces(noise(60, 60, 3), [], spec)
    assert tensor.shape == (0, 48, 48, channels)
    assert tensor.dtype == np.float32


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("shape", [(60, 90), (60, 90, 3)])
def test_faces_become_one_tensor_in_their_order(channels: int, shape: tuple[int, ...]) -> None:
    image, spec = noise(*shape), PreprocessSpec(channels=channels)
    faces = [Face((40, 5, 48, 48), 1.0), Face((0, 0, 30, 20), 1.0)]
    tensor = crop_faces(image, iter(faces), spec)
    assert tensor.shape == (2, 48, 48, channels)
    for row, face in zip(tensor, faces, strict=True):
        alone = crop_face(image, face, spec).astype(np.float32).reshape(row.shape)
        assert np.array_equal(row, alone / 64 - 2)
