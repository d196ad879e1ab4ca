# %% name="fixed" tags=["raises-exception"]
print("raises no more")
