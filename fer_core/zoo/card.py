"""A model's card: what it is, what it was trained on, how well it does, and its files' hashes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fer_core.domain.errors import FerError, ModelError
from fer_core.preprocessing.spec import PreprocessSpec

CARD_FILE = "card.json"
ONNX_FILE = "model.onnx"
KERAS_FILE = "model.keras"
REPORT_FILE = "report.json"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """All that a model says about itself; `models/<name>/card.json`.

    Attributes:
        name: The model's name, its folder's too.
        labels: Class names in the order of the network's outputs.
        spec: The conversion from a face to the network's input.
        sha256: File name to SHA-256 (hexadecimal) of each file of the model. A model that ships
            its figures without its weights names its report alone.
        architecture: Its name and settings.
        recipe: The recipe that it was trained with.
        dataset: Name, fingerprint, splits used and number of pictures in each.
        metrics: Split name to its leading figures, as `report.json` gives them in full.
        temperature: Divisor of the logits, already inside both files' graphs.
        parameters: Number of weights.
        licence: Terms of the weights.
        training_data_terms: Terms of the data that they were trained on.
        created: Time of export, ISO 8601, UTC.
        versions: Library name to version at export.
        description: What the model is, in a sentence.
    """

    name: str
    labels: tuple[str, ...]
    spec: PreprocessSpec
    sha256: Mapping[str, str]
    architecture: Mapping[str, Any] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    dataset: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    temperature: float = 1.0
    parameters: int = 0
    licence: str = "unknown"
    training_data_terms: str = "unknown"
    created: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    description: str = ""

    def __post_init__(self) -> None:
        if len(self.labels) < 2 or len(set(self.labels)) != len(self.labels):
            raise ValueError(f"labels must be two or more different names, got {self.labels}")
        if not self.serves and set(self.sha256) != {REPORT_FILE}:
            raise ValueError(
                f"sha256 must name {ONNX_FILE}, got {sorted(self.sha256)} "
                f"(a model without weights names {REPORT_FILE} alone)"
            )
        for split, figures in self.metrics.items():
            missing = {"n", "accuracy", "accuracy_ci95", "top2_accuracy", "ece"} - set(figures)
            if missing or "name" not in self.dataset:
                raise ValueError(f"metrics of {split} lack {sorted(missing) or 'their data set'}")
        if any(Path(file).name != file for file in self.sha256):
            raise ValueError(f"sha256 must name files of the folder, got {sorted(self.sha256)}")
        if not self.temperature > 0:
            raise ValueError(f"temperature must be positive, got {self.temperature}")

    @property
    def serves(self) -> bool:
        """Whether the weights are there to read faces with, and not only the figures."""
        return ONNX_FILE in self.sha256

    def write(self, folder: Path) -> None:
        """Write the card into a model's folder."""
        fields = asdict(self)
        text = json.dumps(fields, indent=2, ensure_ascii=False)
        (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "ModelCard":
        """Read the card of a model's folder.

        Raises:
            ModelError: The card is missing, not JSON, or lacks what it must have.
        """
        path = folder / CARD_FILE
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            fields["spec"] = PreprocessSpec.from_dict(fields["spec"])
            fields["labels"] = tuple(fields["labels"])
            fields["sha256"] = dict(fields["sha256"])
            return cls(**fields)
        except FileNotFoundError:
            raise ModelError(f"{path} is missing: expected a model's card there.") from None
        except (ValueError, TypeError, KeyError, AttributeError, OSError, FerError) as error:
            raise ModelError(
                f"{path} is not a model's card ({type(error).__name__}: {error}); "
                "restore the file or train the model again."
            ) from None
