"""Label review: the pictures whose labels a model doubts, for a person to keep, mend or exclude."""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import streamlit as st

from fer_core.datasets.base import FaceDataset, open_dataset
from fer_core.datasets.corrections import EXCLUDE, read_corrections, write_corrections
from fer_core.datasets.relabel import relabel
from fer_core.domain.errors import FerError
from fer_core.domain.settings import runs_dir
from fer_core.evaluation.label_review import Disagreement, disagreements
from fer_core.training.runs import RunState, list_runs
from fer_core.zoo.card import CARD_FILE, ONNX_FILE, ModelCard
from fer_core.zoo.classifier import EmotionClassifier
from fer_core.zoo.store import model_folder, model_names, verified_bytes
from webapp.access import may_train, require_admin
from webapp.components.text import count, plain
from webapp.components.training import form
from webapp.components.training.launch import TAB_KEY
from webapp.data_sources import data_sources, is_allowed

Face = npt.NDArray[np.uint8]

KEEP = "keep"
ON_A_PAGE, MOST = 12, 600

_WISHES, _FOUND = "review-wishes", "review-found"
_OUTCOME, _PROBLEM = "review-saved", "review-problem"
_FACE_PX = 132


def show_review() -> None:
    """Draw the whole tab; whoever may not train gets the way in instead."""
    if not require_admin():
        return
    st.markdown(
        "Labels of face data are often wrong. Here are the training pictures that a model "
        "**most disagrees** with: keep, mend or exclude them, and train again with what you found."
    )
    sources = {source.path: source for source in data_sources()}
    left, middle, right = st.columns(3)
    with left:
        data = st.selectbox(
            "Data", list(sources), format_func=lambda p: sources[p].name, key="review-data"
        )
    with middle:
        models = _models()
        model = st.selectbox("Model", list(models) or ["none yet"], key="review-model")
    if model not in models:
        st.info("No model to ask: train one first.", icon=":material/info:")
        return
    try:
        splits = _splits(data, _version(data))
        with right:
            train = splits.index("Training") if "Training" in splits else 0
            split = st.selectbox("Split", splits, index=train, key="review-split")
        found, images = _ask(data, split, models[model])
    except FerError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not found:
        st.success("It agrees with every label.", icon=":material/check_circle:")
        return
    file = corrections_file(sources[data].name)
    shown = _show_found(found, images, file)
    _show_saving(data, file, shown)


def _models() -> dict[str, str]:
    """Folders of the models that can be asked, by what they are called."""
    models = {name: str(model_folder(name)) for name in model_names()}
    for status in list_runs():
        folder = status.folder / "model"
        if status.state is RunState.finished and (folder / ONNX_FILE).is_file():
            models[f"run {status.run}"] = str(folder)
    return models


def _version(path: str) -> int:
    """Changes when data or a model do; 0 for what is no file."""
    card = Path(path) / CARD_FILE
    place = card if card.is_file() else Path(path)
    try:
        return place.stat().st_mtime_ns
    except OSError:
        return 0


def _opened(data: str) -> FaceDataset:
    if not is_allowed(data):
        raise FerError(f"{data} is not among the data offered here.")
    return open_dataset(data)


@st.cache_data(show_spinner="Reading the data…", max_entries=8)
def _splits(data: str, version: int) -> list[str]:
    return sorted(set(_opened(data).splits.tolist()))


def _ask(data: str, split: str, folder: str) -> tuple[list[Disagreement], list[Face]]:
    """What a model disagrees with, and those pictures; kept for this visit."""
    asked = (data, split, folder, _version(data), _version(folder))
    known = st.session_state.get(_FOUND)
    if known is not None and known[0] == asked:
        return known[1], known[2]
    card = ModelCard.read(Path(folder))
    classifier = EmotionClassifier(card, verified_bytes(card, Path(folder), ONNX_FILE))
    faces = _opened(data)
    if label_set := str(card.recipe.get("labels") or ""):
        faces = relabel(faces, label_set)
    bar = st.progress(0.0, "Asking the model…")

    def tell(done: int, total: int) -> None:
        bar.progress(done / total, f"Asked about {done:,} of {total:,} pictures")

    found = disagreements(classifier, faces, split, MOST, tell)
    bar.empty()
    part = faces.split(split)
    images = [part.images[item.position].copy() for item in found]
    st.session_state[_FOUND] = (asked, found, images)
    return found, images


