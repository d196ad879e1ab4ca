# %% [markdown]
# # A first notebook

# %% name="hello"
for word in ("one", "two"):
    print(word)

# %% name="silent"
number = 3
