"""Upload: many photos at once, every face of each with its probabilities."""

import math
from collections.abc import Callable

import streamlit as st

from fer_core.domain.archives import RejectedFile
from fer_core.domain.errors import FerError
from fer_core.domain.file_names import display_name
from fer_core.domain.images import MAX_FILE_BYTES, SUPPORTED_SUFFIXES
from fer_core.inference.batch import AnalyzedPhoto, analyze_files
from webapp import services
from webapp.components import results
from webapp.components.sidebar import Choices, reading_choices
from webapp.components.text import count, plain

Outcome = results.PhotoView | RejectedFile
File = tuple[str, str, Callable[[], bytes]]  # identity, name, content

SAMPLE = "sample"
LINES_AT_MOST = 30
PHOTOS_ON_A_PAGE = 10
PHOTOS_AT_MOST = 1000  # of which a visit keeps about 0.3 MB each


def chosen_files() -> list[File]:
    """Draw the uploader and the buttons; return what is to be read, in order of arrival.

    What the uploader holds is lost when another page is visited; what has been dropped in is
    therefore kept in the visit's own list, until it is taken off the uploader or cleared.
    """
    uploads = st.file_uploader(
        "Photos, or a ZIP of photos",
        type=[suffix.lstrip(".") for suffix in SUPPORTED_SUFFIXES] + ["zip"],
        accept_multiple_files=True,
        max_upload_size=MAX_FILE_BYTES >> 20,
        help="JPEG, PNG, WebP, BMP, TIFF, GIF (first frame), HEIC, AVIF, up to 200 MB each.",
        key=f"uploader {st.session_state.setdefault('clearings', 0)}",
    )
    files: dict[str, File] = st.session_state.setdefault("files", {})
    in_uploader = {upload.file_id for upload in uploads}
    if not st.session_state.get("page entered"):
        for identity in st.session_state.get("in uploader", set()) - in_uploader:
            files.pop(identity, None)
    st.session_state["in uploader"] = in_uploader
    for upload in uploads:
        files[upload.file_id] = (upload.file_id, display_name(upload.name), upload.getvalue)
    with st.container(horizontal=True):
        if SAMPLE not in files:
            st.button("Try the sample photo", icon=":material/rocket_launch:", on_click=add_sample)
        if files:
            st.button("Clear all photos", icon=":material/delete_sweep:", on_click=clear_files)
    return list(files.values())


def add_sample() -> None:
    """Put the sample photo among the files of the visit."""
    name, data = services.sample_file()
    st.session_state["files"][SAMPLE] = (SAMPLE, name, lambda: data)


def clear_files() -> None:
    """Forget the files of the visit, and begin with a fresh uploader."""
    st.session_state["files"].clear()
    st.session_state["clearings"] += 1


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
            read: list[Outcome] = []
            room = PHOTOS_AT_MOST - sum(map(len, outcomes.values()))
            for item in analyze_files(analyzer, [(name, content())]):
                if len(read) >= room:
                    limit = f"{name}: expected at most {PHOTOS_AT_MOST:,} photos at once, got more."
                    read.append(RejectedFile(name, f"{limit} Take some away, then add the rest."))
                    break
                read.append(results.PhotoView.of(item) if isinstance(item, AnalyzedPhoto) else item)
                # A ZIP's photos show too; and a changed control or a closed tab stops here.
                bar.progress(done / len(new), f"Reading {plain(item_name(item))}")
            # Kept only when the file is through: a rerun in the middle starts it again.
            outcomes[identity, reader] = read
        bar.empty()
    return [outcome for identity, _, _ in files for outcome in outcomes[identity, reader]]


def item_name(item: AnalyzedPhoto | RejectedFile) -> str:
    """What a result is called."""
    return item.analysis.source if isinstance(item, AnalyzedPhoto) else item.name


def show_rejected(rejected: list[RejectedFile], others: int) -> None:
    """One line for each file that could not be read, the first of many."""
    lines = [f"- {plain(item.reason)}" for item in rejected[:LINES_AT_MOST]]
    if len(rejected) > LINES_AT_MOST:
        lines.append(f"- … and {len(rejected) - LINES_AT_MOST:,} more")
    rest = "; all others were" if others else ""
    title = f"**{count(len(rejected), 'file')} could not be read{rest}.**"
    st.warning("\n".join([title, "", *lines]), icon=":material/broken_image:")


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
        show_rejected(rejected, others=len(outcomes) - len(rejected))
    views = [
        outcome.confident(choices.min_score)
        for outcome in outcomes
        if isinstance(outcome, results.PhotoView)
    ]
    if views:
        show_views(views)
except FerError as error:
    st.error(plain(str(error)), icon=":material/error:")
