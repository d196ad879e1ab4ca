# %% [markdown] name="words"
# Only words

# %%
print("has no name")
