# ---
# jupyter:
#   labguide:
#     timeout: 60
#     timeout: 600
# ---

# %%
print(1)
