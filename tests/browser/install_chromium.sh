#!/bin/sh
# Makes sure that the browser tests have a Chromium: the system's, else Debian's, else Playwright's.
set -eu

has_chromium() {
    for browser in chromium chromium-browser google-chrome; do
        # A name alone is not enough: on some systems it only says where to install the browser.
        "$browser" --version >/dev/null 2>&1 && return 0
    done
    return 1
}

has_chromium && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium || true
    has_chromium && exit 0
fi
"$PYTHON" -m playwright install chromium
