# ---
# jupyter:
#   labguide:
#     data: [data/absent.csv, /etc/hostname, ../, data/../../passwd]
# ---

# %% name="same"
a = 1

# %% name="same"
b = 2
