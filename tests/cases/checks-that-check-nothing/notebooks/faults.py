# %% name="begin"
from pathlib import Path

# %% name="step"
made = Path("made.txt")
made.write_text("made")

# %% name="passes" checks="step"
assert True, "Nothing is missing."

# %% name="raises" checks="step"

assert made.exists(), "There is no file yet: run the cell above."

# %% name="says-nothing" checks="step"
assert Path("made.txt").exists()

# %% name="raises-another" checks="begin, step"
assert Path("made.txt").exists(), "There is no file yet: run both cells above."

# %% name="says-much" checks="step"
assert Path("made.txt").exists(), "There is no file.\nRun the cell above."

# %% name="says-no-sentence" checks="step"
assert Path("made.txt").exists(), "no file"

# %% name="exits" checks="step"
import sys

Path("made.txt").exists() or sys.exit("no file")
