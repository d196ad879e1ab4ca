# ---
# jupyter:
#   labguide:
#     minutes: 14
#     creates: [training job ml.unheard.large]
# ---

# %% name="train"
score = 1
