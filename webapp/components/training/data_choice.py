"""Which data to train on: chosen or uploaded, and looked at before anything starts."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import streamlit as st

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.ferplus import FILE_NAME as VOTES_FILE
from fer_core.domain.errors import FerError
from webapp.components import charts
from webapp.components.text import count, plain
from webapp.components.training import form
from webapp.components.training.data_charts import class_counts
from webapp.components.training.data_check import DataCheck, check_data
from webapp.data_sources import DataSource, data_sources, store_upload

_LARGEST_MB = 480  # FER2013's CSV has 301
_CHUNK_BYTES = 1 << 20
_UPLOADER, _UPLOAD_PROBLEMS = "launch uploads", "launch upload problems"


def choose_data() -> str:
    """Draw the choice and the uploader; return the path of what is chosen."""
    sources = {source.path: source for source in data_sources()}
    if st.session_state.get(form.DATA) not in sources:
        st.session_state[form.DATA] = next(iter(sources))
    path: str = st.selectbox(
        "Data",
        list(sources),
        format_func=lambda path: f"{sources[path].name} · {sources[path].note}",
        key=form.DATA,
        persist_state="session",
        help="Drawn faces, the folders of `FER_DATA_DIRS` on this server, and uploads.",
    )
    with st.expander("Upload data", icon=":material/upload_file:"):
        number = st.session_state.setdefault(_UPLOADER, 0)
        st.file_uploader(
            "fer2013.csv (and fer2013new.csv), a ZIP of class folders, or an .npz",
            type=["csv", "zip", "npz"],
            accept_multiple_files=True,
            max_upload_size=_LARGEST_MB,
            key=f"{_UPLOADER} {number}",
            help="An .npz holds the arrays images and labels. Uploads are kept on the server.",
        )
        st.button("Check and keep", icon=":material/save:", on_click=_keep, args=(number,))
    for problem in st.session_state.get(_UPLOAD_PROBLEMS, ()):
        st.error(plain(problem), icon=":material/error:")
    return path


def look_at(path: str) -> DataCheck | None:
    """Read the chosen data, with a spinner; None, and one line, if something is wrong with it."""
    try:
        with st.spinner("Reading the data…", show_time=True):
            return check_data(path)
    except FerError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


def show_data(check: DataCheck, prepared: FaceDataset | None) -> None:
    """Draw what the data holds.

    Args:
        check: The data.
        prepared: Its outline as the recipe divides it; None if it cannot.
    """
    summary = check.summary
    height, width = summary.size_hw
    facts = [count(summary.images, "face"), f"{height} × {width} px", summary.licence]
    if summary.voted is not None:
        facts.insert(2, f"{summary.voted:,} with FER+ votes")
    st.caption(plain(" · ".join(facts)))
    counts = check.outline.counts() if prepared is None else prepared.counts()
    st.plotly_chart(
        class_counts(counts), config=charts.CONFIG, key="launch-counts", alt=_in_words(counts)
    )
    for line in duplicate_lines(check):
        st.warning(line, icon=":material/content_copy:")
    st.image(check.picture, width="stretch", alt="Some faces of each class, a row for each.")


def duplicate_lines(check: DataCheck) -> list[str]:
    """One line for each pair of splits that shares pictures, as they spoil what is measured."""
    lines = []
    for overlap in check.summary.duplicates.across_splits():
        first, second = map(plain, overlap.splits)
        differ = f", {overlap.conflicting:,} under different classes" if overlap.conflicting else ""
        pictures = count(overlap.pictures, "picture")
        verb = "is" if overlap.pictures == 1 else "are"
        lines.append(f"{pictures} {verb} in {first} and in {second}{differ}: figures flatter.")
    copies = check.summary.duplicates.copies
    if copies and len(form.splits_of(check.outline)) == 1:
        faces = count(copies, "face")
        lines.append(f"{faces} repeat another: divided at random, both sides may get the same.")
    return lines


def _keep(number: int) -> None:
    """Store what the uploader holds, the votes last, and choose it."""
    files = st.session_state.get(f"{_UPLOADER} {number}") or []
    problems, newest = [], _chosen()
    for file in sorted(files, key=lambda file: str(file.name) == VOTES_FILE):
        try:
            newest = store_upload(file.name, _chunks(file), beside=newest)
            st.session_state[form.DATA] = newest.path
        except FerError as error:
            problems.append(str(error))
    st.session_state[_UPLOAD_PROBLEMS] = problems
    st.session_state[_UPLOADER] = number + 1  # lets go of the files in memory


def _chosen() -> DataSource | None:
    found = (source for source in data_sources() if source.path == st.session_state[form.DATA])
    return next(found, None)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def _in_words(counts: dict[str, dict[str, int]]) -> str:
    def words(labels: Iterable[tuple[str, int]]) -> str:
        return ", ".join(f"{label} {n:,}" for label, n in labels)

    return "; ".join(f"{split}: {words(row.items())}" for split, row in counts.items())
