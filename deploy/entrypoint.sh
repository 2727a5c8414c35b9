#!/bin/sh
# Where the image starts: the models that ship join those in the volume, then the command runs.
set -eu

for card in models/*/card.json; do
    shipped=${card%/card.json}
    name=${shipped#models/}
    if [ ! -e "$FER_MODELS_DIR/$name" ]; then
        # Under another name until it is whole: a server that runs on the volume must find no half.
        new=$(mktemp -d "$FER_MODELS_DIR/.new-XXXXXX")
        cp -R "$shipped/." "$new"
        chmod 755 "$new"
        mv "$new" "$FER_MODELS_DIR/$name"
    fi
done

# Hosts that choose the port say so here.
export STREAMLIT_SERVER_PORT="${PORT:-8501}" GRADIO_SERVER_PORT="${PORT:-7860}"
exec "$@"
