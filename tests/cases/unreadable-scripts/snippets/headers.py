# -*- coding: utf-8 -*-
# ---
# title: A title
# labguide:
#   after: [code-above]
# jupyter:
#   lab_guide:
#     timeout: 60
#   kernelspec:
#     language: R
# ---

# %% name="only"
print("is not run")
