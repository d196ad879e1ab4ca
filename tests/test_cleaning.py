"""Cleaning: nothing secret survives it in any form, and everything else does."""

from __future__ import annotations

import base64
import html
import io
import json
import string
import time
from typing import Any
from urllib.parse import quote

import pytest
from detect_secrets.plugins import aws, github_token, gitlab_token, jwt, openai, pypi_token, sendgrid, slack, stripe
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from labguide import terminal
from labguide.cleaning import ACCOUNT, AS_IT_IS, Hider, Known, Left, caller_secrets, clean_run
from labguide.model import Origin

UPPER, LOWER, DIGITS = string.ascii_uppercase, string.ascii_lowercase, string.digits
LETTERS = string.ascii_letters + DIGITS


def drawn(alphabet: str, size: int) -> st.SearchStrategy[str]:
    """Text as a generator of keys draws it: with small letters, capitals and digits, if the alphabet has them."""
    needed = [each for each in ("aZ7" if size > 3 else "") if each in alphabet]
    rest = st.text(alphabet, min_size=size - len(needed), max_size=size - len(needed))
    return rest.map(lambda text: "".join((*text[: size // 2], *needed, *text[size // 2 :])))


def joined(*parts: str | st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    strategies = [part if isinstance(part, st.SearchStrategy) else st.just(part) for part in parts]
    return st.tuples(*strategies).map("".join)


FORMS: dict[str, st.SearchStrategy[str]] = {
    "aws": joined(st.sampled_from(["AKIA", "ASIA"]), drawn(UPPER + "234567", 16)).filter(lambda s: "EXAMPLE" not in s),
    "github": joined(st.sampled_from(["ghp_", "gho_", "ghs_"]), drawn(LETTERS, 36)),
    "github-fine": joined("github_pat_", drawn(LETTERS + "_", 82)),
    "gitlab": joined("glpat-", drawn(LETTERS + "_-", 20)),
    "hugging-face": joined("hf_", drawn(LETTERS, 34)),
    "openai": joined("sk-", drawn(LETTERS, 20), "T3BlbkFJ", drawn(LETTERS, 20)),
    "openai-project": joined("sk-proj-", drawn(LETTERS + "_-", 80)),
    "anthropic": joined("sk-ant-api03-", drawn(LETTERS + "_-", 90)),
    "slack": joined("xoxb-", drawn(DIGITS, 11), "-", drawn(DIGITS, 12), "-", drawn(LETTERS, 24)),
    "stripe": joined("sk_live_", drawn(LETTERS, 24)),
    "npm": joined("npm_", drawn(LETTERS, 36)),
    "pypi": joined("pypi-AgEIcHlwaS5vcmc", drawn(LETTERS + "_-", 80)),
    "google": joined("AIza", drawn(LETTERS + "_-", 35)),
    "sendgrid": joined("SG.", drawn(LETTERS, 22), ".", drawn(LETTERS, 43)),
    "jwt": joined("eyJ", drawn(LETTERS, 30), ".eyJ", drawn(LETTERS, 60), ".", drawn(LETTERS + "_-", 43)),
}
SECRETS = st.one_of(*FORMS.values())

DETECTORS = [
    plugin()
    for plugin in (
        aws.AWSKeyDetector,
        github_token.GitHubTokenDetector,
        gitlab_token.GitLabTokenDetector,
        jwt.JwtTokenDetector,
        openai.OpenAIDetector,
        pypi_token.PypiTokenDetector,
        sendgrid.SendGridDetector,
        slack.SlackDetector,
        stripe.StripeDetector,
    )
]

# What may stand beside a secret without being part of it.
AROUND = st.text(st.sampled_from("金鑰已建立：，。 \n\t\"'()[]{}<>|=:;, ？ü"), max_size=6)


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def display(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {key.replace("_", "/"): value for key, value in data.items()}}


def cleaned(*outputs: dict[str, Any], known: Known | None = None, tags: tuple[str, ...] = ()) -> str:
    """All that is kept of a cell's outputs, as one JSON text."""
    verbatim = ["cell"] if AS_IT_IS in tags else []
    found = clean_run(Left({"cell": outputs}, {}), Hider(known), "", verbatim)
    return json.dumps(found.outputs["cell"], ensure_ascii=False)


def hidden(text: str, *secrets: str) -> str:
    hider = Hider(Known(secrets))
    hider.learn([text])
    return hider.text(text)


@given(AROUND, SECRETS, AROUND)
def test_secret_of_any_form_is_hidden_whatever_stands_beside_it(before: str, secret: str, after: str) -> None:
    shown = hidden(f"{before}{secret}{after}")
    assert secret not in shown
    assert secret[-12:] not in shown
    assert shown.startswith(before)
    assert shown.endswith(after)


@given(AROUND, SECRETS, AROUND)
def test_what_detect_secrets_finds_is_hidden(before: str, secret: str, after: str) -> None:
    shown = hidden(f"{before}{secret}{after}").replace("AKIAIOSFODNN7EXAMPLE", "")
    assert [found for detector in DETECTORS for found in detector.analyze_string(shown)] == []


@given(st.text(), SECRETS)
@example("AKIAIOSFODNN7EXAMPLE and 111122223333, ghp_EXAMPLE-2", "ghp_" + "aZ7" * 12)
@example("password=EXAMPLE secret_key='EXAMPLE-3'", "ghp_" + "aZ7" * 12)
def test_cleaning_twice_is_cleaning_once(text: str, secret: str) -> None:
    once = hidden(f"{text} {secret} {text}")
    assert hidden(once) == once


DATA = [
    "600851475143 0xffffff",
    "order 123456789012",
    "react@18.2.0 and W@x.shape",
    "git@github.com:mei/course.git",
    "mei@shop.example.net",
    "請寄信到help@shop.test",
    "https://shop.test/home/lamps/desk",
    "/tmp/a.csv /tmp/b.csv",
    "2014-01-01 00:00:00 2014-01-01 01:00:00",
    "01234567-89ab-4cde-8f01-23456789abcd",
    "d41d8cd98f00b204e9800998ecf8427e da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "tokens: 1234, max_token: 4096, token: 17",
    "{'token': 'Hello', 'score': 0.98}",
    "secret_key = getpass.getpass()",
    "password = input('Password: ')",
    "The password is required. Basic understanding of tokens",
    "Enter your password: ",
    "sk-container-id-1 sk-estimator-doc-link",
    "key: value, keyword: token_count, monkey=banana7",
    "<class 'sagemaker.core.helper.session_helper.Session'>",
    "arn:aws:sagemaker:us-east-1:683313688378:algorithm/scikit-learn",
    "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
    "/usr/local/lib/python3.11/site-packages/sklearn/base.py:486: UserWarning",
    "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "http://127.0.0.1:8888/lab",
    "git commit 3fa85f6457174562b3fc2c963f66afa6aaaaaaaa",
    "AttributeError: 'NoneType' object has no attribute 'secret'",
    "arn:aws:secretsmanager:us-west-2:123456789012:secret:MyTestDatabaseSecret-a1b2c3",
    '"NextContinuationToken": "1w41l63U0xa8q7smH50vCxyTQqdxo69O3EmK28Bi5PcROI4wI/EyIJg=="',
    "{'ClientRequestToken': '3fa85f64-5717-4562-b3fc-2c963f66afa6', 'output_token': 'NextPartNumberMarker'}",
    "numpy/LICENSE,sha256=eI_mglMjoZbYfrvloTY2ce02aiVjPIkiZfqgNTZRfuA,24903",
    "password (bool, optional): Hide what is typed. fit (bool, optional): Fit to contents.",
    "You need to pass `max_buffer_size=0` if you have large but safe data.",
    "The token 7 of 12 and the password hunting season",
]


@pytest.mark.parametrize("text", DATA)
def test_data_stays_as_it_was_printed(text: str) -> None:
    assert hidden(text, "471298650143") == text


@given(st.text(string.printable.replace("\r", "").replace("\x0b", "").replace("\x0c", "") + "準確率資料已建立，。"))
@settings(max_examples=300)
def test_text_without_a_name_of_secrets_stays_as_it_was_printed(text: str) -> None:
    assert hidden(text) == text or any(
        mark in text.lower() for mark in ("://", "pass", "pwd", "token", "secret", "key", "basic", "bearer", "sig=")
    )


@given(st.integers() | st.floats() | st.datetimes().map(str) | st.uuids().map(str) | st.ip_addresses().map(str))
def test_numbers_dates_and_ids_stay_as_they_were_printed(value: object) -> None:
    assert hidden(str(value), "471298650143") == str(value)


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter2",
        "password: S3cr&t!",
        "{'password': 'correct horse battery'}",
        'DB_PASSWORD="Pa$$w0rd!"',
        "postgres://user:hunter2@db:5432/shop",
        "密碼：hunter2",
        "| password | hunter2 |",
        "passwd\thunter2",
        "Authorization: Basic dXNlcjpodW50ZXIy",
        "?password=hunter2",
        'connect(user="mei", password="hunter2")',
        "('password', 'hunter2')",
        r"{\"password\": \"hunter2\"}",
    ],
)
def test_password_is_hidden_by_what_stands_beside_it(text: str) -> None:
    shown = hidden(text)
    for secret in ("hunter2", "S3cr", "correct", "w0rd", "dXNl"):
        assert secret not in shown


def test_secret_shown_beside_its_name_is_hidden_where_it_stands_alone() -> None:
    key = "Zk3" + "qW8r" * 8
    shown = cleaned(stream(f"secret_access_key = {key}\n"), display(text_plain=f"('{key}',)"))
    assert key not in shown


@pytest.mark.parametrize(
    "output",
    [
        display(application_json={"Credentials": {"SecretAccessKey": "Zk3qW8rT"}}),
        display(application_json={"Environment": [{"Name": "API_KEY", "Value": "Zk3qW8rT"}]}),
        display(application_json=[{"Key": "password", "Value": "Zk3qW8rT"}]),
        display(text_html="<table><tr><th>SecretAccessKey</th></tr><tr><td>Zk3qW8rT</td></tr></table>"),
        display(text_html="<table><tr><th>name</th><td>api_key</td><td>Zk3qW8rT</td></tr></table>"),
        display(text_plain="api_key   Zk3qW8rT\nregion    us-east-1\ndtype: object"),
        display(text_markdown="| key | value |\n|--|--|\n| api_key | `Zk3qW8rT` |"),
    ],
)
def test_name_and_value_are_seen_together(output: dict[str, Any]) -> None:
    assert "Zk3qW8rT" not in cleaned(output)


ADVERSE = [
    "token=",
    "ab=",
    "password: x1;",
    "eyJ.",
    "<table><tr><td>a</td>token",
    "\\",
    "金鑰：",
    "\x1b[31m",
    "a\n",
    "%25",
]


@pytest.mark.parametrize("piece", ADVERSE)
def test_text_twice_as_long_takes_about_twice_as_long(piece: str) -> None:
    def seconds(size: int) -> float:
        text, started = piece * (size // len(piece)), time.process_time()
        hidden(text)
        return time.process_time() - started

    short, long = seconds(20_000), seconds(80_000)
    assert long < 8 * short + 0.5
    assert short < 5


def test_name_and_value_of_a_quoted_value_are_seen_together() -> None:
    found = clean_run(Left({}, {"login": {"password": "abc"}, "user": "abc"}), Hider(), "")
    assert found.values == {"login": {"password": "EXAMPLE"}, "user": "abc"}


SPELLINGS = {
    "as it is": lambda secret: secret,
    "in HTML": html.escape,
    "in an address": lambda secret: quote(secret, safe=""),
    "in JSON": json.dumps,
    "in Python": repr,
    "in base64": lambda secret: base64.b64encode(f"user:{secret}".encode()).decode(),
    "in base64, a letter on": lambda secret: base64.b64encode(f"users:{secret}!".encode()).decode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_known_secret_is_hidden_in_every_spelling(spelling: str) -> None:
    secret = "a<b>&\"c'/d+e=f\\g h"
    shown = hidden(SPELLINGS[spelling](secret), secret)
    assert "EXAMPLE" in shown
    assert SPELLINGS[spelling](secret)[4:-6] not in shown


KEY = "ghp_" + "aZ7" * 12
LONG = "github_pat_" + "aZ7" * 27
HIDDEN_IN = {
    "coloured": f"{KEY[:9]}\x1b[31m{KEY[9:14]}\x1b[0m{KEY[14:]} ok",
    "in spans": f"<pre><span class='s'>{KEY[:9]}</span><span>{KEY[9:]}</span></pre>",
    "with places to break": f"{KEY[:9]}<wbr>{KEY[9:]}",
    "folded by a console": f"{{\n'k':\n'{LONG[:79]}\n{LONG[79:]}'\n}}",
    "twice in lines of one length": f"{KEY[:9]}\x1b[1m{KEY[9:]}\n{KEY}\n",
    "in LaTeX": KEY.replace("_", r"\_"),
    "in JSON in base64": base64.b64encode(json.dumps({"user": "mei", "k": KEY}).encode()).decode(),
    "in an address in an address": quote(quote(f"https://shop.test/?q={KEY}", safe=""), safe=""),
    "in HTML in an attribute": html.escape(html.escape(f'"{KEY}"')),
    "in JSON in JSON": json.dumps(json.dumps({"k": KEY})),
}


@pytest.mark.parametrize("written", HIDDEN_IN)
def test_secret_that_no_run_was_told_of_is_found(written: str) -> None:
    shown = hidden(HIDDEN_IN[written])
    assert "EXAMPLE" in shown or base64.b64encode(KEY[9:24].encode()).decode() not in shown
    assert "aZ7aZ7" not in shown
    assert base64.b64encode(KEY[9:24].encode()).decode() not in shown


@pytest.mark.parametrize(
    "text",
    [
        "jdbc:mysql://db:3306/shop?user=mei&password=Dsd4hP1qcU5w",
        "Server=db;Database=shop;Uid=mei;Pwd=Dsd4hP1qcU5w;",
        "DB_PASS=Dsd4hP1qcU5w",
        "machine api.test login mei password Dsd4hP1qcU5w",
        "curl -u mei:Dsd4hP1qcU5w https://api.test/",
        "curl -H 'X-API-Key: Dsd4hP1qcU5w' https://api.test/",
        "docker login -u AWS -p Dsd4hP1qcU5w registry.test",
        "mei:$2b$12$Dsd4hP1qcU5wDsd4hP1qcU5wDsd4hP1qcU5wDsd4hP1qcU5wDsd4h",
    ],
)
def test_secret_is_hidden_among_other_settings(text: str) -> None:
    assert "Dsd4hP1qcU5w" not in hidden(text)
    assert hidden(text)[:4] == text[:4]


def test_line_of_a_key_of_many_lines_is_hidden_alone() -> None:
    lines = ["aZ7" * 20, "bY6" * 20]
    assert hidden(f"second: {lines[1]}", "\n".join(lines)) == "second: EXAMPLE"


def test_short_password_is_hidden_beside_its_name_only() -> None:
    assert hidden("validate('hai')\n{'password': 'hai'}") == "validate('hai')\n{'password': 'EXAMPLE'}"


def test_signed_address_is_hidden_escaped_or_not() -> None:
    plain = "https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA%2F1&X-Amz-Signature=0a1b2c3d4e5f6a7b&X-Amz-Expires=60"
    for address in (plain, html.escape(plain), quote(plain, safe="")):
        shown = hidden(address)
        assert "0a1b2c3d4e5f6a7b" not in shown
        assert "60" in shown


@pytest.mark.parametrize(
    "fields",
    [
        {
            "key": "k",
            "AWSAccessKeyId": "111122223333",
            "policy": "eyJleHAi",
            "signature": "e8zCQ7wCynkYSjwY5tIPptPVg5I=",
        },
        {"x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-signature": "0a1b2c3d4e5f6a7b0a1b2c3d4e5f6a7b"},
    ],
)
def test_fields_of_a_signed_form_are_hidden(fields: dict[str, str]) -> None:
    secret = fields[next(name for name in fields if name.endswith("signature"))]
    for text in (str(fields), json.dumps(fields)):
        assert secret not in hidden(text)


def test_private_key_is_hidden_up_to_its_end_and_no_further() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA75zz\nabcd==\n-----END RSA PRIVATE KEY-----"
    assert (
        hidden(f"begin\n{key}\nend")
        == f"begin\n{key.replace(key.split(chr(10), 1)[1].rsplit(chr(10), 1)[0], 'EXAMPLE')}\nend"
    )


def test_account_is_replaced_as_a_number_too_and_nowhere_inside_another() -> None:
    hider = Hider(Known(("471298650143",)))
    value = {"account": 471298650143, "arn": "arn:aws:iam::471298650143:role/x", "share": 0.471298650143}
    assert hider.value(value) == {
        "account": int(ACCOUNT),
        "arn": f"arn:aws:iam::{ACCOUNT}:role/x",
        "share": 0.471298650143,
    }
    assert hider.text("4712986501430 4712-9865-0143") == f"4712986501430 {ACCOUNT}"
    assert hider.text("471298650143.dkr.ecr.us-east-1.amazonaws.com") == f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"


@given(st.lists(SECRETS, min_size=2, max_size=5, unique=True))
def test_two_secrets_never_become_one(secrets: list[str]) -> None:
    found = clean_run(Left({}, {"keys": dict.fromkeys(secrets, 1)}), Hider(), "")
    assert len(found.values["keys"]) == len(secrets)


def test_secret_never_becomes_something_else_that_was_printed() -> None:
    shown = hidden("ghp_EXAMPLE ghp_" + "aZ7" * 12)
    assert shown == "ghp_EXAMPLE ghp_EXAMPLE-2"


def test_secret_cut_in_two_by_a_line_of_the_other_stream_is_hidden() -> None:
    key = "ghp_" + "aZ7" * 12
    assert key[8:30] not in cleaned(stream(key[:20]), stream("warning\n", "stderr"), stream(key[20:]))


def test_texts_in_a_picture_file_are_left_out_and_its_pixels_stay() -> None:
    about = PngImagePlugin.PngInfo()
    about.add_text("Comment", "ghp_" + "aZ7" * 12)
    file = io.BytesIO()
    Image.new("RGB", (3, 2), (10, 20, 30)).save(file, "PNG", pnginfo=about)
    shown = json.loads(cleaned(display(image_png=base64.b64encode(file.getvalue()).decode())))
    kept = base64.b64decode(shown[0]["data"]["image/png"])
    assert b"ghp_" not in kept
    assert Image.open(io.BytesIO(kept)).getpixel((2, 1)) == (10, 20, 30)


@pytest.mark.parametrize("mime", ["image/png", "image/bmp", "image/avif", "image/x-portable-pixmap", "application/pdf"])
def test_bytes_in_base64_that_look_like_a_key_by_chance_stay(mime: str) -> None:
    by_chance = base64.b64encode(base64.b64decode("AKIAQ2KX0Z9ATT1TQ2KX")).decode()
    kept = json.loads(cleaned({"output_type": "display_data", "data": {mime: by_chance}}))
    assert kept[0]["data"][mime] == by_chance


def test_folder_of_the_machine_is_replaced_behind_the_mark_of_a_colour() -> None:
    cleaner = Hider(Known(folders={"/opt/work/venv": "/opt/python"}))
    assert cleaner.text("\x1b[32m/opt/work/venv/lib/a.py:6\x1b[39m") == "\x1b[32m/opt/python/lib/a.py:6\x1b[39m"


def test_folders_of_the_machine_are_replaced_where_a_path_begins() -> None:
    known = Known(folders={"/home/mei": "~", "/home/mei/work": "/tmp/workshop"})
    text = "/home/mei/work/a.csv /home/mei/b /home/meilin https://x.test/home/mei/c file:///home/mei/d"
    assert Hider(known).text(text) == "/tmp/workshop/a.csv ~/b /home/meilin https://x.test/home/mei/c file://~/d"


def test_verbatim_output_keeps_all_but_secrets() -> None:
    known = Known(("471298650143",), {"/home/mei": "~"})
    text = "/home/mei 471298650143 50%\r100%"
    shown = json.loads(cleaned(stream(text), known=known, tags=(AS_IT_IS,)))
    assert shown[0]["text"] == f"/home/mei {ACCOUNT} 50%\r100%"
    shown = json.loads(cleaned(display(application_json={"at": ["/home/mei"]}), known=known, tags=(AS_IT_IS,)))
    assert shown[0]["data"]["application/json"] == {"at": ["/home/mei"]}


def test_variables_that_hold_secrets_are_known_by_name_or_form() -> None:
    variables = {
        "GITHUB_TOKEN": "abcdef123",
        "DB": "postgres://u:pw12345@db/x",
        "EDITOR": "vim",
        "SSH_AUTH_SOCK": "/run/s",
        "GIT_AUTHOR_NAME": "Mei Chen",
        "DB_PASSWORD": "training",
    }
    found = caller_secrets(variables)
    assert "abcdef123" in found
    assert "pw12345" in found
    assert not {"vim", "/run/s", "Mei Chen", "training"} & set(found)


def test_what_code_says_itself_was_not_drawn_by_lot() -> None:
    left = Left({"cell": [stream("data-3fa85f64 data-0bd1e772")]}, {}, names=("data-3fa85f64", "data-0bd1e772"))
    assert clean_run(left, Hider(), 'bucket = "data-3fa85f64"').origin.made == ("0bd1e772",)


@pytest.mark.parametrize("lot", ["3fa85f64", "48213905", "bdeeabdd", "482139", "Q2KX0Z9ATT1T"])
def test_part_of_a_name_that_was_drawn_by_lot_is_known_as_made(lot: str) -> None:
    left = Left({"cell": [stream(f"m-{lot}")]}, {}, names=(f"arn:aws:sagemaker:us-east-1:471298650143:model/m-{lot}",))
    assert clean_run(left, Hider(), "").origin.made == (lot,)


def test_only_what_is_shown_of_what_a_run_made_is_kept() -> None:
    left = Left(
        {"cell": [stream("data-3fa85f64")]}, {}, names=("data-3fa85f64", "data-0bd1e772"), origin=Origin("2026-11-27")
    )
    assert clean_run(left, Hider(), "").origin == Origin("2026-11-27", made=("3fa85f64",))


@pytest.mark.parametrize(
    ("text", "final"),
    [
        ("10%\r50%\r100%\n", "100%\n"),
        ("100%\r5", "500%"),
        ("abc\b\bX", "aXc"),
        ("done\r\n", "done\r\n"),
        ("long line\r\x1b[Kok", "ok"),
        ("a\nb\x1b[1AX\n", "aX\nb"),
        ("訓練中\r完", "完練中"),
        ("\x1b[31mred\x1b[0m\rR", "R\x1b[31med\x1b[0m"),
        ("no moves \x1b[1mhere\x1b[0m  ", "no moves \x1b[1mhere\x1b[0m  "),
        ("0/2\r1/2\r2/2", "2/2"),
    ],
)
def test_terminal_text_is_what_is_seen_at_the_end(text: str, final: str) -> None:
    assert terminal.final(text) == final


@given(st.text())
def test_terminal_text_is_final_once(text: str) -> None:
    assert terminal.final(terminal.final(text)) == terminal.final(text)


def test_each_of_thousands_of_secrets_gets_a_replacement_of_its_own() -> None:
    secrets = [f"ghp_{number:036d}".replace("0", "aB") for number in range(3_000)]
    found = clean_run(Left({}, {"keys": secrets}), Hider(), "")
    assert len(set(found.values["keys"])) == len(set(secrets))
