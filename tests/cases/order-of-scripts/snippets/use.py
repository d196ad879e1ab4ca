# ---
# jupyter:
#   labguide:
#     after: [craete]
# ---

# %% name="only"
print("second")
