# %% name="table"
import pandas as pd

pd.DataFrame({"genre": ["Action", "Puzzle"], "games": [2, 1]})

# %% name="picture"
from IPython.display import SVG

SVG('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>')

# %% name="markdown"
from IPython.display import Markdown

Markdown("**strong**")

# %% name="fence"
print("```")
