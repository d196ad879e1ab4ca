# %% name="first"
one = 1

# %%
two = 2

# %% [markdown] name="prose"
# Prose.

# %% [markdown] name="no-check" checks="first"
# Prose, too.

# %% name="unknown" checks="frist"
three = 3

# %% name="itself" checks="itself"
three = 3

# %% name="early" checks="late"
three = 3

# %% name="late"
four = 4

# %% name="of-prose" checks="prose"
five = 5

# %% name="of-a-position" checks="cell-2"
five = 5

# %% name="twice" checks="first, first"
five = 5

# %% name="raising" checks="first" tags=["raises-exception"]
raise ValueError
