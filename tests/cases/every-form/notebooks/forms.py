# %% name="formula"
from IPython.display import HTML, JSON, Latex, Markdown, Math, display

display(Math(r"\frac{a}{b}"))
display(Latex(r"Let $x < y$."))

# %% name="data"
JSON({"名稱": ["a", 1]})

# %% name="pictures"
GIF = "R0lGODdhAQABAIAAAAAAAAAAACwAAAAAAQABAAACAkQBADs="
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg=="
)
display({"image/gif": GIF, "text/plain": "<IPython.core.display.Image object>"}, raw=True)
display(
    {"image/png": PNG, "text/plain": "<Figure size 640x480 with 1 Axes>"},
    metadata={"image/png": {"width": 1, "height": 1, "alt": "A dot"}},
    raw=True,
)
display({"application/pdf": "JVBERi0xLjQK", "text/plain": "a plot"}, raw=True)

# %% name="prose"
Markdown("# A *heading*\n\n---\n\nNote: cost is $5, area is $x^2$.\n\n```{cell} forms#data\n```\n\n```python\nopen")

# %% name="styled"
HTML(
    '<style>#T_1 td, b { color: red } @media print { #T_1 { border: 0 } }</style>'
    '<table id="T_1"><tr><td>1</td></tr></table></div></section>'
)

# %% name="scripted"
HTML('<p id="p"></p><script>p.textContent = "drawn"</script>')

# %% name="blank"
HTML("<pre>a\n\n\tb</pre>")

# %% name="terminal"
import sys

print("a\tb\x0cc\u2028d\x00\x1b(B\n--8<-- 'notebooks/forms.py'")
print("a warning", file=sys.stderr)

# %% name="long"
for number in range(500):
    print(number)

# %% name="rows"
HTML("<table>" + "".join(f"<tr><td>{number}</td></tr>\n" for number in range(500)) + "</table>")

# %% name="nothing"
HTML("<pre></pre>")

# %% name="outside"
HTML('<img src="https://shop.test/lamp.png">')

# %% name="file"
HTML("<a href='data.csv'>data.csv</a>")

# %% name="script"
display({"application/javascript": "alert(1)", "text/plain": "<IPython.core.display.Javascript object>"}, raw=True)

# %% name="unknown"
display({"application/x-lamp": "on"}, raw=True)

# %% name="unknown-formula"
Math(r"\lamp{x}")

# %% name="map"
display({"application/vnd.plotly.v1+json": {"data": [{"type": "scattergeo"}], "layout": {}}}, raw=True)

# %% name="bar-of-a-widget"
WIDGET = {"model_id": "1", "version_major": 2, "version_minor": 0}
display({"application/vnd.jupyter.widget-view+json": WIDGET, "text/plain": "  0%|          | 0/3"}, raw=True)
display({"application/vnd.jupyter.widget-view+json": WIDGET, "text/plain": "IntSlider(value=3)"}, raw=True)

# %% name="boxes"
print("Glyph 20013 (\\N{CJK UNIFIED IDEOGRAPH-4E2D}) missing from font(s) DejaVu Sans.", file=sys.stderr)
