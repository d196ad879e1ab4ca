# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   labguide:
#     data: [notebooks/kmeans-digits.py, notebooks/kmeans-digits-boto3.py]
# ---

# %% [markdown]
# # How long are the two notebooks?
#
# Count the lines of those cells that differ, without blank ones and comments.

# %% name="count"
import re
from pathlib import Path

import pandas as pd

STEPS = ("train", "deploy", "predict", "delete")


def lines_of(notebook):
    """How many lines of code each step takes."""
    counts = {}
    for cell in Path(notebook).read_text().split("# %% ")[1:]:
        head, _, code = cell.partition("\n")
        step = re.search(r'name="(.*?)"', head)
        lines = [each for each in code.splitlines() if each.strip(" #") == each.strip()]
        counts[step and step[1]] = len([each for each in lines if each])
    return [counts[step] for step in STEPS]


sdk_lines = lines_of("kmeans-digits.py")
boto3_lines = lines_of("kmeans-digits-boto3.py")
sdk_total, boto3_total = sum(sdk_lines), sum(boto3_lines)

pd.DataFrame({"SDK": sdk_lines, "boto3": boto3_lines}, index=STEPS)
