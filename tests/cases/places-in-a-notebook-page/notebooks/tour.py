# %% [markdown]
# ## Look at the data
#
# It has {value}`tour#rows` rows, and {value}`tour#colums` columns.

# %% name="look"
rows = 3

# %% [markdown]
# ```python
# print("nobody ran this")
# ```
