"""The demo's live tab: the visitor's webcam, read as it moves."""

from typing import Any

import gradio as gr
import numpy as np
import numpy.typing as npt

from fer_core.inference.overlay import Overlay, draw_overlay
from webapp.gradio_demo import readers
from webapp.gradio_demo.choices import Choices
from webapp.gradio_demo.told import told
from webapp.live import LiveReader

_EVERY_S = 0.1
_AT_MOST_S = 120
_FORGOTTEN_S = 600
_OVERLAY = Overlay(pace=False)


def live_tab(choices: Choices, viewers: int) -> None:
    """Draw the tab.

    Args:
        choices: The model, the detector and the least detector score.
        viewers: How many are read at once; the next one waits for a stream to end.
    """
    gr.Markdown(
        f"Frames are read in this server's memory and never written. It ends after "
        f"{_AT_MOST_S // 60} minutes; press the camera's button to go on."
    )
    with gr.Row():
        camera = gr.Image(label="Webcam", sources=["webcam"], streaming=True, type="numpy")
        picture = gr.Image(label="Faces", interactive=False, format="jpeg", buttons=[])
    label = gr.Label(label="Largest face", num_top_classes=8)
    reader = gr.State(None, time_to_live=_FORGOTTEN_S)
    camera.stream(
        told(read_frame),
        [camera, reader, *choices.components],
        [picture, label, reader],
        stream_every=_EVERY_S,
        time_limit=_AT_MOST_S,
        concurrency_limit=viewers,  # a stream holds its slot to its end: photos have their own
        api_visibility="private",
        show_progress="hidden",
    )


def read_frame(
    frame: npt.NDArray[np.uint8] | None,
    reader: LiveReader | None,
    model: str,
    detector: str,
    min_score: float,
) -> tuple[Any, Any, LiveReader | None]:
    """A frame with its faces drawn, the largest one's probabilities, and who reads the next.

    Raises:
        FerError: A name is unknown, or a model's file is missing or altered.
    """
    if frame is None:
        return None, None, reader
    analyzer = readers.analyzer(model, detector)
    reader = reader or LiveReader(analyzer)
    reader.analyzer = analyzer
    analysis = reader.read(frame).confident(min_score)
    scores = analysis.faces[0].scores.to_dict() if analysis.faces else None
    return draw_overlay(frame, analysis, _OVERLAY), scores, reader
