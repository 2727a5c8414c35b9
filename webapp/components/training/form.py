"""What the form holds: a value in the session for each recipe key that it can change.

The values outlive a change of tab or page; widgets only show and change them.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from fer_core.datasets.base import FaceDataset
from fer_core.training.recipe import Recipe
from webapp.components.training.plan import changes, flat

RECIPE, DATA, NOTE, OTHER = "launch recipe", "launch data", "launch note", "launch other"
DIVISION, VOTES = "launch division", "launch votes"
OWN_SPLITS, HELD_OUT = "Its own splits", "Hold out a part"
FILLED, SETTLED = "launch filled", "launch settled"

AUGMENTATION = (
    "flip",
    "rotation_deg",
    "zoom",
    "shift",
    "shear_deg",
    "brightness",
    "contrast",
    "cutout",
    "cutout_side",
    "mixup",
    "cutmix",
)
_OPTIMIZATION = (
    "epochs",
    "batch_size",
    "optimizer",
    "learning_rate",
    "schedule",
    "warmup_epochs",
    "early_stopping",
    "class_weights",
    "weight_decay",
    "label_smoothing",
    "ema",
)
FIELDS = (
    "name",
    "labels",
    "seed",
    *(f"optimization.{name}" for name in _OPTIMIZATION),
    *(f"augmentation.{name}" for name in AUGMENTATION),
)
_SPLITS = ("train_split", "selection_split")
_HOLDOUT = {"holdout.size": 0.2, "holdout.by": "picture", "holdout.seed": 1}  # if there is none
_WITHOUT_VOTES = {"targets.source": "labels", "targets.vote_share": 0.0, "targets.auxiliary": ""}


def key(field: str) -> str:
    """Where the session keeps the value of a recipe's key."""
    return f"launch {field}"


def fill(recipe: Recipe, other: Sequence[str] = ()) -> None:
    """Take all values from a recipe.

    Args:
        recipe: Whose values.
        other: Overrides for what no widget shows.
    """
    values = flat(recipe)
    for field in FIELDS + _SPLITS:
        st.session_state[key(field)] = values[field]
    for field, usual in _HOLDOUT.items():
        st.session_state[key(field)] = values.get(field, usual)
    st.session_state[DIVISION] = HELD_OUT if recipe.holdout else OWN_SPLITS
    st.session_state[VOTES] = recipe.targets.use_votes
    st.session_state[OTHER] = "\n".join(other)
    st.session_state[FILLED] = values
    st.session_state[SETTLED] = None


def settle(base: Recipe, data: str, outline: FaceDataset) -> None:
    """Divide newly chosen data in a way that fits it, and use votes only where there are some."""
    if st.session_state.get(SETTLED) == (base.name, data):
        return
    st.session_state[SETTLED] = (base.name, data)
    st.session_state[VOTES] = base.targets.use_votes and outline.votes is not None
    if base.holdout is not None:
        return
    splits = splits_of(outline)
    train, selection = base.train_split, base.selection_split
    if train not in splits:
        train = max(splits, key=lambda split: int((outline.splits == split).sum()))
    others = [split for split in (selection, "Validation", "PublicTest", *splits) if split != train]
    selection = next((split for split in others if split in splits), "")
    if selection:
        st.session_state[key("train_split")] = train
        st.session_state[key("selection_split")] = selection
    st.session_state[DIVISION] = OWN_SPLITS if selection else HELD_OUT
    st.session_state[key("holdout.by")] = "picture" if outline.groups is None else "group"


def overrides(base: Recipe) -> tuple[str, ...]:
    """What the form changes of a recipe, as `load_recipe` takes it."""
    wanted: dict[str, Any] = {field: st.session_state[key(field)] for field in FIELDS}
    if wanted["optimization.schedule"] != "cosine":
        wanted["optimization.warmup_epochs"] = 0.0  # there it has no meaning
    is_held_out = st.session_state[DIVISION] == HELD_OUT
    for field in _HOLDOUT if is_held_out else _SPLITS:
        wanted[field] = st.session_state[key(field)]
    if base.targets.use_votes and not st.session_state[VOTES]:
        wanted |= _WITHOUT_VOTES
    lines = (line.strip() for line in st.session_state[OTHER].splitlines())
    return (*changes(base, wanted), *filter(None, lines))


def corrections() -> tuple[str, ...]:
    """The line that names a file of corrections, if there is one: it goes with any recipe."""
    lines = st.session_state.get(OTHER, "").splitlines()
    return tuple(line for line in lines if line.startswith("corrections="))


def unshown(recipe: Recipe, base: Recipe, overrides_: Sequence[str]) -> tuple[str, ...]:
    """Those of the overrides from a base to a recipe that no widget of the form shows."""
    shown = {*FIELDS, *_SPLITS, *_HOLDOUT}
    if base.targets.use_votes and not recipe.targets.use_votes:
        shown |= set(_WITHOUT_VOTES)
    return tuple(line for line in overrides_ if line.partition("=")[0] not in shown)


def splits_of(data: FaceDataset) -> list[str]:
    """Names of the splits of data."""
    return sorted(set(data.splits.tolist()))
