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
#     minutes: 8
#     after: [notebook-instance]
# ---

# %% [markdown]
# # When you take a break
#
# A stopped notebook instance keeps its files, and costs only its disk. Each cell may be run again.

# %% name="names"
import boto3

sagemaker = boto3.client("sagemaker")
notebook_name = "smworkshop-notebook"


def notebook_status():
    """The notebook instance's status, such as InService."""
    answer = sagemaker.list_notebook_instances(NameContains=notebook_name)
    for each in answer["NotebookInstances"]:
        if each["NotebookInstanceName"] == notebook_name:
            return each["NotebookInstanceStatus"]
    return "not there"


print("It is", notebook_status())

# %% [markdown]
# ## Stop it
#
# Stopping takes a moment, so wait for that too.

# %% name="stop"
if notebook_status() == "InService":
    sagemaker.stop_notebook_instance(NotebookInstanceName=notebook_name)

waiter = sagemaker.get_waiter("notebook_instance_stopped")
waiter.wait(NotebookInstanceName=notebook_name)

print("It is", notebook_status())

# %% name="check-stopped" checks="stop"
status = notebook_status()
assert status == "Stopped", (
    f"The notebook instance is {status}: "
    'run the cell "Stop it", or stop it in the console.'
)

print("OK: it is stopped.")

# %% [markdown]
# ## Start it again
#
# The machine is a new one, with the old disk.

# %% name="start"
if notebook_status() == "Stopped":
    sagemaker.start_notebook_instance(NotebookInstanceName=notebook_name)

waiter = sagemaker.get_waiter("notebook_instance_in_service")
waiter.wait(NotebookInstanceName=notebook_name)

print("It is", notebook_status())

# %% name="check-started" checks="start"
status = notebook_status()
assert status == "InService", (
    f"The notebook instance is {status}: "
    'run the cell "Start it again", or start it in the console.'
)

print("OK: it is in service again.")
