# %% name="fine"
x = 1


# %% name="divide"
def ratio(a, b):
    return a / b


ratio(x, 0)

# %% name="never-reached"
print("no")
