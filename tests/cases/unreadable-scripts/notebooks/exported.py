# In[1]:

print("exported by nbconvert")
