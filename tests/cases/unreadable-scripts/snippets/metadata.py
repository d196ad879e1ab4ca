# %% name="text" tags="varies"
print(1)

# %% name=3
print(2)

# %% {"name": "broken"
print(3)

# %% name="a/b"
print(4)

# %% nmae="typo"
print(5)

# %% language="bash"
# rm -rf everything

# %% tags=["active-ipynb"]
# print("only in a notebook")

# %% [raw]
# \begin{tabular}

# %% tags=[1]
print(6)

# %% name="once" name="twice"
print(7)

# %% tags=["varies" "ellipsis"]
print(8)

# %% "name": "json"
print(9)

# %% [Markdown]
# Prose
