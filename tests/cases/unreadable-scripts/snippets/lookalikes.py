# %%name="a"
print(1)

  # %% name="b"
print(2)

# %% name="c"
#%%
# In[3]:
print(3)

# ％％ name="d"
# COMMAND ----------
print(4)
