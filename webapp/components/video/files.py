"""What can be taken away of a video's results."""

import mimetypes
from collections.abc import Callable

import streamlit as st

from fer_core.video import exports
from fer_core.video.html_report import html_report
from fer_core.video.job_status import Task
from fer_core.video.jobs import VideoJob
from fer_core.video.view import VideoView
from webapp.components.video.queue import caveats


def show_files(job: VideoJob, view: VideoView) -> None:
    """Draw a button for each kind of file."""
    st.subheader("Files")
    status = job.status(Task.analyze)
    notes = ["Still being read."] if status.state.active else caveats(status)

    def report() -> str:
        found = {person: job.thumbnail_jpeg(person) for person in view.persons}
        return html_report(view, {p: jpeg for p, jpeg in found.items() if jpeg}, notes)

    offers: list[tuple[str, Callable[[], str | bytes], str, str]] = [
        ("CSV", lambda: exports.to_csv(view), "csv", "table"),
        ("Parquet", lambda: exports.to_parquet(view), "parquet", "view_column"),
        ("JSON", lambda: exports.to_json(view), "json", "data_object"),
        ("Captions (SRT)", lambda: exports.to_srt(view), "srt", "closed_caption"),
        ("Report (HTML)", report, "html", "description"),
    ]
    with st.container(horizontal=True):
        for label, make, suffix, icon in offers:
            name = f"{job.stem}.{suffix}"
            st.download_button(
                label,
                make,
                name,
                mimetypes.guess_type(name)[0] or "application/octet-stream",
                icon=f":material/{icon}:",
                on_click="ignore",
            )
    st.caption(
        "A row for each face and frame, with raw and smoothed values. The annotated video "
        "is made above, beside the moment."
    )
