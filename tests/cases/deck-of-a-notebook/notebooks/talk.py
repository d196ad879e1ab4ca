# %% [markdown] slideshow={"slide_type": "notes"}
# Before all: greet everybody.

# %% [markdown]
# # Numbers {#numbers}
# - one
#   - nested

# %% [markdown] slideshow={"slide_type": "notes"}
# Say why.

# %% name="add" slideshow={"slide_type": "fragment"}
print(1 + 1)

# %% [markdown] slideshow={"slide_type": "-"}
# Still in the fragment.
#
# ---
#
# Note: a rule and a note in text are text.

# %% name="hidden" slideshow={"slide_type": "skip"}
x = 3

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## Below {#below}

# %% name="show" slideshow={"slide_type": "fragment"}
x

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Beside {#beside}

# %% [markdown] slideshow={"slide_type": "pause"}
# Not known.
