"""How far the pixels of a face can be trusted."""

import cv2
import numpy as np
import numpy.typing as npt

from fer_core.domain.analysis import FaceQuality
from fer_core.domain.faces import Face
from fer_core.preprocessing.crop import crop_face, roll_deg
from fer_core.preprocessing.spec import PreprocessSpec

# One size for all faces makes sharpness comparable between them.
_SPEC = PreprocessSpec(size_hw=(96, 96), align=False)


def face_quality(image_rgb: npt.NDArray[np.uint8], face: Face) -> FaceQuality:
    """Measure size, sharpness, brightness and tilt of a face.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al. 2000) of the crop at 96 px.

    Args:
        image_rgb: (H, W, 3) RGB or (H, W) grey, uint8.
        face: A face in pixels of that image.
    """
    crop = crop_face(image_rgb, face, _SPEC)
    return FaceQuality(
        size_px=min(face.box_xywh[2], face.box_xywh[3]),
        sharpness=float(cv2.Laplacian(crop, cv2.CV_32F).var()),
        brightness=float(crop.mean()) / 255.0,
        roll_deg=roll_deg(face),
    )
