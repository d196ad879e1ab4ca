"""No secret of any form survives in any file or stream of a real run."""

from __future__ import annotations

import base64
import json
import os
import random
import string
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from case_project import Workshop
from labguide import sources

BIN = Path(sys.executable).parent

HEX, UPPER, WORD = "0123456789abcdef", string.ascii_uppercase + "234567", string.ascii_letters + string.digits
URL, BASE64 = WORD + "_", WORD + "+/"
LOT = random.Random(8)  # noqa: S311


def drawn(alphabet: str, size: int) -> str:
    """Letters drawn by lot, with a digit and letters of each case that the alphabet has."""
    needed = [each for each in "aZ7" if each in alphabet]
    return "".join((*needed, *LOT.choices(alphabet, k=size - len(needed))))


def token(of: Mapping[str, str]) -> str:
    text = json.dumps(of).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


SECRETS: Mapping[str, str] = {
    "aws": "AKIA" + drawn(UPPER, 16),
    "bedrock": "ABSK" + drawn(BASE64, 120),
    "anthropic": "sk-ant-api03-" + drawn(URL, 93) + "AA",
    "openai": f"sk-proj-{drawn(URL, 74)}T3BlbkFJ{drawn(URL, 74)}",
    "openrouter": "sk-or-v1-" + drawn(HEX, 64),
    "github": "ghp_" + drawn(WORD, 36),
    "github-fine": f"github_pat_{drawn(WORD, 22)}_{drawn(WORD, 59)}",
    "gitlab": "glpat-" + drawn(WORD, 20),
    "hugging-face": "hf_" + drawn(WORD, 34),
    "npm": "npm_" + drawn(WORD, 36),
    "pypi": "pypi-AgEIcHlwaS5vcmc" + drawn(URL, 150),
    "slack": f"xoxb-12345678901-1234567890123-{drawn(WORD, 24)}",
    "stripe": "sk_live_" + drawn(WORD, 24),
    "google": "AIza" + drawn(URL, 35),
    "google-oauth": "ya29." + drawn(URL, 120),
    "databricks": "dapi" + drawn(HEX, 32),
    "digital-ocean": "dop_v1_" + drawn(HEX, 64),
    "doppler": "dp.pt." + drawn(WORD, 43),
    "docker": "dckr_pat_" + drawn(WORD, 27),
    "dynatrace": f"dt0c01.{drawn(UPPER, 24)}.{drawn(UPPER, 64)}",
    "figma": "figd_" + drawn(WORD, 40),
    "fly": "fm2_" + drawn(BASE64, 140),
    "grafana": f"glsa_{drawn(WORD, 32)}_{drawn(HEX, 8)}",
    "heroku": "HRKU-AA" + drawn(URL, 58),
    "linear": "lin_api_" + drawn(WORD, 40),
    "mailchimp": drawn(HEX, 32) + "-us12",
    "new-relic": "NRAK-" + drawn(UPPER, 27),
    "notion": "ntn_12345678901" + drawn(WORD, 35),
    "nvidia": "nvapi-" + drawn(WORD, 64),
    "perplexity": "pplx-" + drawn(WORD, 48),
    "pinecone": f"pcsk_{drawn(WORD, 6)}_{drawn(WORD, 60)}",
    "planet-scale": "pscale_tkn_" + drawn(WORD, 43),
    "postman": f"PMAK-{drawn(HEX, 24)}-{drawn(HEX, 34)}",
    "pulumi": "pul-" + drawn(HEX, 40),
    "replicate": "r8_" + drawn(WORD, 37),
    "ruby-gems": "rubygems_" + drawn(HEX, 48),
    "sendgrid": f"SG.{drawn(WORD, 22)}.{drawn(WORD, 43)}",
    "sentry": "sntryu_" + drawn(HEX, 64),
    "shopify": "shpat_" + drawn(HEX, 32),
    "sonar": "squ_" + drawn(HEX, 40),
    "telegram": "1234567890:AA" + drawn(WORD, 33),
    "twilio": "SK" + drawn(HEX, 32),
    "vault": "hvs." + drawn(WORD, 95),
    "weights": "wandb_v1_" + drawn(WORD, 77),
    "jwt": f"{token({'alg': 'HS256'})}.{token({'sub': drawn(WORD, 20)})}.{drawn(WORD, 43)}",
    "session": "IQoJb3JpZ2luX2Vj" + drawn(BASE64, 300),
    "key-in-pem": f"-----BEGIN PRIVATE KEY-----\n{drawn(BASE64, 64)}\n{drawn(BASE64, 64)}\n-----END PRIVATE KEY-----",
}

