# %% name="first"
one = 1

# %% name="a" check="first"
one = 1

# %% name="b" Checks="first"
one = 1

# %% name="c" checks=["first"]
one = 1

# %% name="d" checks=""
one = 1

# %% name="e" checks="first,"
one = 1

# %% checks: first
one = 1
