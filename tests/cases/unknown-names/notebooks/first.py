# %% name="train"
accuracy = 0.5