SCRIPT = """\
# ---
# jupyter:
#   labguide:
#     data: [data/drawn.json]
# ---

# %% name="read" tags=["verbatim"]
import base64, html, json, pathlib, sys, urllib.parse
from IPython.display import HTML, JSON, SVG, Markdown, display
secrets = json.loads(base64.b64decode(pathlib.Path("drawn.json").read_bytes()))
print(secrets)

# %% name="text"
for name, key in secrets.items():
    print(f"金鑰{key}已建立", f"key_{key}", [key], {key: 1}, json.dumps({"a": key}), f"/tmp/{key}/x", sep="\\n")
    print(key[:9] + "\\x1b[31m" + key[9:14] + "\\x1b[0m" + key[14:])
    print(key[:8], end=""); print("warning", file=sys.stderr); print(key[8:])

# %% name="coded"
for key in secrets.values():
    print(base64.b64encode(f"user:{key}".encode()).decode(), urllib.parse.quote(key, safe=""))

# %% name="shown"
for key in secrets.values():
    safe = html.escape(key)
    display(HTML(f"<table><tr><td title='{safe}'>{safe}</td></tr></table><p>{safe[:9]}<b>{safe[9:]}</b></p>"))
    display(JSON({key: [key]}), Markdown(f"| a |\\n|--|\\n| `{key}` |"), SVG(f"<svg><text>{safe}</text></svg>"))

# %% name="raised" tags=["raises-exception"]
raise ValueError(" and ".join(secrets.values()))

# %% name="child"
import os, subprocess
for key in secrets.values():
    os.system("echo '" + key + "'")

# %% name="last"
few = {"github": secrets["github"]}
secrets
"""

CONFIGURATION = """\
site_name: A leaky workshop
theme: {name: material, font: false}
plugins: [search, labguide]
markdown_extensions: [attr_list, pymdownx.superfences]
"""

PAGE = """\
# Keys

{cells}

It is {{value}}`leaky#few[github]`.
"""

FAILING = """\
# %% name="read"
import base64, os
kept = base64.b64decode(DRAWN).decode()
print(kept)

# %% name="fail"
raise ValueError(f"no such key: {kept}")
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A project whose scripts show every secret in every way, after a build and a check; and all that these said."""
    folder = tmp_path_factory.mktemp("leaky") / "project"
    workshop = Workshop(folder)
    workshop.write("mkdocs.yml", CONFIGURATION)
    coded = base64.b64encode(json.dumps(SECRETS).encode()).decode()
    workshop.write("data/drawn.json", coded)
    workshop.write("snippets/leaky.py", SCRIPT)
    cells = "\n".join(
        f"```{{cell}} leaky#{name}\n```\n" for name in ("read", "text", "coded", "shown", "raised", "last")
    )
    workshop.write("docs/index.md", PAGE.format(cells=cells))
    said = [_said(folder, "build")]
    workshop.write("snippets/failing.py", FAILING.replace("DRAWN", repr(coded)))
    said += [_said(folder, "check", *more) for more in ((), ("--json",), ("--junit", "junit.xml"))]
    return folder, said


def _said(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "NPM_TOKEN": SECRETS["npm"]}
    done = subprocess.run(
        [BIN / "labguide", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=environment,
    )
    return done.stdout + done.stderr


def _cores(secret: str) -> list[str]:
    """Pieces of a secret by which it would be known, however it is cut."""
    lines = [line for line in secret.split("\n") if "-----" not in line]
    return [line[-16:] for line in lines] + [base64.b64encode(line[-15:].encode()).decode() for line in lines]


def test_site_was_built_from_what_was_said(ran: tuple[Path, list[str]]) -> None:
    folder, said = ran
    assert (folder / "site/index.html").exists(), said[0]
    assert "EXAMPLE" in (folder / "site/index.html").read_text("utf-8")
    assert "no such key" in said[1]


def test_no_secret_is_in_any_file_or_stream(ran: tuple[Path, list[str]]) -> None:
    folder, said = ran
    written = [path for path in folder.rglob("*") if path.is_file() and path.parent.name not in ("data", "snippets")]
    texts = {str(path.relative_to(folder)): path.read_bytes().decode("latin-1") for path in written}
    texts |= {f"stream {number}": text for number, text in enumerate(said)}
    found = {
        (where, name)
        for where, text in texts.items()
        for name, secret in SECRETS.items()
        for core in _cores(secret)
        if core in text
    }
    assert sorted(found) == []


def test_key_that_an_author_typed_is_told_at_its_line_and_not_repeated(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    key = SECRETS["key-in-pem"]
    typed = f'# %% name="a"\nx = 1\ny = "{SECRETS["github"]}"\n\n# %% [markdown]\n# Use {SECRETS["slack"]}\n'
    workshop.write("snippets/typed.py", typed)
    workshop.write("docs/index.md", f"# Keys\n\nUse {SECRETS['npm']}\nor ghp_{'x' * 36}, hf_{'xyz' * 12}.\n\n{key}\n")
    sources.read(workshop.project, workshop.problems)
    told = [str(problem.place) for problem in workshop.problems if problem.kind == "secret-in-source"]
    assert told == ["docs/index.md:3", "docs/index.md:7", "snippets/typed.py:3", "snippets/typed.py:6"]
    assert not any(secret[-12:] in line for line in workshop.found for secret in SECRETS.values())


def test_script_in_which_a_key_stands_is_not_recorded_and_nobody_else_is_blamed(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    workshop.write("snippets/typed.py", f'# %% name="a"\nkey = "{SECRETS["github"]}"\n')
    workshop.write("docs/index.md", "# Keys\n\n```{cell} typed#a\n```\n")
    workshop.build()
    assert [problem.kind for problem in workshop.problems] == ["secret-in-source"]
    assert not (tmp_path / "recordings").exists()
