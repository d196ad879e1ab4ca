# %% name="text"
from IPython.display import Markdown

Markdown("above\n\n---\n\nbelow\n\nNotes: no notes")
