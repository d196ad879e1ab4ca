# ---
# jupyter:
#   labguide:
#     after: [egg]
# ---

# %% name="only"
print("hen")
