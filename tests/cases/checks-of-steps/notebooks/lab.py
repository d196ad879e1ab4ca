# %% [markdown]
# # A lab

# %% name="begin"
from pathlib import Path

flour, dough = Path("flour.txt"), Path("dough.txt")

# %% name="buy"
flour.write_text("500 g")

# %% name="knead"
dough.write_text(flour.read_text() + " and water")

# %% name="check-buy" checks="buy"
found = flour.exists()
assert found, 'There is no <flour> & *no* {value}`x` in the |kitchen| yet: run the cell "Buy" first.'
print("OK:", flour.read_text())

# %% name="check-both" checks="buy, knead"
assert dough.exists() and flour.exists(), "There is no dough yet; buy flour, and knead it."

# %% name="after"
names = sorted(name for name in globals() if name in ("found", "flour", "dough"))
