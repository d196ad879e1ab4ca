# %% name="first"
print("shown")

# %% name="leave"
import sys

sys.exit("nothing to do")

# %% name="never"
print("not run")
