"""Models: what each is and learned from, its figures with their split, and what it sees."""

import streamlit as st

from fer_core.domain.errors import FerError, ModelError
from fer_core.domain.file_names import display_name
from fer_core.domain.images import MAX_FILE_BYTES, SUPPORTED_SUFFIXES
from fer_core.zoo.card import REPORT_FILE, ModelCard
from fer_core.zoo.store import card_names, load_card, load_report
from webapp import services
from webapp.components import charts
from webapp.components.feature_maps import show_crop, show_stages
from webapp.components.model_card import show_card
from webapp.components.published import published_systems, show_system
from webapp.components.report_view import show_report
from webapp.components.text import plain

GALLERY, PUBLISHED, FIGURES, MAPS = TABS = ("Gallery", "Published", "Figures", "Feature maps")
TAB_KEY, MODEL_KEY = "models-tab", "models-model"


def show_gallery() -> None:
    """Every model as a card, two in a row."""
    names = card_names()
    for start in range(0, len(names), 2):
        for column, name in zip(st.columns(2), names[start : start + 2], strict=False):
            with column, st.container(border=True, height="stretch", key=f"model-{name}"):
                try:
                    card = load_card(name)
                except FerError as error:
                    st.markdown(f"#### {plain(name)}")
                    st.warning(plain(str(error)), icon=":material/broken_image:")
                    continue
                show_card(card)
                st.button(
                    "All figures",
                    icon=":material/query_stats:",
                    key=f"open-{name}",
                    on_click=open_figures,
                    args=(name,),
                )


def open_figures(name: str) -> None:
    """Turn to a model's figures."""
    st.session_state[MODEL_KEY] = name
    st.session_state[TAB_KEY] = FIGURES


def show_published() -> None:
    """The systems that this project reproduces, each beside what its authors report."""
    st.markdown(
        "What authors report of their systems, and what the same recipe reaches here. Figures of "
        "**different pictures** cannot be compared, and are marked."
    )
    systems, problems = published_systems(readable_cards())
    for system in systems:
        show_system(system)
    if not systems:
        st.info("No recipe in configs/ names a published figure.", icon=":material/menu_book:")
    for problem in problems:
        st.warning(plain(problem), icon=":material/error:")


def readable_cards() -> list[ModelCard]:
    """All cards but the damaged ones, which the gallery tells of."""
    cards = []
    for name in card_names():
        try:
            cards.append(load_card(name))
        except ModelError:
            continue
    return cards


def chosen_card() -> ModelCard:
    """Draw the choice of a model; return its card."""
    name = st.selectbox("Model", card_names(), key=MODEL_KEY, persist_state="session")
    return load_card(name)


def show_figures() -> None:
    """One model's report."""
    card = chosen_card()
    if REPORT_FILE not in card.sha256:
        st.info(f"The model “{plain(card.name)}” came without a report.", icon=":material/info:")
        return
    report = load_report(card)
    try:
        show_report(report, card.recipe.get("selection_split"))
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise ModelError(
            f"{REPORT_FILE} of model {card.name!r} is not in the form that this page draws "
            f"({type(error).__name__}: {error}): evaluate or train the model again."
        ) from None


def show_maps() -> None:
    """What one model makes of a face, stage by stage."""
    left, right = st.columns(2, gap="small")
    with left:
        card = chosen_card()
    with right:
        upload = st.file_uploader(
            "A photo of your own (its first face is taken)",
            type=[suffix.lstrip(".") for suffix in SUPPORTED_SUFFIXES],
            max_upload_size=MAX_FILE_BYTES >> 20,
            key="models-photo",
        )
    name, data = services.sample_file()
    if upload:
        name, data = display_name(upload.name), upload.getvalue()
    seen = services.face_stages(card.name, name, data)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        show_crop(seen.crop, alt=f"The face of {name} as the network gets it.")
        with st.container(width=360):
            st.markdown(f"**{plain(seen.scores.emotion)}** {seen.scores.confidence:.0%}")
            st.plotly_chart(
                charts.composition(seen.scores), config=charts.CONFIG, key="maps-scores"
            )
    if not seen.is_face:
        st.info("No face found, so the whole picture was taken for one.", icon=":material/crop:")
    if seen.stages:
        show_stages(seen.stages)
    else:
        st.info(
            "This network does not convolve, so it has no feature maps.", icon=":material/info:"
        )


st.title("Models")
st.markdown(
    "Each model says what it is, what it learned from, and how well it reads pictures that it "
    "had not learned from."
)
try:
    if not card_names():
        raise ModelError("No model is installed: train one, or restore the folder models/default.")
    shows = (show_gallery, show_published, show_figures, show_maps)
    for tab, show in zip(st.tabs(TABS, key=TAB_KEY, on_change="rerun"), shows, strict=True):
        if tab.open:
            with tab:
                show()
except FerError as error:
    st.error(plain(str(error)), icon=":material/error:")
