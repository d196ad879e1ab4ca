# %% name="shadowed"
display = dict = len = get_ipython = None
circle = []
circle.append(circle)
total = 3
