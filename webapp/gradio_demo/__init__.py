"""The Gradio demo's parts; no Streamlit in here."""
