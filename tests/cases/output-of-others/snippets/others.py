# ---
# jupyter:
#   labguide:
#     data: [data/train/part.txt, data/test/part.txt]
# ---

# %% name="child"
import os

print("before")
os.system("echo from a child process")
print("after")

# %% name="task"
import asyncio


async def tell():
    await asyncio.sleep(0)
    print("from a task")


task = asyncio.create_task(tell())

# %% name="thread"
import threading

go = threading.Event()
thread = threading.Thread(target=lambda: (go.wait(), print("from a thread")))
thread.start()

# %% name="later"
await task
go.set()
print("from this cell")

# %% name="data"
print(open("data/train/part.txt").read(), open("data/test/part.txt").read(), sep="", end="")
