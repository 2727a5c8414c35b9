"""Deep grey samples; real 12-bit, 16-bit and float files are in test_images_modes.py."""

import numpy as np
from PIL import Image

from fer_core.domain.deep_samples import grey_of_wide


def test_sixteen_bits_keep_their_high_byte() -> None:
    samples = np.array([[0, 255, 256, 0x8000, 0xFFFF]], np.uint16)
    grey = grey_of_wide(Image.fromarray(samples))
    assert grey.tolist() == [[0, 0, 1, 0x80, 0xFF]]


def test_floats_of_zero_to_one_fill_the_scale() -> None:
    samples = np.array([[0.0, 0.5, 1.0]], np.float32)
    assert grey_of_wide(Image.fromarray(samples)).tolist() == [[0, 128, 255]]


def test_what_is_not_a_number_is_black_and_infinity_white() -> None:
    samples = np.array([[np.nan, np.inf, 1.0]], np.float32)
    assert grey_of_wide(Image.fromarray(samples)).tolist() == [[0, 255, 255]]
