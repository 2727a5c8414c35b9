"""Home: what this is, one sample read on the spot, and which model serves."""

import streamlit as st

from fer_core.domain.errors import FerError
from fer_core.zoo.card import ModelCard
from webapp import services
from webapp.components import charts, results
from webapp.components.model_card import METRIC_PX
from webapp.components.sidebar import reading_choices
from webapp.components.text import plain


def show_card(card: ModelCard) -> None:
    """The serving model's leading figures, each with its split."""
    st.subheader(f"Served by the model “{plain(card.name)}”")
    for split, figures in card.metrics.items():
        low, high = figures["accuracy_ci95"]
        row = st.container(horizontal=True)
        row.metric("Accuracy", f"{figures['accuracy']:.1%}", border=True, width=METRIC_PX)
        row.metric(
            "Top 2",
            f"{figures['top2_accuracy']:.1%}",
            help="How often the true label is among the two most probable.",
            border=True,
            width=METRIC_PX,
        )
        row.metric(
            "Calibration error",
            f"{figures['ece']:.1%}",
            help="Mean gap between a stated probability and how often it is right (ECE).",
            border=True,
            width=METRIC_PX,
        )
        row.metric("Parameters", f"{card.parameters / 1e6:.2f} M", border=True, width=METRIC_PX)
        st.caption(
            f"{plain(card.dataset['name'])} {plain(split)}, n = {figures['n']:,}, one view of each "
            f"face; 95% interval of the accuracy {low:.1%} to {high:.1%}. The epoch and the "
            "temperature were chosen on this split."
        )
    st.caption(
        f"Labels: {', '.join(map(plain, card.labels))}. Data: {plain(card.training_data_terms)}."
    )


st.title("FER Studio")
st.markdown(
    "##### An honest reading of facial expressions\n"
    "Drop in photos or video and see every face at once, each with **calibrated probabilities**: "
    "on pictures it had not learned from, what it called 80% was right about eight times in ten."
)
with st.container(horizontal=True):
    if st.button("Read your photos", type="primary", icon=":material/photo_library:"):
        st.switch_page("app_pages/1_upload.py")
    if st.button("Use your webcam", icon=":material/videocam:"):
        st.switch_page("app_pages/2_webcam.py")
    if st.button("Read a video", icon=":material/movie:"):
        st.switch_page("app_pages/3_video.py")
try:
    choices = reading_choices()
    photo, card = services.sample(choices.model, choices.detector)
    view = results.PhotoView.of(photo).confident(choices.min_score)
    left, right = st.columns(2, gap="large")
    with left:
        st.image(view.annotated(), width="stretch")
    with right:
        if view.analysis.faces:
            scores = view.analysis.faces[0].scores
            st.subheader(f"{plain(scores.emotion.capitalize())}, {scores.confidence:.0%}")
            st.plotly_chart(charts.composition(scores), config=charts.CONFIG, key="sample")
        else:
            results.no_face_found()
        st.caption("Eileen Collins, NASA, public domain; read just now.")
    show_card(card)
    with st.expander("What this is not", icon=":material/balance:"):
        st.markdown(
            "An expression is not a feeling: a face may smile without joy, and feel without "
            "showing it. The model learned from photos that people labelled at a glance and often "
            "disagreed about. Do not use it to decide about people, and not on staff or pupils: "
            "the EU has prohibited that since February 2025 (AI Act, article 5)."
        )
except FerError as error:
    st.error(plain(str(error)), icon=":material/error:")
