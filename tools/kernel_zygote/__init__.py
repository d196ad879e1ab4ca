"""A process that has imported what scripts import, and forks an IPython kernel on request.

A fresh kernel spends almost all of its start on imports. A *zygote* does them once and then forks: each child finds
its modules in memory, and is otherwise a kernel as `python -m ipykernel_launcher` starts it.

`python -m kernel_zygote FD` is the zygote. It speaks JSON over the inherited socket `FD`, a Unix socket of type
`SOCK_SEQPACKET`, which keeps one message apart from the next:

    in   {"imports": ["import boto3", ...], "varying": ["AWS_ACCESS_KEY_ID", ...]}       once
    out  {"unfit": {"import sagemaker.serve": "reads AWS_ACCESS_KEY_ID", ...}}           once
    in   {"request": 1, "arguments": ["-f", "kernel.json"], "environment": {...}, "folder": "/...",
          "streams": {"stdout": "/...", "stderr": "/..."}}
    out  {"request": 1, "pid": 4711}
    out  {"pid": 4711, "ready": true}       from that child, when its sockets are bound
    out  {"pid": 4711, "status": -9}        when that child has ended: its exit code, or minus the signal

If anything is unfit, the zygote is of no use and ends: start another without those imports. It ends too when the
other side closes the socket. What an import may do ahead of time is decided in `preloading`.

Needs Linux (`/proc`, `pidfd_open`).
"""

MESSAGE_LIMIT = 1 << 17
"""Bytes of one message; a kernel's environment is the largest part of any."""
