"""What it does."""
# %%
print(1)
