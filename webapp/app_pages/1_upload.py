"""Upload: many photos at once, every face of each with its probabilities."""

import math
from collections.abc import Callable

import streamlit as st

from fer_core.domain.archives import RejectedFile
from fer_core.domain.errors import FerError
from fer_core.domain.images import SUPPORTED_SUFFIXES
from fer_core.inference.batch import AnalyzedPhoto, analyze_files
from webapp import services
from webapp.components import results
from webapp.components.sidebar import Choices, reading_choices
from webapp.components.text import count, plain

Outcome = results.PhotoView | RejectedFile
File = tuple[str, str, Callable[[], bytes]]  # identity, name, content

PHOTOS_ON_A_PAGE = 10


def chosen_files() -> list[File]:
    """Draw the uploader and the sample button; return what is to be read."""
    uploads = st.file_uploader(
        "Photos, or a ZIP of photos",
        type=[suffix.lstrip(".") for suffix in SUPPORTED_SUFFIXES] + ["zip"],
        accept_multiple_files=True,
        help="JPEG, PNG, WebP, BMP, TIFF, GIF (first frame), HEIC, AVIF, up to 200 MB each.",
    )
    with_sample = st.session_state.setdefault("sample", False)
    st.button(
        "Remove the sample photo" if with_sample else "Try the sample photo",
        icon=":material/close:" if with_sample else ":material/rocket_launch:",
        on_click=lambda: st.session_state.update(sample=not with_sample),
    )
    files: list[File] = [(upload.file_id, upload.name, upload.getvalue) for upload in uploads]
    if with_sample:
        name, data = services.sample_file()
        files.append(("sample", name, lambda: data))
    return files


def read_files(files: list[File], choices: Choices) -> list[Outcome]:
    """Analyse what has not been analysed yet, with a progress bar; keep it for this visit."""
    reader = (choices.model, services.model_version(choices.model), choices.detector)
    known: dict[object, list[Outcome]] = st.session_state.get("outcomes", {})
    wanted = {(identity, reader) for identity, _, _ in files}
    outcomes = {key: value for key, value in known.items() if key in wanted}
    st.session_state["outcomes"] = outcomes
    new = [file for file in files if (file[0], reader) not in outcomes]
    if new:
        analyzer = services.analyzer(choices.model, choices.detector)
        bar = st.progress(0.0)
        for done, (identity, name, content) in enumerate(new):
            bar.progress(done / len(new), f"Reading {plain(name)} ({done + 1} of {len(new)})")
            # Kept only when the file is through: a rerun in the middle starts it again.
            outcomes[identity, reader] = [
                results.PhotoView.of(item) if isinstance(item, AnalyzedPhoto) else item
                for item in analyze_files(analyzer, [(name, content())])
            ]
        bar.empty()
    return [outcome for identity, _, _ in files for outcome in outcomes[identity, reader]]


def show_rejected(rejected: list[RejectedFile]) -> None:
    """One line for each file that could not be read."""
    lines = "\n".join(f"- {plain(item.reason)}" for item in rejected)
    st.warning(
        f"**{count(len(rejected), 'file')} could not be read; all others were.**\n\n{lines}",
        icon=":material/broken_image:",
    )


def show_views(views: list[results.PhotoView]) -> None:
    """Totals, downloads, then every photo and the table of all faces."""
    faces = [face for view in views for face in view.analysis.faces]
    st.subheader(f"{count(len(views), 'photo')}, {count(len(faces), 'face')}")
    if len(views) > 1 and faces:
        results.show_mood(faces, "all")
    results.show_downloads(views)
    photos, table = st.tabs(["Photos", "All faces"])
    with photos:
        pages = math.ceil(len(views) / PHOTOS_ON_A_PAGE)
        start = (st.pagination(pages) - 1) * PHOTOS_ON_A_PAGE if pages > 1 else 0
        for number, view in enumerate(views[start : start + PHOTOS_ON_A_PAGE], start=start):
            results.show_photo(view, str(number))
    with table:
        results.show_table([view.analysis for view in views])


st.title("Read photos")
st.markdown(
    "Drop in photos and see **every face** with its probabilities. "
    "They are shares of the model's belief about an *expression*, calibrated on held-out photos."
)
try:
    choices = reading_choices()
    outcomes = read_files(chosen_files(), choices)
    rejected = [outcome for outcome in outcomes if isinstance(outcome, RejectedFile)]
    if rejected:
        show_rejected(rejected)
    views = [
        outcome.confident(choices.min_score)
        for outcome in outcomes
        if isinstance(outcome, results.PhotoView)
    ]
    if views:
        show_views(views)
except FerError as error:
    st.error(plain(str(error)), icon=":material/error:")
