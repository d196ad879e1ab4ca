# %% name="refused" tags=["raises-exception"]
raise ValueError("a bucket name has no capital letters")

# %% name="next"
print("the run goes on")
