"""The "New run" tab: recipe, data and settings, looked at together before one click starts them."""

from pathlib import Path

import streamlit as st

from fer_core.datasets.base import FaceDataset
from fer_core.domain.errors import FerError
from fer_core.training.installed import require_training
from fer_core.training.recipe import Recipe
from fer_core.training.runs import Run, launch
from fer_core.training.runs.label import label_run
from webapp.access import may_train, require_admin
from webapp.components.text import plain
from webapp.components.training import form
from webapp.components.training.augmentation_preview import show_preview, show_sliders
from webapp.components.training.data_check import DataCheck, check_data
from webapp.components.training.data_choice import choose_data, look_at, show_data
from webapp.components.training.estimate import show_estimate
from webapp.components.training.plan import Plan, checked, nearest
from webapp.components.training.recipe_choice import choose_recipe, known_recipes
from webapp.components.training.settings import show_settings
from webapp.data_sources import DRAWN_FACES, data_sources

TAB_KEY, RUN_KEY = "training-tab", "training-run"

_PROBLEM, _STARTS = "launch problem", "launch starts"


def show_launch() -> None:
    """Draw the whole tab; whoever may not train gets the way in instead.

    Raises:
        FerError: Training is not installed, or no recipe can be read.
    """
    if not require_admin():
        return
    require_training()
    st.session_state.setdefault(_STARTS, 0)
    left, right = st.columns(2, gap="medium")
    with left:
        recipe_box, data_box = st.container(border=True), st.container(border=True)
    with right:
        settings_box = st.container(border=True)
    augmentation_box = st.container(border=True)
    start_box = st.container(border=True, key="launch-start-box")
    with recipe_box:
        st.markdown("##### 1 · Recipe")
        base = choose_recipe()
    with data_box:
        st.markdown("##### 2 · Data")
        data = choose_data()
        check = look_at(data)
    if check is not None:
        form.settle(base.recipe, data, check.outline)
    with settings_box:
        st.markdown("##### 3 · Settings")
        show_settings(base.recipe, check.outline if check else None)
    with augmentation_box:
        st.markdown("##### 4 · Augmentation")
        sliders_box, preview_box = st.columns(2, gap="medium")
    with sliders_box:
        show_sliders()
    plan = Plan(base.file, data, form.overrides(base.recipe))
    recipe, prepared, problem = _judge(plan, check)
    if check is not None:
        with data_box:
            show_data(check, prepared)
    with start_box:
        st.markdown("##### 5 · Start")
        asked = _show_start(plan, problem, ready=prepared is not None)
        estimate_box = st.container()
    # Last of all, as both may take a while: the rest of the page does not wait for them.
    if recipe is not None and check is not None:
        with preview_box:
            show_preview(recipe, check)
    if recipe is not None and prepared is not None:
        with estimate_box:
            show_estimate(asked, plan, recipe)


def start_from_run(run_id: str) -> None:
    """Fill the form with what another run was asked to do; to be called before it is drawn."""
    try:
        run = Run.open(run_id)
        known, _ = known_recipes()
        file, changes = nearest(run.recipe, [(item.file, item.recipe) for item in known.values()])
    except FerError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    base = known[file.stem].recipe
    form.fill(run.recipe, form.unshown(run.recipe, base, changes))
    st.session_state[form.RECIPE] = file.stem
    data = run.data if run.data == DRAWN_FACES else str(Path(run.data).resolve())
    st.session_state[form.NOTE] = f"As {run.id}, but "
    st.session_state[_PROBLEM] = ""
    if data not in {source.path for source in data_sources()}:
        st.session_state[_PROBLEM] = (
            f"{data}, which that run was trained on, is not among the data offered here: choose "
            "other data, or add its folder to FER_DATA_DIRS where the server starts."
        )
        return
    st.session_state[form.DATA] = data
    st.session_state[form.SETTLED] = (base.name, data)


def _judge(plan: Plan, check: DataCheck | None) -> tuple[Recipe | None, FaceDataset | None, str]:
    """The plan's recipe, the data as it divides it, and what is wrong with one of them."""
    recipe = None
    try:
        recipe = plan.recipe()
        return recipe, checked(recipe, check.outline) if check else None, ""
    except FerError as error:
        return recipe, None, str(error)


def _show_start(plan: Plan, problem: str, ready: bool) -> bool:
    """Draw name, note, command line and buttons; return whether an estimate is asked for."""
    name, note = st.columns([1, 2])
    with name:
        st.text_input(
            "Name",
            key=form.key("name"),
            persist_state="session",
            help="Of the run, and of the model that it becomes.",
        )
    with note:
        st.text_input("Note", key=form.NOTE, persist_state="session", max_chars=2000)
    st.caption("The same from the command line:")
    st.code(plan.command(), language="bash", wrap_lines=True)
    for text in filter(None, (problem, st.session_state.get(_PROBLEM))):
        st.error(plain(text), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        number = st.session_state[_STARTS]
        st.button(
            "Start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not ready,
            key=f"launch-start-{number}",
            on_click=_start,
            args=(number,),
        )
        return st.button(
            "Estimate time", icon=":material/timer:", disabled=not ready, key="launch-estimate"
        )


def _start(number: int) -> None:
    """Begin the run that the form asks for, and turn to it; a second click begins no other."""
    if number != st.session_state[_STARTS]:
        return
    try:
        run = _launched()
    except FerError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    st.session_state[_PROBLEM] = ""
    st.session_state[_STARTS] = number + 1
    st.session_state[RUN_KEY] = run.id
    st.session_state[TAB_KEY] = "Runs"


def _launched() -> Run:
    if not may_train():
        raise FerError("Only an admin may start runs: give the password again.")
    known, problems = known_recipes()
    base = known.get(st.session_state[form.RECIPE])
    if base is None:
        raise FerError(problems[0] if problems else "The recipe is gone: choose another one.")
    plan = Plan(base.file, st.session_state[form.DATA], form.overrides(base.recipe))
    recipe = plan.recipe()
    checked(recipe, check_data(plan.data).outline)
    run = launch(recipe, plan.data)
    if note := st.session_state[form.NOTE].strip():
        label_run(run, note=note)
    return run
