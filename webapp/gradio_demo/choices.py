"""What all tabs of the demo share: model, detector, and how sure a face must be."""

from dataclasses import dataclass

import gradio as gr

from fer_core.detection.base import detectors
from fer_core.inference.analyzer import DEFAULT_DETECTOR
from fer_core.zoo.store import DEFAULT_MODEL, model_names


@dataclass(frozen=True, slots=True)
class Choices:
    """The three controls.

    Attributes:
        model: A folder in `models/`.
        detector: A registered detector.
        min_score: Faces that the detector is less sure of are left out.
    """

    model: gr.Dropdown
    detector: gr.Dropdown
    min_score: gr.Slider

    @property
    def components(self) -> list[gr.Dropdown | gr.Slider]:
        """In the order in which the demo's functions take them."""
        return [self.model, self.detector, self.min_score]


def draw_choices() -> Choices:
    """Draw the controls in a row."""
    with gr.Row():
        names = list(model_names())
        model = gr.Dropdown(names, value=DEFAULT_MODEL, label="Model", interactive=True)
        detector = gr.Dropdown(
            sorted(detectors.names(), key=lambda name: name != DEFAULT_DETECTOR),
            value=DEFAULT_DETECTOR,
            label="Face detector",
            interactive=True,
        )
        score = gr.Slider(0.0, 1.0, value=0.5, step=0.05, label="Minimum face confidence")
    return Choices(model, detector, score)
