# ---
# jupyter:
#   labguide:
#     timeout: 5

# %%
print(1)
