NAME = "é"  # Latin-1, and no script
