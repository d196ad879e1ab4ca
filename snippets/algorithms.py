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
#     minutes: 1
# ---

# %% [markdown]
# # Which built-in algorithms there are, and which of them run here
#
# The SDK knows the containers of SageMaker's own algorithms; the local SageMaker knows which of them it can
# stand in for. This holds one against the other.

# %% name="compare"
from importlib import import_module

import pandas as pd
from sagemaker.core import image_uris

# Amazon's own algorithms, in the order of AWS's documentation.
built_in = [
    "blazingtext",
    "factorization-machines",
    "forecasting-deepar",
    "image-classification",
    "ipinsights",
    "kmeans",
    "knn",
    "lda",
    "linear-learner",
    "ntm",
    "object-detection",
    "object2vec",
    "pca",
    "randomcutforest",
    "semantic-segmentation",
    "seq2seq",
    "xgboost",
]
try:
    here = set(import_module("local_sagemaker.algorithms").names())
except ModuleNotFoundError:  # not in the workshop's own environment
    here = set()


def image_name(name):
    """The name of an algorithm's container on AWS."""
    version = "3.0-5" if name == "xgboost" else "1"
    address = image_uris.retrieve(name, "us-east-1", version=version)
    return address.partition("/")[2].partition(":")[0]


table = pd.DataFrame(
    {
        "container": [image_name(name) for name in built_in],
        "runs locally": ["yes" if name in here else "no" for name in built_in],
    },
    index=built_in,
)
local_count = sum(name in here for name in built_in)
all_count = len(built_in)

table

# %% [markdown]
# One mark for each algorithm, for tables in a text.

# %% name="marks"
mark = {name: "✓" if name in here else "–" for name in built_in}

factorization_machines = mark["factorization-machines"]
image_classification = mark["image-classification"]
kmeans = mark["kmeans"]
lda = mark["lda"]
linear_learner = mark["linear-learner"]
ntm = mark["ntm"]
pca = mark["pca"]
seq2seq = mark["seq2seq"]
xgboost = mark["xgboost"]

print(local_count, "of", all_count, "run in the local SageMaker")
