"""The YuNet network itself: its weights, checked, and one run over one image.

W. Wu, H. Peng, S. Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence
Research 20, 2023. Where the weights come from is told in `models/yunet/README.md`.
"""

import hashlib
import threading
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from fer_core.detection.base import ImageRGB
from fer_core.domain.errors import ModelError
from fer_core.domain.faces import Face
from fer_core.domain.settings import vendored_dir

_FILE = "face_detection_yunet_2023mar.onnx"
_SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
# On inputs of 32 rows and fewer OpenCV 4.14 reads memory that it never wrote: the same strip then
# has other faces each time.
_LEAST_HEIGHT = 64
_REMEDY = "Restore the file from the project's repository; models/yunet/README.md tells its origin."


def read_weights() -> bytes:
    """Read the network's file.

    Raises:
        ModelError: It is missing or altered.
    """
    path = vendored_dir() / "yunet" / _FILE
    try:
        weights = path.read_bytes()
    except OSError as error:
        raise ModelError(f"Cannot read {path}: {error.strerror}. {_REMEDY}") from error
    digest = hashlib.sha256(weights).hexdigest()
    if digest != _SHA256:
        raise ModelError(f"{path} is altered: expected SHA-256 {_SHA256}, got {digest}. {_REMEDY}")
    return weights


class YuNetNetwork:
    """One loaded copy of YuNet, safe to call from several threads.

    Args:
        weights: What `read_weights` gave.
        min_score: Faces under this score are not returned, 0 to 1.
    """

    def __init__(self, weights: bytes, min_score: float) -> None:
        self._lock = threading.Lock()
        self._net = cv2.FaceDetectorYN.create(
            "onnx",
            np.frombuffer(weights, np.uint8),
            np.empty(0, np.uint8),
            (320, 320),  # until the first image
            score_threshold=min_score,
            nms_threshold=0.3,
        )

    def faces(self, image_rgb: ImageRGB) -> list[Face]:
        """Run the network once over all of `image_rgb`, (H, W, 3) uint8, at its own size."""
        image_bgr = cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR)
        height, width = image_bgr.shape[:2]
        if height < _LEAST_HEIGHT:
            below = _LEAST_HEIGHT - height
            image_bgr = cv2.copyMakeBorder(image_bgr, 0, below, 0, 0, cv2.BORDER_CONSTANT)
        with self._lock:  # the input size is state of the network
            self._net.setInputSize((width, max(height, _LEAST_HEIGHT)))
            found = self._net.detect(image_bgr)[1]
        rows = cast("npt.NDArray[np.float32] | None", found)  # OpenCV's stubs leave the None out
        if rows is None:
            return []
        return [_face(row) for row in rows if np.isfinite(row).all() and min(row[2:4]) > 0]


def _face(row: npt.NDArray[np.float32]) -> Face:
    """Read one row of the network: x, y, width, height, five points, score."""
    x, y, w, h, *points, score = (float(value) for value in row)
    pairs = tuple(zip(points[0::2], points[1::2], strict=True))
    return Face((x, y, w, h), min(max(score, 0.0), 1.0), pairs)
