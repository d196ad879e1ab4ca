# %% name="big5"

print("¤¤¤å")
