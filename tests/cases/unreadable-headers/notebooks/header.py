# ---
# jupyter:
#   labguide:
#     afters: [create-bucket]
#     timeout: .inf
#     backends: [lokal]
# ---

# %% name="only"
print("runs all the same")
