"""Answers come back as they were saved, so that two models can be compared by them."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from fer_core.domain.errors import ModelError
from fer_core.evaluation.answers import ANSWERS_FILE, Answers, load_answers, save_answers


@pytest.fixture
def answers() -> Answers:
    random = np.random.default_rng(6)
    return Answers(
        ("happy", "sad", "neutral"),
        random.integers(0, 3, 20),
        random.dirichlet(np.ones(3), 20).astype(np.float32),
        *("PublicTest", "FER2013 – a part", "ab" * 32),
    )


def test_answers_come_back(answers: Answers, tmp_path: Path) -> None:
    path = tmp_path / ANSWERS_FILE
    save_answers(path, answers)
    loaded = load_answers(path)
    for field in fields(Answers):
        expected, received = (getattr(each, field.name) for each in (answers, loaded))
        assert np.array_equal(received, expected)
        assert type(received) is type(expected)
        assert getattr(received, "dtype", None) == getattr(expected, "dtype", None)


def test_a_model_without_answers_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"answers\.npz is missing: .* Train the model again"):
        load_answers(tmp_path / ANSWERS_FILE)


def test_damaged_answers_are_told(answers: Answers, tmp_path: Path) -> None:
    path = tmp_path / ANSWERS_FILE
    save_answers(path, answers)
    whole = path.read_bytes()
    for content in (b"", b"text", whole[: len(whole) // 2], whole.replace(b"targets", b"target_")):
        path.write_bytes(content)
        with pytest.raises(ModelError, match=r"answers\.npz is damaged"):
            load_answers(path)


def test_probabilities_belong_to_pictures_and_labels(answers: Answers) -> None:
    with pytest.raises(ValueError, match=r"expected probabilities of shape \(20, 3\)"):
        Answers(
            *(answers.labels, answers.targets, answers.probabilities[:, :2]),
            *("PublicTest", "FER2013", ""),
        )
