# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: light
# ---

# +
print("light")
