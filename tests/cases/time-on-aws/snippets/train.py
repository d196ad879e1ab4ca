# ---
# jupyter:
#   labguide:
#     minutes: 14
# ---

# %% name="train"
score = 1
