# %% name="only"
print("first")
