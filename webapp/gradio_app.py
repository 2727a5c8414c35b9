"""The Gradio demo: one page over the same analyzer, for Hugging Face Spaces and the like."""

import os
from typing import Any

import gradio as gr

from fer_core.domain.settings import sample_photo
from webapp.gradio_demo.about import about_tab
from webapp.gradio_demo.choices import draw_choices
from webapp.gradio_demo.live import live_tab
from webapp.gradio_demo.photo import IN_TURNS, photo_tab
from webapp.gradio_demo.video import video_tab
from webapp.live_places import viewers_at_most

_WAITING_AT_MOST = 64
_SWEPT_EVERY_S, _KEPT_S = 60, 600
_MAX_UPLOAD = "20mb"
# Only fonts of the visitor's own machine: Gradio's themes have browsers ask Google for theirs.
_FONTS = ["ui-sans-serif", "system-ui", "sans-serif"]


def build_demo() -> gr.Blocks:
    """The demo, with its queue; `demo.launch(**launch_options())` serves it.

    Raises:
        FerError: `FER_LIVE_VIEWERS` is no number from 1.
    """
    slots = os.cpu_count() or 1
    demo: gr.Blocks
    with gr.Blocks(
        title="FER Studio",
        analytics_enabled=False,
        delete_cache=(_SWEPT_EVERY_S, _KEPT_S),
    ) as demo:
        gr.Markdown(
            "# FER Studio\n\nAn honest reading of facial expressions: every face with its "
            "calibrated probabilities. They are shares of the model's belief about an "
            "*expression*, not about a feeling."
        )
        choices = draw_choices()
        with gr.Tab("Photo"):
            photo_tab(choices, slots)
        with gr.Tab("Live"):
            live_tab(choices, viewers_at_most())
        with gr.Tab("Video"):
            video_tab(choices)
        with gr.Tab("About"):
            about_tab()
    demo.queue(max_size=_WAITING_AT_MOST - IN_TURNS, default_concurrency_limit=slots)
    return demo


def launch_options() -> dict[str, Any]:
    """How the demo is served: no report to anybody, bounded uploads, errors told to clients."""
    return {
        "max_file_size": _MAX_UPLOAD,
        "allowed_paths": [str(sample_photo().parent)],
        "share": False,
        "show_error": True,
        "ssr_mode": False,
        "enable_monitoring": False,
        "run_history": False,
        "theme": gr.themes.Default(primary_hue="blue", font=_FONTS, font_mono=_FONTS),
        "footer_links": ["api"],
    }
