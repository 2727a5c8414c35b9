"""Training: runs begun, watched, compared and put to use; each is a process of its own."""

import streamlit as st

from fer_core.domain.errors import FerError
from fer_core.training.runs import list_runs
from webapp.components.text import plain
from webapp.components.training.comparison import show_comparison
from webapp.components.training.launch import RUN_KEY, TAB_KEY, show_launch
from webapp.components.training.review import show_review
from webapp.components.training.run_detail import show_detail
from webapp.components.training.run_list import show_list, show_nothing

TABS = ("Runs", "New run", "Compare", "Label review")


def show_runs() -> None:
    """The list at the left, the chosen run at the right."""
    runs = list_runs()
    if not runs:
        show_nothing()
        return
    if st.session_state.get(RUN_KEY) not in {status.run for status in runs}:
        st.session_state[RUN_KEY] = runs[0].run
    left, right = st.columns([2, 5], gap="medium")
    with left, st.container(key="training-list"):
        show_list()
    with right, st.container(border=True, key="training-detail"):
        show_detail(st.session_state[RUN_KEY])


st.title("Training")
st.markdown(
    "Train a model of your own on drawn faces, FER2013 or your own pictures. A run goes on when "
    "this page is closed."
)
shows = (show_runs, show_launch, show_comparison, show_review)
for tab, show in zip(st.tabs(TABS, key=TAB_KEY, on_change="rerun"), shows, strict=True):
    if tab.open:
        with tab:
            try:
                show()
            except FerError as error:
                st.error(plain(str(error)), icon=":material/error:")
