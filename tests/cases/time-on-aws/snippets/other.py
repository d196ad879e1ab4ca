# %% name="other"
score = 2
