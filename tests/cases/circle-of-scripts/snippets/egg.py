# ---
# jupyter:
#   labguide:
#     after: [hen]
# ---

# %% name="only"
print("egg")