def _show_found(found: list[Disagreement], images: list[Face], file: Path) -> list[Disagreement]:
    """Draw one page of doubts; return those drawn."""
    pages = -(-len(found) // ON_A_PAGE)
    st.caption(f"The {count(len(found), 'label')} that it doubts most, the most doubtful first.")
    page = st.pagination(pages, key="review-page") if pages > 1 else 1
    start = (page - 1) * ON_A_PAGE
    labels = sorted({item.label for item in found} | {item.answer for item in found})
    shown = list(zip(found, images, strict=True))[start : start + ON_A_PAGE]
    with st.container(horizontal=True, gap="medium"):
        for item, image in shown:
            with st.container(border=True, width=_FACE_PX + 44, key=f"review-{item.position}"):
                _show_doubt(item, image, labels, file)
    return [item for item, _ in shown]


def _show_doubt(item: Disagreement, image: Face, labels: list[str], file: Path) -> None:
    said = f"{item.answer} {item.answer_probability:.0%}"
    st.image(image, width=_FACE_PX, alt=f"Labelled {item.label}, read as {said}.")
    st.markdown(f"**{plain(item.label)}**, read as **{plain(said)}**")
    if item.votes:
        votes = sorted(item.votes.items(), key=lambda vote: -vote[1])
        st.caption(plain("Votes: " + ", ".join(f"{name} {number}" for name, number in votes)))
    saved, wishes = _saved(file), _wishes(file)
    before = saved.get(item.picture, KEEP)
    wish = wishes.get(item.picture, before)
    others = sorted({*labels, wish, before} - {item.label, KEEP, EXCLUDE})
    options = [KEEP, EXCLUDE, *others]
    st.selectbox(
        "What to do",
        options,
        index=options.index(wish),
        key=_wish_key(item),
        format_func=lambda option: {KEEP: "keep", EXCLUDE: "exclude"}.get(option, f"→ {option}"),
        label_visibility="collapsed",
    )
    _take_wish(item, file)


def _wish_key(item: Disagreement) -> str:
    return f"review-wish-{item.picture}-{item.position}"


def _take_wish(item: Disagreement, file: Path) -> None:
    wish = st.session_state[_wish_key(item)]
    if wish == _saved(file).get(item.picture, KEEP):
        _wishes(file).pop(item.picture, None)
    else:
        _wishes(file)[item.picture] = wish


def _wishes(file: Path) -> dict[str, str]:
    """What this visit decided and has not saved, by picture; `KEEP` takes a correction back."""
    by_file: dict[str, dict[str, str]] = st.session_state.setdefault(_WISHES, {})
    return by_file.setdefault(str(file), {})


def _saved(file: Path) -> dict[str, str]:
    """What was saved before; nothing where the file is damaged, which saving then tells."""
    try:
        return read_corrections(file) if file.is_file() else {}
    except FerError:
        return {}


def corrections_file(data_name: str) -> Path:
    """Where the corrections of data go."""
    stem = re.sub(r"[^\w-]+", "_", Path(data_name).stem).strip("_") or "data"
    return runs_dir() / "corrections" / f"{stem}.csv"


def _show_saving(data: str, file: Path, shown: list[Disagreement]) -> None:
    wishes = _wishes(file)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Save {count(len(wishes), 'correction')}",
            icon=":material/save:",
            type="primary",
            disabled=not wishes,
            key="review-save",
            on_click=_save,
            args=(file, shown),
        )
        if file.is_file():
            st.button(
                "Train with them",
                icon=":material/model_training:",
                key="review-train",
                on_click=_train_with,
                args=(data, file),
            )
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(plain(problem), icon=":material/error:")
    if st.session_state.get(_OUTCOME) == str(file):
        st.success(f"Saved to {plain(str(file))}.", icon=":material/check_circle:")
        st.code(f"--set corrections={file}", language="bash", wrap_lines=True)


def _save(file: Path, shown: list[Disagreement]) -> None:
    """Add the wishes to what was saved before; later ones win."""
    for item in shown:  # a choice made right before the click has not been drawn yet
        _take_wish(item, file)
    try:
        if not may_train():
            raise FerError("Only an admin may save corrections: give the password again.")
        before = read_corrections(file) if file.is_file() else {}
        file.parent.mkdir(parents=True, exist_ok=True)
        merged = before | _wishes(file)
        write_corrections(file, {key: label for key, label in merged.items() if label != KEEP})
    except FerError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    except OSError as error:
        st.session_state[_PROBLEM] = f"{file} cannot be written ({error.strerror})."
        return
    st.session_state[_OUTCOME] = str(file)
    _wishes(file).clear()


def _train_with(data: str, file: Path) -> None:
    others = str(st.session_state.get(form.OTHER, "")).splitlines()
    kept = [line for line in others if not line.startswith("corrections=")]
    st.session_state[form.OTHER] = "\n".join([*kept, f'corrections="{file}"'])
    st.session_state[form.DATA] = data
    st.session_state[TAB_KEY] = "New run"
