"""The settings of a run that matter most, as widgets over what the form holds."""

from typing import Any

import streamlit as st

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.label_sets import LABEL_SETS
from fer_core.training.recipe import Recipe
from fer_core.training.recipe_sections import (
    CLASS_WEIGHTS,
    HOLDOUT_UNITS,
    OPTIMIZERS,
    SCHEDULES,
)
from webapp.components.training import form

_OPTIMIZER_NAMES = {"sgd": "SGD, Nesterov", "adam": "Adam", "adamw": "AdamW"}


def show_settings(base: Recipe, outline: FaceDataset | None) -> None:
    """Draw the settings.

    Args:
        base: The chosen recipe.
        outline: The chosen data, pictures blank; None if it cannot be read.
    """
    with st.container(horizontal=True, key="launch-learning"):
        _integer("Epochs", "optimization.epochs", 1, "Passes over the training split, at most.")
        _integer("Batch size", "optimization.batch_size", 2, "Pictures a step.")
        _integer(
            "Early stopping",
            "optimization.early_stopping",
            0,
            "Epochs without a better validation loss after which it ends; 0 goes on to the last.",
        )
        _choice("Optimiser", "optimization.optimizer", OPTIMIZERS, _OPTIMIZER_NAMES)
        _number("Learning rate", "optimization.learning_rate", 0.001, "At its peak.")
        _choice("Schedule", "optimization.schedule", SCHEDULES)
        if st.session_state[form.key("optimization.schedule")] == "cosine":
            _number(
                "Warm-up epochs", "optimization.warmup_epochs", 1.0, "The rate climbs from zero."
            )
        _choice("Class weights", "optimization.class_weights", CLASS_WEIGHTS)
    _choice("Label set", "labels", ("", *LABEL_SETS), {"": "as the data has them"} | _label_sets())
    if outline is not None:
        _show_division(base, outline)
    if base.targets.use_votes:
        st.toggle(
            "Learn from the FER+ votes too",
            key=form.VOTES,
            persist_state="session",
            help="This recipe does; the data has to come with a fer2013new.csv.",
        )
    with st.expander("More", icon=":material/tune:"):
        with st.container(horizontal=True):
            _number("Weight decay", "optimization.weight_decay", 0.001, "Decoupled.")
            _number("Label smoothing", "optimization.label_smoothing", 0.01, "0 to 1.")
            _number("Average of weights", "optimization.ema", 0.001, "Its momentum; 0 for none.")
            _integer("Seed", "seed", 0, "Of every random number.", most=2**32 - 1)
        st.text_area(
            "Other settings",
            key=form.OTHER,
            persist_state="session",
            placeholder="precision=float32",
            height=90,
            help="One `key=value` a line, as the command line's `--set` takes them.",
        )


def _show_division(base: Recipe, outline: FaceDataset) -> None:
    division = st.segmented_control(
        "Validation",
        [form.OWN_SPLITS, form.HELD_OUT],
        key=form.DIVISION,
        required=True,
        persist_state="session",
        disabled=base.holdout is not None,
        help="What each epoch is judged on, and the best one chosen by.",
    )
    splits = form.splits_of(outline)
    with st.container(horizontal=True):
        if division == form.OWN_SPLITS:
            # A split that the data does not have stays, so that the check can say so.
            for title, field in (("Train on", "train_split"), ("Judge on", "selection_split")):
                there = [st.session_state[form.key(field)], *splits]
                _choice(title, field, tuple(dict.fromkeys(there)))
        else:
            _number("Held out", "holdout.size", 0.05, "A share below 1, or a number of pictures.")
            _choice(
                "Divided by",
                "holdout.by",
                HOLDOUT_UNITS,
                {"picture": "picture", "group": "person"},
            )
    if division == form.HELD_OUT and len(splits) > 1:
        st.caption("All pictures are divided anew, those of the data's own test split too.")


def _label_sets() -> dict[str, str]:
    return {name: f"{name}: {', '.join(item.labels)}" for name, item in LABEL_SETS.items()}


def _integer(title: str, field: str, least: int, help_: str, most: int | None = None) -> None:
    st.number_input(
        title,
        min_value=least,
        max_value=most,
        step=1,
        help=help_,
        **_kept(field),
    )


def _number(title: str, field: str, step: float, help_: str) -> None:
    st.number_input(title, min_value=0.0, step=step, format="%g", help=help_, **_kept(field))


def _choice(
    title: str,
    field: str,
    options: tuple[str, ...],
    names: dict[str, str] | None = None,
) -> None:
    st.selectbox(
        title,
        options,
        format_func=lambda option: (names or {}).get(option, option),
        **_kept(field),
    )


def _kept(field: str) -> dict[str, Any]:
    return {"key": form.key(field), "persist_state": "session"}
