"""Video: who showed what, and when, over a whole clip."""

import streamlit as st

from fer_core.domain.errors import FerError
from webapp.components.sidebar import reading_choices
from webapp.components.text import plain, told_apart
from webapp.components.video.queue import session_jobs, show_queue, show_upload
from webapp.components.video.results import show_results

st.title("Video")
st.markdown(
    "Drop in a clip and see **who showed what, and when**: every person followed through it, with "
    "probabilities over time."
)
st.caption(
    "An expression is not a feeling. Not for decisions about people; in the European Union not at "
    "work and not in education (AI Act, Article 5)."
)
with st.expander("Before you use it on people", icon=":material/gavel:"):
    st.markdown(
        "- An expression is **not a feeling**, and this is a model's belief about an expression.\n"
        "- Not for decisions about people: not for staff, pupils, applicants or suspects.\n"
        "- In the European Union, inferring emotions of people at the **workplace** and in "
        "**education** is prohibited (AI Act, Regulation (EU) 2024/1689, Article 5(1)(f)).\n"
        "- Everybody in the video should know and agree. Faces are told apart by where they are in "
        "the picture, never by what they look like; no identity is stored.\n"
        "- The video lies on this server while you look at its results, for a day at most; "
        "*Delete* takes it away at once. Whoever has this page's address can see them."
    )
try:
    choices = reading_choices("A video lies on this server until you delete it, a day at most.")
    jobs = session_jobs()
    wanted = show_upload(choices)
    if jobs:
        show_queue(jobs, choices, wanted)
    by_id = {job.id: job for job in jobs if job.has_results}
    if by_id:
        shown = [*by_id][-1]
        if st.session_state.get("video-shown") not in by_id:
            st.session_state["video-shown"] = shown
        if len(by_id) > 1:
            names = told_apart([job.name for job in by_id.values()])
            called = dict(zip(by_id, names, strict=True))
            shown = st.selectbox(
                "Results of", list(by_id), format_func=called.__getitem__, key="video-shown"
            )
        show_results(by_id[shown])
except FerError as error:
    st.error(plain(str(error)), icon=":material/error:")
