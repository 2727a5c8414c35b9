import cv2
import numpy as np
import numpy.typing as npt

from fer_core.detection.geometry import iou
from fer_core.detection.skin_haar import SkinHaarDetector, skin_mask
from fer_core.domain.faces import Face

Image = npt.NDArray[np.uint8]


def test_finds_the_face_by_its_colour(astronaut: Image, astronaut_face: Face) -> None:
    (face,) = SkinHaarDetector().detect(astronaut)
    assert iou(face, astronaut_face) > 0.65
    assert face.landmarks_xy == ()


def test_a_grey_photo_has_no_skin(astronaut: Image) -> None:
    grey = cv2.cvtColor(cv2.cvtColor(astronaut, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    assert SkinHaarDetector().detect(np.asarray(grey, np.uint8)) == ()


def test_a_face_of_another_colour_is_left_out(astronaut: Image) -> None:
    assert SkinHaarDetector().detect(astronaut[..., ::-1]) == ()


def test_the_map_holds_the_range_of_chai_and_ngan() -> None:
    # Y, Cr, Cb on and beside the published limits: Cr 133 to 173, Cb 77 to 127.
    inside = [(120, 153, 102), (120, 136, 102), (120, 170, 102), (120, 153, 80), (120, 153, 124)]
    outside = [(120, 129, 102), (120, 177, 102), (120, 153, 73), (120, 153, 131)]
    for colours, expected in ((inside, 1), (outside, 0)):
        for colour in colours:
            patch = cv2.cvtColor(np.full((20, 20, 3), colour, np.uint8), cv2.COLOR_YCrCb2RGB)
            assert (skin_mask(np.asarray(patch, np.uint8), 20) == expected).all(), colour


def test_the_map_is_cleaned_of_specks_and_gaps() -> None:
    skin, wall = (224, 172, 140), (90, 120, 200)
    image = np.full((100, 100, 3), wall, np.uint8)
    image[20:70, 20:70] = skin
    image[40:42, 40:44] = wall  # an eye
    image[85, 85] = skin  # a speck
    mask = skin_mask(image, 40)
    assert mask[30:60, 30:60].all()
    assert not mask[80:].any()
