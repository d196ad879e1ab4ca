# %% name="first"
import faulthandler
import sys

faulthandler.enable()

# %% name="die"
faulthandler._sigsegv()
