# %% [markdown]
# A comment that looks like a command is a comment.

# %% name="prepare"
from pathlib import Path

Path("precious.txt").write_text("kept")

# %% name="remove"
# rm -rf precious.txt

# %% name="shell"
# !touch made-by-a-comment
# %cd ..
# why?
# ls
# copy the totals into the report
print(sorted(path.name for path in Path().iterdir()))

# %% name="timed"
# %%time
print("not timed")

# %% name="text"
marker = """
# %% name="inside"
# echo a
"""
print(marker)

# %% name="magics"
%env ANSWER=42
!echo "a magic that is written as one runs"
