# %% name="prints"
from IPython.display import Markdown

print('--8<-- "snippets/secret.txt"')
print("# --8<-- [start:part]")
print(";--8<--")
Markdown('--8<-- "snippets/secret.txt"')

# %% name="value"
notation = '--8<-- "snippets/secret.txt"'
