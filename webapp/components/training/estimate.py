"""How long a run would take, from a few real steps of it."""

import streamlit as st

from fer_core.domain.errors import FerError
from fer_core.training.recipe import Recipe
from fer_core.training.workbench import Probe
from webapp import services
from webapp.components.text import plain
from webapp.components.training.plan import Plan

_ESTIMATE = "launch estimate"


def show_estimate(asked: bool, plan: Plan, recipe: Recipe) -> None:
    """Draw the estimate of a plan, if there is one.

    Args:
        asked: Whether to measure now.
        plan: What would be trained.
        recipe: The plan's, with its changes.
    """
    if asked:
        try:
            with st.spinner("Training a few steps…", show_time=True):
                st.session_state[_ESTIMATE] = plan, services.workbench().probe(recipe, plan.data)
        except FerError as error:
            st.warning(plain(str(error)), icon=":material/error:")
            return
    measured, probe = st.session_state.get(_ESTIMATE, (None, None))
    if probe is not None and measured == plan:
        st.info(estimate_words(probe, recipe), icon=":material/timer:")


def estimate_words(probe: Probe, recipe: Recipe) -> str:
    """An estimate in a sentence or two."""
    epochs = recipe.optimization.epochs
    whole = time_words(probe.seconds_per_epoch * epochs)
    folds = recipe.cross_validation
    more = f" Its {folds.folds} folds then take about as long each." if folds else ""
    most = "at most " if recipe.optimization.early_stopping else ""
    return (
        f"About **{time_words(probe.seconds_per_epoch)}** an epoch, **{most}{whole}** for "
        f"{epochs} of them, on this machine as busy as it is now; {probe.parameters:,} weights. "
        f"Loading and export come on top.{more}"
    )


def time_words(seconds: float) -> str:
    """A duration, as exact as an estimate deserves."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
