# %% name="look"
print("three rows")

# %% name="train"
print("done")
