"""The demo's first tab: a photo in, every face with its probabilities out; and its API."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import gradio as gr

from fer_core.domain.analysis import FrameAnalysis
from fer_core.domain.errors import FerError
from fer_core.domain.file_names import display_name
from fer_core.domain.images import decode_image
from fer_core.domain.settings import sample_photo
from fer_core.inference.annotate import annotate
from fer_core.inference.summary import group_mood
from webapp.gradio_demo import readers
from webapp.gradio_demo.choices import Choices
from webapp.gradio_demo.components import Upload, analysis_json, original_image
from webapp.gradio_demo.told import told
from webapp.gradio_demo.turns import Turns

R = TypeVar("R")
Handler = Callable[[Upload | None, str, str, float, gr.Request], Coroutine[Any, Any, R]]

IN_TURNS = 32
"""Photos that stand in line by visitors; others wait in Gradio's queue, first come first served."""

_READING = "reading"
_NO_PHOTO = "Choose a photo first."


def photo_tab(choices: Choices, slots: int) -> None:
    """Draw the tab and register `/analyze` and `/annotate`.

    Args:
        choices: The model, the detector and the least detector score.
        slots: How many photos are read at once.
    """
    with gr.Row():
        with gr.Column():
            photo = original_image(
                label="Photo",
                sources=["upload", "clipboard", "webcam"],
                type="filepath",
                height=360,
            )
            button = gr.Button("Read it", variant="primary")
            sample = gr.Button("Try the sample photo", size="sm")
        with gr.Column():
            picture = gr.Image(
                label="Faces",
                format="jpeg",
                interactive=False,
                height=360,
                buttons=["download", "fullscreen"],  # not "share", which is with others
            )
            mood = gr.Markdown(container=False)
    with gr.Row():
        label = gr.Label(label="Largest face", num_top_classes=8)
        table = gr.Dataframe(label="All faces", interactive=False, scale=2)
    # Not gr.Examples: it builds the photo's component anew, by Gradio's own class.
    sample.click(_sample, None, photo, api_visibility="private", show_progress="hidden")
    inputs = [photo, *choices.components]
    turns = Turns(slots)
    for trigger in (button.click, photo.change):
        trigger(
            _in_turn(turns, read_photo),
            inputs,
            [picture, label, table, mood],
            api_visibility="private",
            concurrency_limit=IN_TURNS,
            concurrency_id=_READING,
            trigger_mode="always_last",
        )
    gr.Button(visible=False).click(
        _in_turn(turns, analyze),
        inputs,
        analysis_json(visible=False),
        api_name="analyze",
        api_description="Find every face of a photo and read its expression.",
        concurrency_limit=IN_TURNS,
        concurrency_id=_READING,
    )
    gr.Button(visible=False).click(
        _in_turn(turns, annotated),
        inputs,
        gr.Image(visible=False, format="jpeg"),
        api_name="annotate",
        api_description="The photo with its faces framed and named.",
        concurrency_limit=IN_TURNS,
        concurrency_id=_READING,
    )


def _sample() -> str:
    return str(sample_photo())


def _in_turn(turns: Turns, read: Callable[[Upload | None, str, str, float], R]) -> Handler[R]:
    """The function as Gradio calls it, when it is the visitor's turn."""

    async def handler(
        photo: Upload | None, model: str, detector: str, min_score: float, request: gr.Request
    ) -> R:
        visitor = request.session_hash or ""
        return await turns.take(visitor, told(read), photo, model, detector, min_score)

    return handler


def analyze(photo: Upload | None, model: str, detector: str, min_score: float) -> dict[str, Any]:
    """What the command line prints for one photo.

    Raises:
        FerError: The photo cannot be read, or a name is unknown.
    """
    return _read(photo, model, detector, min_score)[1].to_dict()


def annotated(photo: Upload | None, model: str, detector: str, min_score: float) -> Any:
    """The photo with its faces drawn, (H, W, 3) RGB uint8.

    Raises:
        FerError: As `analyze`.
    """
    return annotate(*_read(photo, model, detector, min_score))


def read_photo(
    photo: Upload | None, model: str, detector: str, min_score: float
) -> tuple[Any, Any, Any, str]:
    """Everything that the tab shows: picture, label, table and a line; all empty without a photo.

    Raises:
        FerError: As `analyze`.
    """
    if photo is None:
        return None, None, None, ""
    image, analysis = _read(photo, model, detector, min_score)
    if not analysis.faces:
        return image, None, None, "**No face found.** Lower the minimum face confidence?"
    mood = group_mood(analysis.faces)
    leading = ", ".join(f"{number} {label}" for label, number in mood.faces.items())
    title = "Group mood" if len(analysis.faces) > 1 else "Mood"
    return (
        annotate(image, analysis),
        analysis.faces[0].scores.to_dict(),
        _table(analysis),
        f"**{title}: {mood.mood}** · {leading} · {analysis.elapsed_ms:.0f} ms",
    )


def _read(
    photo: Upload | None, model: str, detector: str, min_score: float
) -> tuple[Any, FrameAnalysis]:
    if photo is None:
        raise FerError(_NO_PHOTO)
    name = display_name(photo.name)
    image = decode_image(photo.path.read_bytes(), name)
    analysis = readers.analyzer(model, detector).analyze(image, source=name)
    return image, analysis.confident(min_score)


def _table(analysis: FrameAnalysis) -> dict[str, list[Any]]:
    """One row for each face, as Gradio's table takes it."""
    labels = analysis.faces[0].scores.labels
    return {
        "headers": ["face", "emotion", "confidence", *labels],
        "data": [
            [number, face.scores.emotion, f"{face.scores.confidence:.1%}"]
            + [f"{share:.1%}" for share in face.scores.probabilities]
            for number, face in enumerate(analysis.faces, start=1)
        ],
    }
