"""A data set as a recipe wants it: its label set, its two splits, and the targets to learn."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.corrections import correct
from fer_core.datasets.crowd_votes import Votes, vote_distribution
from fer_core.datasets.label_sets import find_label_set
from fer_core.datasets.relabel import relabel
from fer_core.detection.full_frame import whole_image
from fer_core.domain.emotions import canonical
from fer_core.domain.errors import DatasetError
from fer_core.evaluation.calibration import softmax
from fer_core.evaluation.splits import grouped_folds, random_split
from fer_core.preprocessing.crop import crop_face
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.training.recipe import Recipe
from fer_core.training.recipe_sections import CrossValidation, Holdout, Optimization
from fer_core.zoo.classifier import load_classifier

Distributions = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class TrainingTargets:
    """What each picture of a split is taught as.

    Attributes:
        main: (N, K) float32; a row sums to the picture's weight.
        auxiliary: (N, K2) float32 for the second head, zeros where nothing is known; (N, 0)
            where there is none.
    """

    main: Distributions
    auxiliary: Distributions


def prepare(recipe: Recipe, data: FaceDataset) -> FaceDataset:
    """Bring data to the recipe's label set and splits, its training labels corrected.

    Raises:
        DatasetError: A class or split that the recipe needs is missing, or votes are; or a line of
            the corrections is wrong.
    """
    if recipe.labels:
        data = relabel(data, recipe.labels, recipe.targets.source)
    if recipe.holdout is not None:
        data = _divided(data, recipe.holdout, recipe.train_split, recipe.selection_split)
    if recipe.corrections:
        # Not those that the epoch is chosen on: a model must not be scored by what it disputes.
        data = correct(data, recipe.corrections, recipe.train_split)
    for name in (recipe.train_split, recipe.selection_split):
        if len(set(data.split(name).targets.tolist())) < 2:
            raise DatasetError(f"{data.name}: split {name} holds a single class; expected several.")
    if recipe.cross_validation is not None:
        fold_datasets(recipe, recipe.cross_validation, data)  # or it would fail after training
    if recipe.targets.use_votes and data.votes is None:
        raise DatasetError(
            f"{data.name} has no FER+ votes, which the recipe's targets need: put fer2013new.csv "
            "beside it, or set targets.vote_share=0 and targets.auxiliary=''."
        )
    return data


def fold_datasets(recipe: Recipe, plan: CrossValidation, data: FaceDataset) -> list[FaceDataset]:
    """The pictures of both of the recipe's splits, once for each fold to be held out.

    Args:
        recipe: Names the two splits.
        plan: How to divide.
        data: Labelled faces, in those splits or others besides.

    Returns:
        For each fold, the same pictures with the fold in the selection split and all others in
        the training split.

    Raises:
        DatasetError: There are fewer pictures or people than folds, or people are not known.
    """
    names = np.array([recipe.train_split, recipe.selection_split])
    used = data.part(np.isin(data.splits, names))
    groups = (
        _people(used, "cross_validation") if plan.by == "group" else np.arange(len(used.images))
    )
    datasets = []
    for held in grouped_folds(groups, plan.folds, plan.seed):
        is_held = np.zeros(len(used.images), np.int64)
        is_held[held] = 1
        datasets.append(replace(used, splits=names[is_held]))
    return datasets


def uint8_inputs(images: npt.NDArray[np.uint8], spec: PreprocessSpec) -> npt.NDArray[np.uint8]:
    """Crop a data set's pictures exactly as serving crops a face that fills its image.

    Args:
        images: (N, H, W) uint8, each filled by one face.
        spec: The conversion.

    Returns:
        (N, height, width, channels) uint8; the spec's scaling comes after augmentation.
    """
    face = whole_image(images.shape[2], images.shape[1])
    crops = np.stack([crop_face(image, face, spec) for image in images])
    return crops.reshape(len(images), *spec.input_shape)


def training_targets(recipe: Recipe, training: FaceDataset) -> TrainingTargets:
    """Targets of the training split: labels, votes and teachers mixed, smoothed and weighted.

    Raises:
        DatasetError: A teacher does not know one of the classes.
        FerError: There is no such teacher, or its files are not whole.
    """
    plan, classes = recipe.targets, len(training.labels)
    soft = training.soft_targets
    own = one_hot(training.targets, classes) if soft is None else soft
    mixed = (1.0 - plan.vote_share - plan.teacher_share) * own
    if plan.vote_share and training.votes is not None:
        mixed += plan.vote_share * labels_given_votes(training.votes, training.targets, classes)
    if plan.teacher_share:
        mixed += plan.teacher_share * _taught(plan.teachers, training)
    smoothing = recipe.optimization.label_smoothing
    mixed = (1.0 - smoothing) * mixed + smoothing / classes
    weights = _class_weights(recipe.optimization, training)
    main = mixed * weights[training.targets, np.newaxis]
    return TrainingTargets(main, auxiliary_targets(recipe, training))


def selection_targets(recipe: Recipe, selection: FaceDataset) -> TrainingTargets:
    """Targets of the selection split: its labels alone, so that losses can be compared."""
    main = one_hot(selection.targets, len(selection.labels))
    return TrainingTargets(main, auxiliary_targets(recipe, selection))


def auxiliary_targets(recipe: Recipe, data: FaceDataset) -> Distributions:
    """What the FER+ votes say in the second head's classes."""
    if not recipe.targets.auxiliary or data.votes is None:
        return np.empty((len(data.targets), 0), np.float32)
    return vote_distribution(data.votes, recipe.targets.auxiliary)


