# %% name="count"
a = 1
b = 2
print(a)
print(b)
