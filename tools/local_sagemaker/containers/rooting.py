"""`/opt/ml` for programs that name it themselves, as training scripts and the SDK's drivers do.

Where the kernel allows it, a program gets namespaces of its own in which `/opt/ml` is its folder, the names of its
hosts are known, and the machine has its host's name (user_namespaces(7), mount_namespaces(7), uts_namespaces(7)).
Elsewhere, in macOS for example, the job's own copies of its scripts are rewritten to name the folder, and hosts go by
their addresses.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

OPT_ML = "/opt/ml"
MAX_REWRITTEN = 1024**2
"""Bytes of a file that is still taken for a script."""

MOUNTED = ("unshare", "--user", "--map-root-user", "--mount", "--uts", "--", "/bin/sh", "-ec")

# `/opt` may not be ours to make a folder in: a private copy of it, with all that it had, takes its place.
MOUNT_SCRIPT = """\
stage=$1 base=$2 hosts=$3 name=$4; shift 4
mount -t tmpfs tmpfs "$stage"
for there in /opt/*; do
    mine="$stage/${there##*/}"
    [ "$there" != /opt/ml ] || continue
    if [ -d "$there" ]; then mkdir "$mine"; mount --rbind "$there" "$mine"
    elif [ -f "$there" ]; then : > "$mine"; mount --bind "$there" "$mine"; fi
done
mkdir "$stage/ml"
mount --rbind "$base" "$stage/ml"
mount --rbind "$stage" /opt
[ -z "$hosts" ] || mount --bind "$hosts" /etc/hosts
[ -z "$name" ] || echo "$name" > /proc/sys/kernel/hostname
cd /opt/ml
exec "$@"
"""


@dataclass(frozen=True)
class Rooting:
    """The folder that one program finds at `/opt/ml`.

    `hosts` are addresses by host name; `private` says that the program has a namespace of its own.
    """

    base: Path
    hosts: Mapping[str, str]
    private: bool

    @classmethod
    def best(cls, base: Path, hosts: Mapping[str, str]) -> Rooting:
        """Return the best way this machine has."""
        return cls(base, hosts, namespaces_work())

    @property
    def root(self) -> str:
        """What the program has to call its folder."""
        return OPT_ML if self.private else str(self.base)

    def host(self, name: str) -> str:
        """Return what the program has to call a host; nobody looks for one that is alone."""
        return name if self.private or len(self.hosts) == 1 else self.hosts.get(name, name)

    def command(self, command: list[str]) -> list[str]:
        """Return the command that runs `command` with `/opt/ml` in place."""
        if not self.private:
            renamed = [self._renamed(word) for word in command]
            return ["/bin/sh", "-c", 'cd "$0" && exec "$@"', str(self.base), *renamed]
        stage = self.base.parent / "opt"
        stage.mkdir(exist_ok=True)
        return [*MOUNTED, MOUNT_SCRIPT, "sh", str(stage), str(self.base), self._hosts_file(), self._name, *command]

    def variables(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return environment variables as the program needs them."""
        return dict(given) if self.private else {name: self._renamed(value) for name, value in given.items()}

    def rewrite(self, folders: Iterable[Path]) -> None:
        """Make the scripts in `folders` name what is there, unless they find it by its own name."""
        if self.private:
            return
        for file in (file for folder in folders for file in folder.rglob("*")):
            if file.is_file() and not file.is_symlink() and file.stat().st_size <= MAX_REWRITTEN:
                self._rewrite_file(file)

    def _rewrite_file(self, file: Path) -> None:
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            return
        if (renamed := self._renamed(text)) != text:
            file.write_text(renamed, "utf-8")

    def _renamed(self, text: str) -> str:
        text = text.replace(OPT_ML, str(self.base))
        for name in self.hosts:
            text = text.replace(f'"{name}"', f'"{self.host(name)}"')
        return text

    @property
    def _name(self) -> str:
        """The host's own name, which is that of the folder beside which everything of its is."""
        return self.base.parent.name if self.base.parent.name in self.hosts else ""

    def _hosts_file(self) -> str:
        if not self.hosts:
            return ""
        file = self.base.parent / "hosts"
        lines = ["127.0.0.1 localhost", *(f"{address} {name}" for name, address in self.hosts.items())]
        file.write_text("\n".join(lines) + "\n")
        return str(file)


@functools.cache
def namespaces_work() -> bool:
    """Return whether this machine lets a program of ours have mounts of its own."""
    if not shutil.which("unshare") or not Path("/opt").is_dir():
        return False
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "ml").mkdir()
        (Path(folder) / "ml" / "here").touch()
        rooting = Rooting(Path(folder) / "ml", {"algo-1": "127.0.0.1"}, private=True)
        tried = subprocess.run(rooting.command(["test", "-f", "/opt/ml/here"]), capture_output=True, check=False)
    return tried.returncode == 0
