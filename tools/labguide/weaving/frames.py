"""Figures that need scripts, each as a document of its own, which a page shows in a frame.

In a frame, a figure's ids, styles and scripts cannot meet those of the page or of another figure, and a page that the
theme exchanges without loading it anew still works. The library that draws a figure comes from the Python package that
made it, as installed here, and is published once for the whole site: no other host is asked.
"""

from __future__ import annotations

import html
import importlib
import importlib.metadata
import importlib.util
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs

from labguide import recordings
from labguide.weaving.forms import Asset, CannotShowError

LIBRARIES = "assets/labguide"
"""The site's folder of the libraries that figures need."""

PLOTLY = "application/vnd.plotly.v1+json"
BOKEH = "application/vnd.bokehjs_exec.v0+json"
BOKEH_LOADS = "application/vnd.bokehjs_load.v0+json"
_VEGA = re.compile(r"application/vnd\.vega(?P<lite>lite)?\.v\d+(?:\.\d+)*\+json")

_FITTING = "min(434px, calc(100vh - 16px))"
"""The height of a figure that has none of its own: that of its frame on a page, or less on a slide with more on it."""

_WITH_PLOTLY = 1_000_000
"""Characters of HTML above which it has Plotly's script in it."""

_DOCUMENT = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'self' file: data: blob: 'unsafe-inline' 'unsafe-eval'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
html {{ color-scheme: light; }}
body {{ display: flow-root; margin: 8px; background: #fff; color: #17213a; font: 15px/1.5 system-ui, sans-serif; }}
</style>
{scripts}
{body}
<script>
// The page cannot see how high this document is, so it is told.
(() => {{
  const tell = () => parent.postMessage({{ labguideHeight: Math.ceil(document.body.scrollHeight) + 16 }}, "*");
  new ResizeObserver(tell).observe(document.body);
  addEventListener("load", tell);
}})();
</script>
</html>
"""


def is_vega(mime: str) -> bool:
    """Whether a MIME type is a figure of Vega or Vega-Lite, such as Altair makes."""
    return _VEGA.fullmatch(mime) is not None


def document(body: str, title: str, language: str, libraries: Sequence[Asset] = (), depth: int = 2) -> bytes:
    """A document that shows `body`; it stands `depth` folders below the site's root."""
    sources = (f'<script src="{"../" * depth}{library.path}"></script>' for library in libraries)
    made = _DOCUMENT.format(language=language, title=html.escape(title), scripts="\n".join(sources), body=body)
    return re.sub("[\ud800-\udfff]", "\ufffd", made).encode()


def plotly(figure: Mapping[str, Any]) -> tuple[str, list[Asset]]:
    """The body of a Plotly figure, and the libraries that it needs."""
    kinds = {str(trace.get("type", "scatter")) for trace in figure.get("data", ())}
    maps = sorted(kind for kind in kinds if re.search(r"geo|choropleth|map(?:box)?$|tile", kind) and kind != "heatmap")
    if maps:
        message = f"a map ({', '.join(maps)}) fetches its outlines from another host"
        raise CannotShowError(message, "show it as a picture: fig.show(renderer='png')", "outside-request")
    layout = dict(figure.get("layout", {}))
    height = f"{layout['height']}px" if "height" in layout else _FITTING
    config = {"responsive": True, "displaylogo": False, **figure.get("config", {}), "plotlyServerURL": ""}
    arguments = ", ".join(_in_script(part) for part in (figure.get("data", []), layout, config))
    place = f'<div id="figure" style="height: {height}"></div>'
    body = f'{place}\n<script>Plotly.newPlot("figure", {arguments});</script>'
    return body, [packaged("plotly", "package_data/plotly.min.js")]


def vega(mime: str, spec: Mapping[str, Any]) -> tuple[str, list[Asset]]:
    """The body of a Vega or Vega-Lite figure, and the libraries that it needs."""
    fetched = re.findall(r'"url": ?"((?:https?:)?//[^"]*)"', json.dumps(spec))
    if fetched:
        message = f"the figure loads its data from {fetched[0]}"
        raise CannotShowError(message, "read the data in the cell and give the figure a table", "outside-request")
    mode = "vega-lite" if mime.startswith("application/vnd.vegalite") else "vega"
    options = _in_script({"mode": mode, "actions": False, "renderer": "svg"})
    body = f'<div id="figure"></div>\n<script>vegaEmbed("#figure", {_in_script(spec)}, {options});</script>'
    return body, [_vega_bundle()]


def bokeh(place: str, script: str) -> tuple[str, list[Asset]]:
    """The body of a Bokeh figure: the element it is drawn in and the script that draws it; and the libraries."""
    libraries = _bokeh_libraries(script)
    made_with = re.search(r'"version":"([^"]+)"', script)
    here = importlib.metadata.version("bokeh")
    if made_with and made_with[1] != here:
        message = f"the figure was made with bokeh {made_with[1]}, and bokeh {here} is installed here"
        raise CannotShowError(message, "run the script again, or install that version", "missing-library")
    return f"{place}\n<script>{_no_end(script)}</script>", libraries


def _bokeh_libraries(script: str) -> list[Asset]:
    files = ["bokeh", "bokeh-widgets", "bokeh-tables"]
    files += ["bokeh-gl"] if "webgl" in script else []
    files += ["bokeh-mathjax"] if "$$" in script or "\\\\(" in script else []
    return [packaged("bokeh", f"server/static/js/{name}.min.js") for name in files]


def libraries_of(source: str) -> list[Asset]:
    """The libraries that scripts in an HTML output count on: in a notebook, an earlier output has loaded them."""
    if re.search(r"\brequire(?:js)?\s*\(\s*\[|\brequirejs\.config", source):
        message = "a script in this output asks Jupyter for a library, which no page has"
        raise CannotShowError(message, "show HTML that holds all that it needs, or a picture")
    if re.search(r"\bBokeh\b", source) and "Bokeh = " not in source:
        return _bokeh_libraries(source)
    if "Plotly.newPlot(" in source and len(source) < _WITH_PLOTLY:
        return [packaged("plotly", "package_data/plotly.min.js")]
    return []


@cache
def packaged(package: str, file: str) -> Asset:
    """A script that a Python package brings along, to be published once."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / file
        if path.is_file():
            name = f"{path.name.removesuffix('.min.js')}-{importlib.metadata.version(package)}.min.js"
            return Asset(f"{LIBRARIES}/{name}", path.read_bytes())
    raise _not_installed(package, package)


@cache
def _vega_bundle() -> Asset:
    try:
        bundle = importlib.import_module("vl_convert").javascript_bundle
    except (ImportError, AttributeError):
        raise _not_installed("vl-convert-python", "Altair") from None
    name = f"vega-{importlib.metadata.version('vl-convert-python')}.min.js"
    return Asset(f"{LIBRARIES}/{name}", _kept(name, bundle))


def _kept(name: str, make: Callable[[], str]) -> bytes:
    """What `make` gives, kept in the user's cache for other builds: it takes seconds to put together."""
    path = platformdirs.user_cache_path("labguide") / name
    if not path.is_file():
        content = make().encode()
        with suppress(OSError):
            recordings.write_atomically(path, content)
        return content
    return path.read_bytes()


def _not_installed(package: str, figure: str) -> CannotShowError:
    message = f"the script that draws a figure of {figure} comes with {package}, which is not installed here"
    remedy = f"install {package} beside labguide, or draw the figure as a picture"
    return CannotShowError(message, remedy, "missing-library")


def _in_script(value: Any) -> str:
    return _no_end(json.dumps(value, ensure_ascii=False))


def _no_end(script: str) -> str:
    """A script that does not end where a string in it says so."""
    return re.sub(r"<(?=/script|!--)", r"\\x3c", script, flags=re.IGNORECASE)


def vega_within(source: str) -> tuple[str, Mapping[str, Any]] | None:
    """The figure in the HTML by which Altair shows one, which would fetch its scripts from another host."""
    if "vega-embed" not in source and "vegaEmbed" not in source:
        return None
    begin = source.rfind("})({")
    if begin < 0:
        return None
    reader = json.JSONDecoder()
    try:
        spec, end = reader.raw_decode(source, begin + 3)
        options, _ = reader.raw_decode(source, source.index("{", end))
    except ValueError:
        return None
    lite = options.get("mode") != "vega"
    return f"application/vnd.vega{'lite' if lite else ''}.v6+json", spec


def is_bokeh_part(data: Mapping[str, Any]) -> bool:
    """Whether an output is the empty element that the next one draws a figure of Bokeh in."""
    return "data-root-id=" in str(data.get("text/html", "")) and "application/javascript" not in data


def only_loads(data: Mapping[str, Any]) -> bool:
    """Whether an output only loads a library into a notebook, or says that it does: nothing that a reader needs."""
    source = str(data.get("text/html", ""))
    plotly_alone = "window.PlotlyConfig" in source and "plotly-graph-div" not in source
    return BOKEH_LOADS in data or "bk-notebook-logo" in source or plotly_alone
