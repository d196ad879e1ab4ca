# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Squares

# %% name="squares"
squares = [n * n for n in range(5)]
total = sum(squares)
print(squares)

# %% [markdown]
# Find the largest.

# %% name="largest" tags=["unchecked"]
### BEGIN SOLUTION
largest = max(squares)
### END SOLUTION
