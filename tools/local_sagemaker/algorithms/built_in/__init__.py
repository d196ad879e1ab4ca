"""The built-in algorithms: one file each, or a folder where one file would be long. Nothing else is in here.

A file's name is the algorithm's, with underscores; its `ALGORITHM` says all about it. Start with pca.py, the shortest.
"""
