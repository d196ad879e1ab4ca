# %% name="train"
print("trained")
accuracy = 0.75
