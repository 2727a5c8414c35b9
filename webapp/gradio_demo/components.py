"""Gradio components with what the demo asks of them beyond Gradio's own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import ImageData

_NUMBER = {"type": "number"}
_NONE = {"type": "null"}

FRAME_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "FrameAnalysis",
    "properties": {
        "source": {"type": "string"},
        "width": {"type": "integer"},
        "height": {"type": "integer"},
        "time_s": {"anyOf": [_NUMBER, _NONE]},
        "elapsed_ms": _NUMBER,
        "faces": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "box": {"type": "array", "items": _NUMBER, "description": "x, y, w, h in px"},
                    "emotion": {"type": "string"},
                    "confidence": _NUMBER,
                    "scores": {"type": "object", "additionalProperties": _NUMBER},
                    "landmarks": {
                        "type": "array",
                        "items": {"type": "array", "items": _NUMBER},
                    },
                    "track_id": {"anyOf": [{"type": "integer"}, _NONE]},
                    "quality": {"type": "object", "additionalProperties": _NUMBER},
                },
            },
        },
    },
}
"""`FrameAnalysis.to_dict` as JSON schema."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture as it was sent.

    Attributes:
        path: Where Gradio keeps it for now.
        name: What its owner calls it.
    """

    path: Path
    name: str


# Functions and no subclasses: Gradio writes a .pyi file beside the source of each of those.


def original_image(**choices: Any) -> gr.Image:
    """An image input that hands its file on untouched, as an `Upload`, or None.

    Gradio's own decodes and converts it, which loses EXIF rotation, 16-bit depth and HEIC, and
    answers a broken file with its own words; `fer_core` reads all of these.
    """
    image = gr.Image(**choices)
    image.preprocess = _upload  # type: ignore[method-assign, assignment]
    return image


def analysis_json(**choices: Any) -> gr.JSON:
    """A JSON output that tells clients the form of a `FrameAnalysis`."""
    output = gr.JSON(**choices)
    output.api_info = lambda: FRAME_SCHEMA  # type: ignore[method-assign]
    return output


def _upload(payload: ImageData | None) -> Upload | None:
    if payload is None or payload.path is None:
        return None
    path = Path(payload.path)
    return Upload(path, payload.orig_name or path.name)
