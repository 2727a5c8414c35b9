# The web app as an image: docs/deployment.md says how to build and run it.
FROM python:3.11.15-slim-bookworm AS libraries

# 0 leaves TensorFlow, Keras and MLflow out: the app then reads faces, and trains no models.
ARG TRAINING=1

WORKDIR /build
COPY requirements.txt ./
COPY webapp/requirements.txt webapp/
RUN case "$TRAINING" in \
        1) chosen=requirements.txt ;; \
        0) chosen=webapp/requirements.txt ;; \
        *) echo "TRAINING must be 0 or 1, got '$TRAINING'." >&2; exit 1 ;; \
    esac \
    && python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r "$chosen"


FROM python:3.11.15-slim-bookworm

# Some hosts run an image as a user of their own choice, who must be able to write here too.
RUN useradd --uid 10001 --no-create-home fer \
    && install --directory --owner fer --mode 1777 /data/models /data/runs /data/sets

COPY --from=libraries /venv /venv
WORKDIR /app
COPY .streamlit/config.toml .streamlit/
COPY deploy/entrypoint.sh deploy/
COPY configs configs/
COPY models models/
COPY fer_core fer_core/
COPY webapp webapp/
COPY app.py LICENSE ./
# Nobody may write here later, and without compiled files every start takes longer.
RUN python -m compileall -q app.py fer_core webapp

# Streamlit's welcome names the machine's public address, which it asks a company's server for.
ENV PATH=/venv/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none \
    STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE=true \
    GRADIO_SERVER_NAME=0.0.0.0 \
    ORT_DISABLE_TELEMETRY=1 \
    FER_MODELS_DIR=/data/models \
    FER_RUNS_DIR=/data/runs \
    FER_DATA_DIRS=/data/sets \
    HF_HOME=/data/models/.hub

USER 10001
EXPOSE 8501
VOLUME ["/data/models", "/data/runs"]
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, sys, urllib.request as web; sys.exit(web.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT', '8501')}/_stcore/health\", timeout=5).read() != b'ok')"]
ENTRYPOINT ["sh", "deploy/entrypoint.sh"]
CMD ["streamlit", "run", "webapp/Home.py"]
