#%%
print("VS Code, and no blank")
