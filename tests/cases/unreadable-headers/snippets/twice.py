# ---
# jupyter:
#   labguide:
#     data: [data/absent.csv]
# ---

# %% name="same"
a = 1

# %% name="same"
b = 2
