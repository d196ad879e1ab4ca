# %% name="score"
import numpy as np

accuracy = np.float64(0.87654)
rows = 16_719
scores = {"auc": 0.9, "folds": [0.91, 0.89]}
name = "first"
frame = object()
