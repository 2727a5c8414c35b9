"""How a model wants its faces."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fer_core.domain.errors import UnknownNameError
from fer_core.preprocessing.enhance import ENHANCE_STEPS


@dataclass(frozen=True, slots=True)
class PreprocessSpec:
    """The conversion from a face in an image to a tensor; stored in a model's card.

    A crop is the square around the face's box: centred on it, as long as its longer side times
    `1 + margin`. A margin of 0 is how FER2013 was cut: over 1,416 of its training images
    the height of YuNet's box is 1.00 of the frame (median), centred to 2 %.

    Attributes:
        size_hw: Height and width of the network's input, in pixels.
        channels: 1 for grey, 3 for RGB.
        scale: Factor on pixel values of 0 to 255.
        offset: Added after scaling; the defaults give (x - 128) / 64.
        margin: Widening of the crop, as a fraction of the box's longer side.
        align: Turn the crop so that the eyes are level, where landmarks are known.
        enhance: Names from `ENHANCE_STEPS`, applied in order to the resized crop.
    """

    size_hw: tuple[int, int] = (48, 48)
    channels: int = 1
    scale: float = 1 / 64
    offset: float = -2.0
    margin: float = 0.0
    align: bool = True
    enhance: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.size_hw) != 2 or not all(8 <= side <= 1024 for side in self.size_hw):
            raise ValueError(f"size_hw must be two sides of 8 to 1024 px, got {self.size_hw}")
        if self.channels not in (1, 3):
            raise ValueError(f"channels must be 1 (grey) or 3 (RGB), got {self.channels}")
        if not 0 < self.scale < math.inf:
            raise ValueError(f"scale must be positive and finite, got {self.scale}")
        if not math.isfinite(self.offset):
            raise ValueError(f"offset must be finite, got {self.offset}")
        if not -0.5 <= self.margin <= 2.0:
            raise ValueError(f"margin must be within -0.5 and 2, got {self.margin}")
        for step in self.enhance:
            if step not in ENHANCE_STEPS:
                raise UnknownNameError("enhance step", step, ENHANCE_STEPS)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of the network's input."""
        return (*self.size_hw, self.channels)

    def to_dict(self) -> dict[str, Any]:
        """The fields as a plain mapping, for a card."""
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> "PreprocessSpec":
        """Rebuild a spec from `to_dict`'s mapping (lists stand for tuples, as in JSON and TOML).

        Raises:
            ValueError: A field is unknown or out of range.
        """
        unknown = set(fields) - set(cls.__slots__)
        if unknown:
            raise ValueError(f"unknown preprocessing fields {sorted(unknown)}")
        tidy: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()
        }
        return cls(**tidy)


THUMBNAIL = PreprocessSpec(size_hw=(128, 128), channels=3, margin=0.3, align=False)
"""How a face is cut out to be looked at."""
