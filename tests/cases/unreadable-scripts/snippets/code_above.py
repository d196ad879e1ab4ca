import os

# %% name="only"
print("kept")
