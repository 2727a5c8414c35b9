"""A trained network becomes a model folder: calibrated, exported, checked, measured, explained."""

import dataclasses
import json
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import keras
import numpy as np

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.relabel import relabel
from fer_core.domain.errors import ModelError
from fer_core.evaluation.answers import ANSWERS_FILE, Answers, save_answers
from fer_core.evaluation.calibration import (
    expected_calibration_error,
    fit_temperature,
    softmax,
)
from fer_core.evaluation.metrics import Probabilities
from fer_core.evaluation.report import evaluate, full_report
from fer_core.preprocessing.crop import to_tensor
from fer_core.training.engine import WEIGHTS_FILE
from fer_core.training.history import read_history
from fer_core.training.network import load_network
from fer_core.training.preparation import uint8_inputs
from fer_core.training.recipe import Recipe
from fer_core.zoo.card import KERAS_FILE, ONNX_FILE, REPORT_FILE, ModelCard
from fer_core.zoo.classifier import EmotionClassifier
from fer_core.zoo.store import new_folder, sha256_of

PARITY = 1e-4
"""Largest difference allowed between a probability from Keras and from ONNX Runtime."""

_LIBRARIES = (
    "keras",
    "tensorflow",
    "numpy",
    "onnx",
    "onnxruntime",
    "opencv-python-headless",
)
_ROBUSTNESS_PICTURES = 800
_BATCH = 64
"""Pictures predicted at once. Wide nets need 8 MB for each, and the converter to ONNX comes on
top of what TensorFlow then holds: 14 GB for 67 M parameters."""
_LEADING_FIGURES = (
    "n",
    "accuracy",
    "accuracy_ci95",
    "macro_f1",
    "top2_accuracy",
    "ece",
)


def export_run(
    recipe: Recipe,
    data: FaceDataset,
    run_dir: Path,
    folder: Path,
    auxiliary_folder: Path,
    cross_validation: dict[str, Any] | None = None,
) -> ModelCard:
    """Write the model folders of a fitted run: its model and, if there is one, the second head's.

    Args:
        recipe: What was trained.
        data: What it was trained on, as `preparation.prepare` made it.
        run_dir: Where `engine.fit` left its weights and history.
        folder: Where the model goes.
        auxiliary_folder: Where the second head's model goes.
        cross_validation: What `cross_validate` found, for the model's report.

    Returns:
        The model's card.

    Raises:
        ModelError: ONNX Runtime and Keras disagree.
    """
    history = read_history(run_dir)
    weights, classes = run_dir / WEIGHTS_FILE, len(data.labels)
    voted = None
    if recipe.targets.auxiliary:
        # Votes have no hard labels; what most voters agree on is what the head is scored on.
        voted = relabel(data, recipe.targets.auxiliary, "majority")
        second = load_network(recipe, classes, weights, auxiliary=True)
        export_model(
            second, recipe, voted, recipe.targets.auxiliary, auxiliary_folder, history, also=data
        )
    network = load_network(recipe, classes, weights)
    more = {} if cross_validation is None else {"cross_validation": cross_validation}
    return export_model(network, recipe, data, recipe.name, folder, history, voted, more)


