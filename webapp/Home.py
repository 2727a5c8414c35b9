"""The Streamlit app's router: `streamlit run webapp/Home.py`."""

import gc
import sys
from pathlib import Path

# Streamlit puts only this file's folder on the path, and runs this file at every interaction.
if (root := str(Path(__file__).resolve().parents[1])) not in sys.path:
    sys.path.insert(0, root)

import streamlit as st

# A file of ours: Streamlit has browsers fetch icons given by name from another company's server.
ICON = Path(__file__).with_name("favicon.png")


@st.cache_resource(show_spinner=False)
def spare_collector(page: str) -> None:
    """Leave out of later garbage collections what a page's imports have built, once a page.

    Streamlit collects after every script, each refresh of a watched run included: going through
    every module of the process took three times as long as drawing that refresh.
    """
    gc.collect()
    gc.freeze()


st.set_page_config(page_title="FER Studio", page_icon=str(ICON), layout="wide")
page = st.navigation(
    [
        st.Page("app_pages/0_welcome.py", title="Home", icon=":material/home:", default=True),
        st.Page("app_pages/1_upload.py", title="Upload", icon=":material/photo_library:"),
        st.Page("app_pages/2_webcam.py", title="Webcam", icon=":material/videocam:"),
        st.Page("app_pages/3_video.py", title="Video", icon=":material/movie:"),
        st.Page("app_pages/4_training.py", title="Training", icon=":material/fitness_center:"),
        st.Page("app_pages/5_models.py", title="Models", icon=":material/model_training:"),
    ]
)
st.session_state["page entered"] = st.session_state.get("page") != page.title
st.session_state["page"] = page.title
page.run()
spare_collector(page.title)