def auxiliary_labels(recipe: Recipe) -> tuple[str, ...]:
    """Classes of the second head; none if there is no such head."""
    name = recipe.targets.auxiliary
    return find_label_set(name).labels if name else ()


def one_hot(targets: npt.NDArray[np.int64], classes: int) -> Distributions:
    """(N, classes) float32 with a single 1 in each row."""
    return np.asarray(np.eye(classes)[targets], np.float32)


def labels_given_votes(
    votes: Votes, targets: npt.NDArray[np.int64], classes: int, steps: int = 400
) -> Distributions:
    """The label's distribution given a picture's FER+ votes, by multinomial logistic regression.

    FER+'s voters and FER2013's labels disagree in a regular way (what one calls neutral the other
    often calls sad), so that votes are evidence about the label without being its distribution.

    Args:
        votes: (N, 10) counts; a row of zeros has no evidence and keeps its own label.
        targets: (N,) labels.
        classes: Number of classes.
        steps: Adam steps over all pictures at once.

    Returns:
        (N, classes) float32, rows summing to 1.
    """
    asked = votes.sum(axis=1) > 0
    # Log counts: ten votes for one emotion say more than ten times one vote does.
    evidence = np.log(votes[asked] + 0.5)
    evidence = np.concatenate([evidence, np.ones((len(evidence), 1))], axis=1)
    truth = np.eye(classes)[targets[asked]]
    weights = np.zeros((evidence.shape[1], classes))
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        slope = evidence.T @ (softmax(evidence @ weights) - truth) / max(len(evidence), 1)
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        weights -= 0.1 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-9)
    given = one_hot(targets, classes)
    given[asked] = softmax(evidence @ weights)
    return given


def _taught(names: tuple[str, ...], training: FaceDataset) -> Distributions:
    """The mean answer of the teachers to each picture and its mirror image."""
    answers = []
    for name in names:
        teacher = load_classifier(name)
        order = _positions(training.labels, name, teacher.labels)
        for view in (training.images, training.images[:, :, ::-1]):
            answers.append(teacher.predict(view)[:, order])
    mean = np.mean(answers, axis=0)
    return np.asarray(mean / mean.sum(axis=1, keepdims=True), np.float32)


def _positions(labels: tuple[str, ...], teacher: str, known: tuple[str, ...]) -> list[int]:
    names = [canonical(label) for label in known]
    missing = [label for label in labels if canonical(label) not in names]
    if missing:
        raise DatasetError(
            f"Teacher {teacher!r} does not know {', '.join(missing)}: it knows {', '.join(known)}. "
            "Choose a teacher that knows every class of the recipe."
        )
    return [names.index(canonical(label)) for label in labels]


def _class_weights(plan: Optimization, training: FaceDataset) -> Distributions:
    """(K,) weight of each class; their mean over the pictures is 1."""
    counts = np.bincount(training.targets, minlength=len(training.labels))
    if plan.class_weights == "none":
        return np.ones(len(counts), np.float32)
    there = counts > 0
    weights = np.zeros(len(counts), np.float32)
    weights[there] = len(training.targets) / (there.sum() * counts[there])
    return weights


def _divided(data: FaceDataset, plan: Holdout, train: str, selection: str) -> FaceDataset:
    count = len(data.targets)
    size = round(plan.size * count) if plan.size < 1 else int(plan.size)
    if not 0 < size < count:
        raise DatasetError(
            f"{data.name}: holdout.size must leave pictures on both sides of {count:,}, "
            f"got {size:,}."
        )
    if plan.by == "group":
        held = grouped_folds(_people(data, "holdout"), max(round(count / size), 2), plan.seed)[0]
    else:
        _, held = random_split(count, (count - size, size), plan.seed)
    splits = np.full(count, train, dtype=f"<U{max(len(train), len(selection))}")
    splits[held] = selection
    return replace(data, splits=splits)


def _people(data: FaceDataset, section: str) -> npt.NDArray[np.str_]:
    """Whose picture each is."""
    if data.groups is None:
        raise DatasetError(
            f"{data.name} does not say whose picture each is: {section}.by='group' expects file "
            f"names like CK+'s (S005_001_00000011.png). Set {section}.by='picture'."
        )
    return data.groups
