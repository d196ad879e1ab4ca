# ---
# jupyter:
#   labguide:
#     after: [code-above]
# ---

# %%
print("comes after one that cannot be read")
