"""A model that serves: face crops in, calibrated probabilities out, through ONNX Runtime."""

from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.detection.full_frame import whole_image
from fer_core.domain.analysis import EmotionScores
from fer_core.domain.errors import ImageError, ModelError
from fer_core.preprocessing.crop import crop_faces
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.zoo.card import ONNX_FILE, ModelCard
from fer_core.zoo.onnx_session import open_session
from fer_core.zoo.store import DEFAULT_MODEL, find_model, load_card, verified_bytes

# Bounds memory on a photo of a stadium; beyond it larger batches are no faster.
_BATCH = 128


class EmotionClassifier:
    """A loaded model. Safe to share between threads.

    Args:
        card: The model's card.
        network: The ONNX file's content: (N, height, width, channels) float32 to (N, K)
            probabilities.
        threads: CPU threads for one call.
        origin: Where the content is from, for error texts.

    Raises:
        ModelError: The file is not a network, or does not fit the card.
    """

    def __init__(
        self, card: ModelCard, network: bytes, threads: int = 1, origin: str = ONNX_FILE
    ) -> None:
        self.card = card
        self._origin = origin
        try:
            self._session = open_session(network, threads)
        except Exception as error:  # noqa: BLE001  ONNX Runtime's errors share no narrower base
            raise ModelError(f"{self._origin} is not a network that can run: {error}") from None
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        received = [list(end.shape[1:]) for end in (*inputs, *outputs)]
        if received != [list(card.spec.input_shape), [len(card.labels)]]:
            raise ModelError(
                f"{self._origin} does not fit its card: expected input {card.spec.input_shape} and "
                f"{len(card.labels)} outputs, got {' and '.join(map(str, received))}."
            )
        self._input = inputs[0]

    @property
    def labels(self) -> tuple[str, ...]:
        """Class names, in the order of the probabilities."""
        return self.card.labels

    @property
    def spec(self) -> PreprocessSpec:
        """The conversion that the model wants."""
        return self.card.spec

    def predict(self, crops: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Classify pictures that are each filled by one face.

        Args:
            crops: (N, H, W) or (N, H, W, 1) grey, or (N, H, W, 3) RGB uint8, of any size.

        Returns:
            (N, K) float32 probabilities, in the order of `labels`.

        Raises:
            ImageError: The crops have another shape or type.
        """
        crops = np.asarray(crops)
        if (
            crops.dtype != np.uint8
            or crops.ndim not in (3, 4)
            or crops.shape[3:] not in ((), (1,), (3,))
            or 0 in crops.shape[1:]
        ):
            raise ImageError(
                "predict expects (N, H, W), (N, H, W, 1) or (N, H, W, 3) uint8, "
                f"got {crops.shape} {crops.dtype}."
            )
        if crops.shape[3:] == (1,):
            crops = crops[..., 0]
        if not len(crops):
            return self.predict_tensor(np.empty((0, *self.spec.input_shape), np.float32))
        face = whole_image(crops.shape[2], crops.shape[1])
        return self.predict_tensor(
            np.concatenate([crop_faces(crop, [face], self.spec) for crop in crops])
        )

    def predict_tensor(self, faces: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Classify faces that `crop_faces` has prepared by this model's spec.

        Args:
            faces: (N, height, width, channels) float32.

        Returns:
            (N, K) float32 probabilities.
        """
        parts: list[Any] = [
            self._session.run(None, {self._input.name: faces[start : start + _BATCH]})[0]
            for start in range(0, len(faces), _BATCH)
        ]
        return np.concatenate(parts) if parts else np.empty((0, len(self.labels)), np.float32)

    def scores(self, faces: npt.NDArray[np.float32]) -> list[EmotionScores]:
        """`predict_tensor`, as one `EmotionScores` for each face."""
        probabilities = self.predict_tensor(faces)
        if not np.isfinite(probabilities).all():
            raise ModelError(f"{self._origin} gives values that are no numbers: train it again.")
        return [EmotionScores(self.labels, tuple(row)) for row in probabilities.tolist()]


def load_classifier(model: str = DEFAULT_MODEL, threads: int = 1) -> EmotionClassifier:
    """Load a model by name.

    Args:
        model: A folder's name in `models/`, or `OWNER/NAME@COMMIT:SHA256` on the Hugging Face
            Hub, from where it is fetched once.
        threads: CPU threads for one call.

    Raises:
        UnknownNameError: There is no such model.
        ModelError: One of its files is missing, truncated or altered, or cannot be fetched.
    """
    card = load_card(model)
    folder = find_model(model, ONNX_FILE)
    network = verified_bytes(card, folder, ONNX_FILE)
    return EmotionClassifier(card, network, threads, origin=str(folder / ONNX_FILE))