def export_model(
    network: keras.Model,
    recipe: Recipe,
    data: FaceDataset,
    name: str,
    folder: Path,
    history: Sequence[dict[str, float]] = (),
    also: FaceDataset | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> ModelCard:
    """Write a complete model folder, or nothing.

    The temperature is fitted on the recipe's selection split and goes into both graphs, so
    that no caller can forget it.

    Args:
        network: Scaled pixels to logits, float32.
        recipe: What it was trained with.
        data: What it was trained on.
        name: The model's name.
        folder: Where it goes; what was there is replaced.
        history: Figures of each epoch, for the report.
        also: The same pictures under other labels, to be scored on the classes they share.
        more: More for the report.

    Returns:
        The card.

    Raises:
        ModelError: ONNX Runtime and Keras disagree.
    """
    selection = data.split(recipe.selection_split)
    faces = to_tensor(uint8_inputs(selection.images, recipe.preprocess), recipe.preprocess)
    logits = network.predict(faces, batch_size=_BATCH, verbose=0)
    temperature = fit_temperature(logits, selection.targets)
    served = _with_probabilities(network, temperature)

    with new_folder(folder) as work:
        expected = served.predict(faces[:256], batch_size=_BATCH, verbose=0)
        served.save(work / KERAS_FILE)
        with warnings.catch_warnings():
            # Keras' converter asks for np.object, which NumPy takes for a future name.
            warnings.filterwarnings("ignore", "In the future `np.object`", FutureWarning)
            served.export(work / ONNX_FILE, format="onnx", verbose=False)
        files = {file: sha256_of(work / file) for file in (ONNX_FILE, KERAS_FILE)}
        card = _card(name, served, recipe, data, files, temperature)
        classifier = EmotionClassifier(card, (work / ONNX_FILE).read_bytes())
        answers = classifier.predict_tensor(faces)
        _check_parity(expected, answers[:256])

        report = full_report(
            classifier,
            data,
            recipe.selection_split,
            with_robustness=True,
            robustness_limit=_ROBUSTNESS_PICTURES,
        )
        report["unseen"] = _unseen(classifier, data, recipe)
        if also is not None:
            other = evaluate(classifier, also, recipe.selection_split, shared_classes=True)
            report["other_labels"] = {key: other[key] for key in ("data", *_LEADING_FIGURES)}
        report |= more
        report["history"] = [_rounded(row) for row in history]
        report["temperature"] = temperature
        report["ece_before_temperature"] = expected_calibration_error(
            softmax(logits), selection.targets
        )
        (work / REPORT_FILE).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        files[REPORT_FILE] = sha256_of(work / REPORT_FILE)
        # For comparing runs; the card does not name it, so that no model ships it.
        save_answers(
            work / ANSWERS_FILE,
            Answers(
                *(card.labels, selection.targets, answers, recipe.selection_split, data.name),
                report["single"]["data_fingerprint"],
            ),
        )
        figures = {key: report["single"][key] for key in _LEADING_FIGURES}
        card = dataclasses.replace(card, sha256=files, metrics={recipe.selection_split: figures})
        card.write(work)
    return card


def _unseen(classifier: EmotionClassifier, data: FaceDataset, recipe: Recipe) -> dict[str, Any]:
    """Figures without the selection pictures that are, pixel for pixel, in the training split.

    FER2013 has hundreds of them. Nothing is left if every picture is such a copy.
    """
    trained_on = {image.tobytes() for image in data.split(recipe.train_split).images}
    selection = data.split(recipe.selection_split)
    new = np.array([image.tobytes() not in trained_on for image in selection.images])
    if not new.any():
        return {"n": 0}
    figures = evaluate(classifier, selection.part(new), recipe.selection_split)
    return {key: figures[key] for key in ("n", "accuracy", "accuracy_ci95")}


def _rounded(row: dict[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.5g}") for name, value in row.items()}


def _with_probabilities(network: keras.Model, temperature: float) -> keras.Model:
    """The network with its logits divided by the temperature and turned into probabilities."""
    calm = keras.layers.Rescaling(1.0 / temperature, name="temperature")(network.output)
    return keras.Model(network.input, keras.layers.Softmax(name="probabilities")(calm))


def _check_parity(keras_says: Probabilities, onnx_says: Probabilities) -> None:
    gap = float(np.abs(keras_says - onnx_says).max())
    if not gap < PARITY:
        raise ModelError(f"ONNX differs from Keras by {gap:.2g}: expected under {PARITY:g}.")


def _card(
    name: str,
    served: keras.Model,
    recipe: Recipe,
    data: FaceDataset,
    files: dict[str, str],
    temperature: float,
) -> ModelCard:
    splits = (recipe.train_split, recipe.selection_split)
    return ModelCard(
        name=name,
        labels=data.labels,
        spec=recipe.preprocess,
        sha256=files,
        architecture={
            "name": recipe.architecture.name,
            "settings": dict(recipe.architecture.settings),
        },
        # A card is given away: the file's name, not where it lay.
        recipe=recipe.to_dict() | {"corrections": Path(recipe.corrections).name},
        dataset={
            "name": data.name,
            "fingerprint": data.fingerprint(votes=recipe.targets.use_votes),
            "splits": {split: len(data.split(split).images) for split in splits},
            **({"corrections": dict(data.corrections)} if data.corrections else {}),
        },
        temperature=temperature,
        parameters=served.count_params(),
        licence="Weights follow the terms of their training data.",
        training_data_terms=data.licence,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        versions={library: version(library) for library in _LIBRARIES},
        description=recipe.description,
    )
