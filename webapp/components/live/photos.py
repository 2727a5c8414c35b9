"""Photos from the camera one by one, for where live video cannot get through."""

import streamlit as st

from fer_core.domain.images import decode_image
from fer_core.inference.analyzer import EmotionAnalyzer
from fer_core.inference.batch import AnalyzedPhoto
from webapp.components import results

_NAME = "camera photo"


def show_photos(analyzer: EmotionAnalyzer, min_score: float) -> None:
    """Take a photo, and read it as the Upload page reads one.

    Args:
        analyzer: Reads the faces.
        min_score: Faces that the detector is less sure of are left out.
    """
    left, _ = st.columns([3, 2])
    taken = left.camera_input("Take a photo", key="live-photo")
    if taken is None:
        return
    image = decode_image(taken.getvalue(), _NAME)
    analysis = analyzer.analyze(image, source=_NAME)
    view = results.PhotoView.of(AnalyzedPhoto(image, analysis)).confident(min_score)
    results.show_photo(view, "camera")
    results.show_downloads([view])
