# %% name="set"
product = "2*3*4"
tag = "<b>bold</b>"
pipe = "a|b"
smile = ":smile:"
lines = "one\n  two"
rule = "# --8<-- x"
thing = object()
