# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Draw a line

# %% name="table"
import pandas as pd

answer = 42
half = answer / 2
pd.DataFrame({"x": [1, 2]})

# %% name="line"
import matplotlib.pyplot as plt

plt.plot([1, 2])
plt.show()
