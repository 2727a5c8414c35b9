"""What the network is taught is what the recipe says of labels, votes and teachers."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.corrections import EXCLUDE, picture_id, write_corrections
from fer_core.detection.full_frame import whole_image
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.errors import DatasetError, RecipeError
from fer_core.preprocessing.crop import crop_faces, to_tensor
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.training.preparation import (
    auxiliary_labels,
    fold_datasets,
    labels_given_votes,
    prepare,
    selection_targets,
    training_targets,
    uint8_inputs,
)
from fer_core.training.recipe import Recipe, recipe_from_dict
from fer_core.training.recipe_sections import CrossValidation
from fer_core.zoo.classifier import load_classifier


def recipe_with(**sections: Any) -> Recipe:
    return recipe_from_dict({"name": "r", "architecture": {"name": "se_resnet"}} | sections)


def data_of(targets: list[int], votes: list[list[int]] | None = None) -> FaceDataset:
    """Grey pictures, the last two of them for selection."""
    count = len(targets)
    return FaceDataset(
        "Test faces",
        FER7_LABELS,
        np.full((count, 48, 48), 128, np.uint8),
        np.array(targets),
        np.array(["Training"] * (count - 2) + ["PublicTest"] * 2),
        votes=None if votes is None else np.array(votes),
    )


# Columns: neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, unknown, NF.
HAPPY_VOTES, SAD_VOTES, NO_VOTES = [0, 10, *[0] * 8], [0, 0, 0, 10, *[0] * 6], [0] * 10
ANGRY, HAPPY, SAD = 0, 3, 4


# --- Targets ---


def test_by_default_a_target_is_its_label() -> None:
    training = data_of([ANGRY, HAPPY, SAD, 0, 1]).split("Training")
    targets = training_targets(recipe_with(), training)
    assert np.array_equal(targets.main, np.eye(7)[[ANGRY, HAPPY, SAD]])
    assert targets.auxiliary.shape == (3, 0)


def test_smoothing_spreads_its_share_evenly() -> None:
    training = data_of([ANGRY, HAPPY, SAD, 0, 1]).split("Training")
    recipe = recipe_with(optimization={"label_smoothing": 0.07})
    (row, *_) = training_targets(recipe, training).main
    assert row == pytest.approx([0.94, *[0.01] * 6])


def test_balanced_classes_weigh_the_same_in_all() -> None:
    training = data_of([ANGRY, HAPPY, HAPPY, HAPPY, 0, 1]).split("Training")
    recipe = recipe_with(optimization={"class_weights": "balanced"})
    sums = training_targets(recipe, training).main.sum(axis=1)
    assert sums == pytest.approx([2, 2 / 3, 2 / 3, 2 / 3])  # 4 pictures / (2 classes · n)


def test_votes_tell_how_likely_each_label_is() -> None:
    # Where voters say happy the label is happy nine times in ten; where they say sad, it is sad
    # or angry by halves. A picture without votes keeps its own label.
    targets = np.array([*[HAPPY] * 90, *[SAD] * 10, *[SAD] * 50, *[ANGRY] * 50, ANGRY])
    votes = np.array([HAPPY_VOTES] * 100 + [SAD_VOTES] * 100 + [NO_VOTES])
    given = labels_given_votes(votes, targets, 7)
    assert given.sum(axis=1) == pytest.approx(np.ones(201), abs=1e-6)
    assert given[0, [HAPPY, SAD]] == pytest.approx([0.9, 0.1], abs=0.02)
    assert given[150, [SAD, ANGRY]] == pytest.approx([0.5, 0.5], abs=0.02)
    assert given[200] == pytest.approx(np.eye(7)[ANGRY])


def test_the_shares_of_label_votes_and_teachers_add_up(served_models: object) -> None:
    votes = [HAPPY_VOTES] * 4 + [NO_VOTES] * 4
    training = data_of([HAPPY, HAPPY, HAPPY, SAD, *[ANGRY] * 2, 0, 1], votes).split("Training")
    recipe = recipe_with(targets={"vote_share": 0.3, "teachers": ["default"], "teacher_share": 0.2})
    rows = training_targets(recipe, training).main
    views = [load_classifier("default").predict(v) for v in (training.images, training.images)]
    of_votes = labels_given_votes(training.votes, training.targets, 7)
    expected = 0.5 * np.eye(7)[training.targets] + 0.3 * of_votes + 0.2 * np.mean(views, axis=0)
    assert rows == pytest.approx(expected, abs=1e-5)


def test_a_teacher_must_know_every_class(served_models: object) -> None:
    data = dataclasses.replace(data_of([0, 1, 2, 3, 4]), labels=(*FER7_LABELS[:6], "contempt"))
    recipe = recipe_with(targets={"teachers": ["default"], "teacher_share": 0.5})
    with pytest.raises(DatasetError, match="Teacher 'default' does not know contempt"):
        training_targets(recipe, data)


def test_the_second_head_is_taught_the_votes_themselves() -> None:
    data = data_of([HAPPY, SAD, ANGRY, 0, 1], [HAPPY_VOTES, SAD_VOTES, *[NO_VOTES] * 3])
    recipe = recipe_with(targets={"auxiliary": "ferplus8"})
    labels = auxiliary_labels(recipe)
    rows = training_targets(recipe, data.split("Training")).auxiliary
    assert labels[rows[0].argmax()] == "happy"
    assert labels[rows[1].argmax()] == "sad"
    assert rows.sum(axis=1) == pytest.approx([1, 1, 0])
    assert selection_targets(recipe, data.split("PublicTest")).auxiliary.shape == (2, 8)


def test_selection_is_by_labels_alone() -> None:
    data = data_of([ANGRY, HAPPY, SAD, 5, 6], [HAPPY_VOTES] * 5)
    recipe = recipe_with(targets={"vote_share": 0.5}, optimization={"label_smoothing": 0.1})
    rows = selection_targets(recipe, data.split("PublicTest")).main
    assert np.array_equal(rows, np.eye(7)[[5, 6]])


# --- Data ---


def test_data_is_brought_to_the_recipes_label_set() -> None:
    every = [0, 1, 2, 3, 4, 5, 6, 1, 0, 6]
    data = prepare(recipe_with(labels="fer5"), data_of(every))
    assert data.labels == ("angry", "happy", "neutral", "sad", "surprise")
    assert [data.labels[t] for t in data.targets] == [
        *("angry", "happy", "sad", "surprise", "neutral", "angry", "neutral")
    ]


def test_a_random_part_is_held_out() -> None:
    data = data_of([0, 1] * 50)
    recipe = recipe_with(holdout={"size": 0.3}, selection_split="Test")
    first, again = prepare(recipe, data), prepare(recipe, data)
    assert np.array_equal(first.splits, again.splits)
    assert first.counts().keys() == {"Training", "Test"}
    assert len(first.split("Test").images) == 30
    counted = prepare(recipe_with(holdout={"size": 7}, selection_split="Test"), data)
    assert len(counted.split("Test").images) == 7


def test_a_persons_pictures_stay_together() -> None:
    groups = np.array([f"S{i // 5}" for i in range(100)])
    data = dataclasses.replace(data_of([0, 1] * 50), groups=groups)
    recipe = recipe_with(holdout={"size": 0.1, "by": "group"}, selection_split="Test")
    data = prepare(recipe, data)
    held, kept = (set(data.split(name).groups.tolist()) for name in ("Test", "Training"))
    assert not held & kept
    assert len(held) == 2  # ten pictures of a hundred, five a person


@pytest.mark.parametrize("by", ["group", "picture"])
def test_every_picture_of_the_two_splits_is_held_out_once(by: str) -> None:
    data = data_of([0, 1] * 50)
    data = dataclasses.replace(
        data,
        splits=np.array(["Training"] * 60 + ["PublicTest"] * 30 + ["PrivateTest"] * 10),
        groups=np.array([f"S{i // 5}" for i in range(100)]),
    )
    recipe = recipe_with(cross_validation={"folds": 3, "by": by})
    folds = fold_datasets(recipe, CrossValidation(folds=3, by=by), data)
    held = np.array([fold.splits == "PublicTest" for fold in folds])
    assert held.sum(axis=0).tolist() == [1] * 90  # and none of the ten that stay unseen
    assert held.sum(axis=1).tolist() == [30] * 3
    shared = [
        set(fold.split("PublicTest").groups) & set(fold.split("Training").groups) for fold in folds
    ]
    assert all(shared) if by == "picture" else not any(shared)


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"holdout": {"size": 5}, "selection_split": "T"}, "leave pictures on both sides of 5"),
        ({"holdout": {"size": 2, "by": "group"}, "selection_split": "T"}, "whose picture each is"),
        ({"cross_validation": {"by": "group"}}, "Set cross_validation.by='picture'"),
        ({"cross_validation": {"by": "picture", "folds": 9}}, "Expected 2 to 5 folds"),
        ({"targets": {"vote_share": 0.5}}, "no FER\\+ votes, which the recipe's targets need"),
        ({"targets": {"auxiliary": "ferplus8"}}, "no FER\\+ votes"),
        ({"selection_split": "Other"}, "no split 'Other'"),
        ({"labels": "ck7"}, "no picture of contempt"),
    ],
)
def test_what_the_data_lacks_is_told(sections: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        prepare(recipe_with(**sections), data_of([0, 1, 2, 3, 4]))


def test_a_split_of_one_class_is_told() -> None:
    with pytest.raises(DatasetError, match="split PublicTest holds a single class"):
        prepare(recipe_with(), data_of([0, 1, 2, 3, 3]))


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ({"vote_share": 0.6, "teachers": ["a"], "teacher_share": 0.5}, "1 together at most"),
        ({"teachers": ["a"]}, "belong together"),
        ({"teacher_share": 0.1}, "belong together"),
        ({"source": "votes", "vote_share": 0.1}, "expected targets.source 'labels'"),
        ({"source": "votes"}, "expects labels to name a label set"),
        ({"source": "guess"}, "must be one of labels, majority, votes"),
        ({"auxiliary": "fer9"}, "must be one of fer7"),
    ],
)
def test_targets_that_contradict_themselves_are_told(targets: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        recipe_with(targets=targets)


# --- Corrections ---


def unlike(data: FaceDataset) -> FaceDataset:
    """The data, with pictures that can be told apart."""
    shades = np.arange(len(data.images), dtype=np.uint8)
    return dataclasses.replace(data, images=data.images + shades[:, np.newaxis, np.newaxis])


def test_labels_of_the_training_split_alone_are_corrected(tmp_path: Path) -> None:
    data = unlike(data_of([ANGRY, HAPPY, SAD, SAD, HAPPY]))
    first, second, *_, last = (picture_id(image) for image in data.images)
    path = tmp_path / "mine.csv"
    # After relabelling: the labels are those of the recipe's set.
    write_corrections(path, {first: "happiness", second: EXCLUDE, last: "sad"})
    prepared = prepare(recipe_with(labels="fer7", corrections=str(path)), every_class(data))
    assert [prepared.labels[t] for t in prepared.targets[:2]] == ["happy", "sad"]
    selection = prepared.split("PublicTest")
    assert [selection.labels[t] for t in selection.targets] == ["sad", "happy"]
    assert (prepared.corrections["relabelled"], prepared.corrections["excluded"]) == (1, 1)
    assert prepared.corrections["unknown"] == 1  # it is not in the training split


def every_class(data: FaceDataset) -> FaceDataset:
    """The data, and a picture of each class besides."""
    more = unlike(data_of([*range(7), *range(7)]))
    return dataclasses.replace(
        data,
        images=np.concatenate([data.images, more.images[:7] + np.uint8(50)]),
        targets=np.concatenate([data.targets, more.targets[:7]]),
        splits=np.concatenate([data.splits, more.splits[:7]]),
    )


def test_what_is_held_out_is_not_corrected(tmp_path: Path) -> None:
    data = unlike(data_of([0, 1] * 50))
    path = tmp_path / "mine.csv"
    write_corrections(path, {picture_id(image): "sad" for image in data.images})
    recipe = recipe_with(holdout={"size": 0.3}, selection_split="Test", corrections=str(path))
    with pytest.raises(DatasetError, match="split Training holds a single class"):
        prepare(recipe, data)
    write_corrections(path, {picture_id(image): "sad" for image in data.images[:50]})
    prepared = prepare(recipe, data)
    assert SAD not in prepared.split("Test").targets
    assert SAD in prepared.split("Training").targets


@pytest.mark.parametrize("label", ["contempt", "glee"])
def test_a_correction_to_no_class_of_the_recipe_is_told(tmp_path: Path, label: str) -> None:
    data = unlike(data_of([ANGRY, HAPPY, SAD, SAD, HAPPY]))
    path = tmp_path / "mine.csv"
    write_corrections(path, {picture_id(data.images[0]): label})
    with pytest.raises(DatasetError, match=rf"mine\.csv, line 2: Picture .* to '{label}', which"):
        prepare(recipe_with(corrections=str(path)), data)


# --- Pixels ---


def test_exported_tensors_are_the_same_again(drawn_faces: FaceDataset) -> None:
    """Export converts whole arrays at once instead of face by face."""
    spec = PreprocessSpec(enhance=("clahe",))
    samples = drawn_faces.images[::50]
    one_by_one = [crop_faces(sample, [whole_image(48, 48)], spec) for sample in samples]
    at_once = to_tensor(uint8_inputs(samples, spec), spec)
    assert np.array_equal(at_once, np.concatenate(one_by_one))


def test_inputs_of_the_right_size_are_the_pictures_themselves(drawn_faces: FaceDataset) -> None:
    inputs = uint8_inputs(drawn_faces.images[:5], PreprocessSpec())
    assert inputs.dtype == np.uint8
    assert np.array_equal(inputs[..., 0], drawn_faces.images[:5])
