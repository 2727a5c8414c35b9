"""A channel's picture has its values, darkest the least and brightest the most."""

import base64
import io

import numpy as np
from PIL import Image

from fer_core.inference.feature_maps import FeatureMap
from webapp.components.feature_maps import CHANNELS_SHOWN, picture_url, stage_html, stages_sentence


def shown(channel: np.ndarray) -> np.ndarray:
    data = base64.b64decode(picture_url(channel).removeprefix("data:image/png;base64,"))
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def test_a_channel_is_drawn_over_its_own_range() -> None:
    picture = shown(np.array([[-3.0, 0.0, 5.0]], np.float32))
    assert picture.shape == (1, 3, 3)
    # Viridis' ends, as matplotlib gives them: #440154 and #fde725.
    assert picture[0, 0].tolist() == [68, 1, 84]
    assert picture[0, 2].tolist() == [253, 231, 37]


def test_lightness_rises_evenly() -> None:
    ramp = shown(np.arange(256, dtype=np.float32)[np.newaxis])
    grey = ramp[0] @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(grey) > -0.5).all()


def test_a_channel_of_one_value_is_dark() -> None:
    assert shown(np.full((2, 2), 7.0, np.float32))[0, 0].tolist() == [68, 1, 84]


def test_a_stage_shows_its_strongest_channels_by_number() -> None:
    maps = np.random.default_rng(0).normal(size=(4, 4, 40)).astype(np.float32)
    maps[..., 11] *= 9
    html = stage_html(FeatureMap("Pooling 2", "pool", maps))
    assert html.count("<img") == CHANNELS_SHOWN
    assert html.index('alt="Pooling 2, channel 12 of 40"') < html.index(
        "<img", html.index("<img") + 1
    )


def test_a_stage_without_an_answer_says_so() -> None:
    html = stage_html(FeatureMap("Pooling 2", "pool", np.zeros((4, 4, 8), np.float32)))
    assert html == "<em>No channel answers to this face.</em>"


def test_the_sentence_goes_from_the_first_stage_to_the_last() -> None:
    sizes = [(22, 20, 32), (6, 5, 128)]
    stages = [FeatureMap("x", "", np.zeros(size, np.float32)) for size in sizes]
    assert stages_sentence(stages) == (
        "Over 2 stages the picture goes from 22 × 20 px in 32 channels to 6 × 5 px in 128 channels."
    )
