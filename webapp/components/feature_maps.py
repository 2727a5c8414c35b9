"""Feature maps as a page shows them: the strongest channels of each stage, as small pictures."""

import base64
import io
from collections.abc import Sequence
from functools import cache
from html import escape

import cv2
import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from fer_core.inference.feature_maps import FeatureMap
from webapp.components.text import count, plain

CHANNELS_SHOWN = 16

_ENLARGED = 6  # sharp pixels on fine screens too

# Eight in a row where there is room, four on a phone.
_GRID = (
    "display:grid;grid-template-columns:repeat(auto-fill,minmax(72px,1fr));gap:6px;max-width:640px"
)
_PICTURE = "width:100%;display:block;image-rendering:pixelated;border-radius:3px"


def show_stages(stages: Sequence[FeatureMap]) -> None:
    """Show every stage's strongest channels, from the network's input to its end."""
    st.markdown(plain(stages_sentence(stages)))
    st.caption(
        f"Of each stage the {CHANNELS_SHOWN} channels that vary most over this face, the most "
        "varied first. Every picture has a scale of its own: dark violet is where the channel "
        "answers least, yellow where it answers most."
    )
    for stage in stages:
        height, width, channels = stage.maps.shape
        layer = f" · {plain(stage.layer)}" if stage.layer else ""
        st.markdown(
            f"**{plain(stage.name)}** "
            f":gray[{height} × {width} px · {count(channels, 'channel')}{layer}]"
        )
        st.html(stage_html(stage))


def show_crop(crop: npt.NDArray[np.uint8], alt: str) -> None:
    """Show a face as the network gets it, every pixel a square."""
    enlarged = crop.repeat(_ENLARGED, axis=0).repeat(_ENLARGED, axis=1)
    st.image(enlarged, width=144, alt=alt)


def stages_sentence(stages: Sequence[FeatureMap]) -> str:
    """How pictures shrink and channels grow on the way."""
    first, last = stages[0].maps.shape, stages[-1].maps.shape
    return (
        f"Over {count(len(stages), 'stage')} the picture goes from {first[0]} × {first[1]} px in "
        f"{count(first[2], 'channel')} to {last[0]} × {last[1]} px in {count(last[2], 'channel')}."
    )


def stage_html(stage: FeatureMap) -> str:
    """HTML of a stage's strongest channels, in a grid that wraps."""
    chosen = stage.strongest(CHANNELS_SHOWN)
    if not chosen:
        return "<em>No channel answers to this face.</em>"
    total = stage.maps.shape[2]
    pictures = "".join(
        f'<img style="{_PICTURE}" src="{picture_url(stage.maps[..., channel])}" '
        f'alt="{escape(stage.name)}, channel {channel + 1} of {total}">'
        for channel in chosen
    )
    return f'<div style="{_GRID}">{pictures}</div>'


def picture_url(channel: npt.NDArray[np.float32]) -> str:
    """One channel, (H, W) float32, as a PNG in a data URL: its own range in viridis."""
    low, high = float(channel.min()), float(channel.max())
    scaled = (channel - low) * (255 / (high - low) if high > low else 0.0)
    picture = Image.fromarray(np.rint(scaled).astype(np.uint8), mode="P")
    picture.putpalette(_viridis())
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"


@cache
def _viridis() -> bytes:
    """256 RGB colours whose lightness rises evenly, also for colour-blind eyes."""
    ramp = np.arange(256, dtype=np.uint8)[:, np.newaxis]
    return cv2.cvtColor(cv2.applyColorMap(ramp, cv2.COLORMAP_VIRIDIS), cv2.COLOR_BGR2RGB).tobytes()
