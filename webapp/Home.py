"""The Streamlit app's router: `streamlit run webapp/Home.py`."""

import sys
from pathlib import Path

# Streamlit puts only this file's folder on the path; the packages lie one level up.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import streamlit as st

st.set_page_config(page_title="FER Studio", page_icon=":material/mood:", layout="wide")
st.navigation(
    [
        st.Page("app_pages/0_welcome.py", title="Home", icon=":material/home:", default=True),
        st.Page("app_pages/1_upload.py", title="Upload", icon=":material/photo_library:"),
    ]
).run()
