"""Faces in rows, each row named, as one picture for light and dark pages alike."""

import io
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from fer_core.inference.fonts import readable_font

Faces = npt.NDArray[np.uint8]

_SIDE_PX, _GAP_PX, _NAME_PX, _FONT_PX = 96, 8, 176, 34  # shown at about half: sharp everywhere
_GREY = (140, 145, 154, 255)


def face_grid(rows: Sequence[tuple[str, Faces]], apart: int = 0) -> bytes:
    """One picture of many faces.

    Args:
        rows: The name of each row and its faces, (N, H, W), (N, H, W, 1) or (N, H, W, 3) uint8.
        apart: How many faces at the left stand a little apart from the others.

    Returns:
        A PNG, transparent between the faces.
    """
    columns = max((len(faces) for _, faces in rows), default=0)
    step = _SIDE_PX + _GAP_PX
    size = (_NAME_PX + columns * step + (2 * _GAP_PX if apart else 0), max(1, len(rows)) * step)
    sheet = Image.new("RGBA", size)
    draw = ImageDraw.Draw(sheet)
    for row, (name, faces) in enumerate(rows):
        font = readable_font(_FONT_PX, name[:10])
        draw.text((0, row * step + _SIDE_PX // 2), name[:10], _GREY, font, anchor="lm")
        for column, face in enumerate(faces):
            left = _NAME_PX + column * step + (2 * _GAP_PX if 0 < apart <= column else 0)
            sheet.paste(Image.fromarray(_enlarged(face)), (left, row * step))
    stream = io.BytesIO()
    sheet.save(stream, "PNG", compress_level=1)  # a tenth of the usual level's time
    return stream.getvalue()


def _enlarged(face: Faces) -> Faces:
    rgb = face if face.ndim == 3 and face.shape[2] == 3 else np.dstack([face.squeeze()] * 3)
    return np.asarray(cv2.resize(rgb, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_LINEAR))
