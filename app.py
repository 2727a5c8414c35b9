"""The entry of the Hugging Face Space: `python app.py` serves the Gradio demo."""

from webapp.gradio_app import build_demo, launch_options

demo = build_demo()

if __name__ == "__main__":
    demo.launch(**launch_options())
