#!/bin/sh
# Print the path of a Chromium; get one where there is none: Debian's package, else Playwright's own.
set -eu

find_one() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return 0
    done
    return 1
}

find_one && exit 0
echo "no browser found: installing Chromium for the tests" >&2
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    { apt-get update && apt-get install --yes --no-install-recommends chromium fonts-noto-cjk; } >/dev/null
    find_one && exit 0
fi
.venv/bin/python -m playwright install chromium >&2
.venv/bin/python -c 'from playwright.sync_api import sync_playwright as start
with start() as p: print(p.chromium.executable_path)'
