# ---
# jupyter:
#   labguide:
#     after: [broken]
# ---

# %% name="waits"
print("is not tried")
