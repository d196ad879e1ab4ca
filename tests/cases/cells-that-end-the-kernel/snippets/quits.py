# %% name="leave"
done = True
if done:
    quit()

# %% name="never"
print("not run")
