# %% [markdown]
# ## Look at the data

# %% name="look"
print("three rows")

# %% [markdown]
# ## Train

# %% name="train"
print("done")
