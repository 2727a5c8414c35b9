"""How a model wants its faces is checked when made, and survives a card."""

import json
import math
from typing import Any

import pytest

from fer_core.domain.errors import UnknownNameError
from fer_core.preprocessing.spec import PreprocessSpec


def test_the_default_is_fer2013s_own_form() -> None:
    spec = PreprocessSpec()
    assert spec.input_shape == (48, 48, 1)
    assert (spec.margin, spec.enhance) == (0.0, ())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"size_hw": (48,)}, "size_hw must be two sides"),
        ({"size_hw": (48, 48, 1)}, "size_hw must be two sides"),
        ({"size_hw": (7, 48)}, "8 to 1024 px"),
        ({"size_hw": (48, 1025)}, "8 to 1024 px"),
        ({"channels": 2}, r"1 \(grey\) or 3 \(RGB\), got 2"),
        ({"scale": 0.0}, "scale must be positive"),
        ({"scale": -1.0}, "scale must be positive"),
        ({"scale": math.nan}, "scale must be positive"),
        ({"scale": math.inf}, "scale must be positive and finite"),
        ({"offset": math.nan}, "offset must be finite"),
        ({"margin": -0.6}, "margin must be within"),
        ({"margin": 2.1}, "margin must be within"),
        ({"margin": math.nan}, "margin must be within"),
    ],
)
def test_a_value_out_of_range_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PreprocessSpec(**fields)


@pytest.mark.parametrize(
    "fields",
    [{"size_hw": (8, 1024)}, {"channels": 3}, {"margin": -0.5}, {"margin": 2.0}],
)
def test_the_limits_themselves_are_fine(fields: dict[str, Any]) -> None:
    assert PreprocessSpec(**fields).to_dict().items() >= fields.items()


def test_an_unknown_enhance_step_is_answered_with_the_known() -> None:
    message = r"enhance step 'sharpen': expected one of clahe, denoise, equalize, gamma\."
    with pytest.raises(UnknownNameError, match=message):
        PreprocessSpec(enhance=("clahe", "sharpen"))


def test_a_spec_survives_json() -> None:
    spec = PreprocessSpec((64, 32), 3, 1 / 255, -0.5, 0.25, False, ("clahe", "denoise"))
    assert PreprocessSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


def test_fields_left_out_take_their_defaults() -> None:
    assert PreprocessSpec.from_dict({}) == PreprocessSpec()


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(ValueError, match=r"unknown preprocessing fields \['colour'\]"):
        PreprocessSpec.from_dict({"colour": 3})
