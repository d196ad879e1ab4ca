"""The server hears that it shall stop, whatever its threads are doing."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from local_server import COMMAND

ROUNDS = 20
WAITS_BESIDE_THREADS_THAT_MAKE_THREADS = f"""
import threading
from local_sagemaker.__main__ import listen

def make_threads():
    while True:
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()

end = listen()
for _ in range(2):
    threading.Thread(target=make_threads, daemon=True).start()
for number in range({ROUNDS}):
    print("waiting", flush=True)
    end.wait()
print("heard all", flush=True)
"""


@pytest.mark.parametrize("blow", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.timeout(120)
def test_no_signal_is_lost_to_a_thread_that_makes_threads(blow: signal.Signals) -> None:
    command = [sys.executable, "-c", WAITS_BESIDE_THREADS_THAT_MAKE_THREADS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as waiting:
        for _ in range(ROUNDS):
            assert waiting.stdout.readline() == "waiting\n"
            waiting.send_signal(blow)
        assert waiting.stdout.readline() == "heard all\n"
        waiting.kill()


def test_signal_that_comes_before_the_wait_ends_it() -> None:
    code = "import os, signal\nfrom local_sagemaker.__main__ import listen\nend = listen()\n"
    code += "os.kill(os.getpid(), signal.SIGTERM)\nend.wait()\nend.ask()\nend.wait()\n"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


def test_server_ends_without_a_word_if_whoever_started_it_has_gone() -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(COMMAND, text=True, **pipes) as server:
        server.stdout.close()
        server.stdin.close()
        assert (server.stderr.read(), server.wait(60)) == ("", 0)
