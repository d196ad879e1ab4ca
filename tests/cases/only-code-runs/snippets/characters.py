# %% name="strings"
print(ascii("a !echo b"), ascii("cd"), ascii("""e f"""), ascii("gh"))

# %% name="feed"
x = 1

if x:
	print("tab", x)
