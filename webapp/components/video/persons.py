"""Who is in a video: faces, names, and which of them are one person."""

import streamlit as st

from fer_core.domain.durations import duration
from fer_core.inference.fonts import can_write
from fer_core.video.jobs import VideoJob
from fer_core.video.view import VideoView
from webapp.components.text import count, plain
from webapp.components.video.pictures import FACE_PX, face_html

MOST_CHIPS = 12
"""More people are chosen from lists, not by chips."""

_AT_FIRST = 12


def show_persons(job: VideoJob, view: VideoView) -> None:
    """Draw a line for each person, with what they are called and can be called."""
    persons = view.persons
    st.markdown(f"**{count(len(persons), 'person').replace('persons', 'people')}**")
    if len(persons) > _AT_FIRST and not st.toggle(f"Show all {len(persons)}"):
        persons = persons[:_AT_FIRST]
    for person in persons:
        summary = view.summaries[person]
        leading = max(summary.shares, key=lambda label: summary.shares[label])
        with st.container(
            horizontal=True, wrap=False, vertical_alignment="center", key=f"person-{person}"
        ):
            st.html(face_html(job.thumbnail_jpeg(person)), width=FACE_PX)
            with st.container(width="stretch", gap=None):
                name = plain(view.name_of(person))
                with st.popover(name, type="tertiary"):
                    _edit(job, view, person)
                st.caption(
                    f"{duration(summary.seconds)} · {plain(leading)} {summary.shares[leading]:.0%}"
                )
    others = len(view.summaries) - len(view.persons)
    if others:
        st.caption(f"{count(others, 'face')} seen for a moment only: in the files, not here.")


def _edit(job: VideoJob, view: VideoView, person: int) -> None:
    with st.form(f"name-{person}", border=False):
        name = st.text_input("Name", view.people.names.get(person, ""), max_chars=60)
        if st.form_submit_button("Save name", icon=":material/check:"):
            view.people.renamed(person, name).write(job.folder)
            st.rerun()
    if not can_write(view.name_of(person)):
        st.caption("No font here has these letters: in pictures the number stands for the name.")
    others = [other for other in view.persons if other != person]
    if others:
        _offer_merge(job, view, person, others)
    if person in view.people.merged.values() and st.button(
        "Separate again", key=f"separate-{person}"
    ):
        view.people.separated(person).write(job.folder)
        st.rerun()


def _offer_merge(job: VideoJob, view: VideoView, person: int, others: list[int]) -> None:
    same = st.multiselect(
        "Also this person", others, format_func=view.choice_of, key=f"merge-{job.id}-{person}"
    )
    if both := view.side_by_side([person, *same]) if same else 0:
        st.caption(f"Seen side by side in {count(both, 'frame')}: the larger face would stay.")
    if st.button("Merge", key=f"do-merge-{person}", disabled=not same) and same:
        people = view.people
        for other in same:
            people = people.joined(other, person)
        people.write(job.folder)
        st.rerun()
