"""A plain module."""

COUNT = 3
# + is a comment here
