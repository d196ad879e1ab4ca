"""``python -m local_sagemaker``: serve until told to stop."""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from .server import Options, Running, StateInUseError, running
from .watching import Watch
from .wire import DEFAULT_ACCOUNT

ENDINGS = (signal.SIGINT, signal.SIGTERM)


def main(arguments: list[str] | None = None) -> int:
    """Start the server, say where it is, and serve until SIGINT, SIGTERM or, if asked, the end of stdin."""
    options = _parser().parse_args(arguments)
    if options.operations:
        return _print_operations()
    if options.samples:
        return _print_samples()
    if options.algorithms:
        return _print_algorithms()
    end = listen()
    try:
        return _serve(options, end)
    except (StateInUseError, OSError) as error:
        print(f"local_sagemaker: {error}", file=sys.stderr)
        return 2


@dataclass(frozen=True)
class Ending:
    """A pipe that gets a byte when the server shall stop: from a signal, or from whoever calls `ask`."""

    reading: int
    writing: int

    def ask(self) -> None:
        """Have the server stop."""
        os.write(self.writing, b"\0")

    def wait(self) -> None:
        """Return when it shall stop, at once if it shall already."""
        while os.read(self.reading, 1)[0] not in (0, *ENDINGS):
            pass  # another signal that Python handles


def listen() -> Ending:
    """Hear SIGINT and SIGTERM from now on, whichever thread the system hands them to.

    Only the main thread runs Python's handlers, and a signal that another thread takes, one that is just starting a
    thread, say, does not wake it from waiting for a lock. The byte that Python writes to the wake-up descriptor does.
    The pipe stays open as long as the process lives, so that whoever asks late finds it.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for each in ENDINGS:
        signal.signal(each, lambda *_: None)
    return Ending(reading, writing)


def _serve(options: argparse.Namespace, end: Ending) -> int:
    still_running: list[str] = []
    with running(_options(options)) as server:
        _announce(_as_json(server) if options.json else _for_a_shell(server), options)
        # Whoever reads the line may stop reading then: what a library prints later goes to stderr.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        if options.until_stdin_closes:
            threading.Thread(target=_wait_for_stdin, args=[end], daemon=True).start()
        watch = Watch(server.cloud, _tell)
        if not options.json:
            watch.start()
        end.wait()
        still_running += watch.stop()
        if not options.json:
            _tell("Stopping ...")
    if not options.json:
        _tell(_farewell(still_running, options.state))
    return 0


def _announce(text: str, options: argparse.Namespace) -> None:
    """Say where the server is. Unbuffered, so that nothing is left to write if whoever asked has gone.

    That is a fault, unless the server is told of it by the end of stdin and stops anyway.
    """
    gone = [BrokenPipeError] if options.until_stdin_closes else []
    with contextlib.suppress(*gone):
        sys.stdout.flush()
        os.write(sys.stdout.fileno(), f"{text}\n".encode())


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _farewell(ended: list[str], state: Path | None) -> str:
    """Return the last line: what was ended, and what is left."""
    done = f"Stopped. Ended: {', '.join(ended)}." if ended else "Stopped. Nothing was running."
    left = f"What you made is kept in {state}." if state else "Nothing is left on this computer."
    return f"{done} {left}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="local_sagemaker", description="An Amazon SageMaker on loopback.")
    parser.add_argument("--port", type=int, default=0, help="port of 127.0.0.1; 0, the default, takes a free one")
    parser.add_argument("--account", default=DEFAULT_ACCOUNT, help="account number to print (default: %(default)s)")
    parser.add_argument("--jobs", type=int, help="training jobs that run at once; others queue (default: one a core)")
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep everything in DIR for the next start")
    parser.add_argument("--notebooks", type=_folder, metavar="DIR", help="what new notebook instances have in them")
    parser.add_argument("--json", action="store_true", help="print one line of JSON: endpoint, env, pid")
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when stdin reaches its end")
    parser.add_argument("--operations", action="store_true", help="print what each operation of SageMaker does here")
    parser.add_argument("--samples", action="store_true", help="print what is in the public sample buckets")
    parser.add_argument("--algorithms", action="store_true", help="print the names of the built-in algorithms")
    return parser


def _options(given: argparse.Namespace) -> Options:
    return Options(given.port, given.account, given.jobs, given.notebooks, given.state)


def _folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return Path(text).resolve()


def _print_operations() -> int:
    from . import catalogue

    print(catalogue.markdown(), end="")
    return 0


def _print_algorithms() -> int:
    from . import algorithms

    print("\n".join(algorithms.names()))
    return 0


def _print_samples() -> int:
    from . import samples

    print(samples.markdown(), end="")
    return 0


def _wait_for_stdin(end: Ending) -> None:
    # Not sys.stdin.read(): its lock, held by this thread, would abort the interpreter's own end.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    end.ask()


def _as_json(server: Running) -> str:
    return json.dumps({"endpoint": server.endpoint, "env": server.env, "pid": os.getpid()})


def _for_a_shell(server: Running) -> str:
    exports = "\n".join(f"export {name}='{value}'" for name, value in server.env.items())
    return (
        f"{exports}\n# Paste these lines into another terminal. SageMaker is on {server.endpoint}; Ctrl-C stops it.\n"
        "# What runs is told below."
    )


if __name__ == "__main__":
    status = main()
    gc.freeze()  # the interpreter's last collection would go through all that moto imports, for nothing
    sys.exit(status)
