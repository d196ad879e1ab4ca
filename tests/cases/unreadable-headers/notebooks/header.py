# ---
# jupyter:
#   labguide:
#     afters: [create-bucket]
#     timeout: 60
# ---

# %% name="only"
print("runs all the same")
