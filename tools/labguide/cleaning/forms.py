"""The forms of secrets, as their issuers document them: what a key, a token or a signed address looks like.

gitleaks and detect-secrets, which find that a file holds a secret but not where it ends, were read for what is missing.
Letters count as ASCII only, so that Chinese text beside a key does not hide it. No pattern tries a piece of text more
than a bounded number of times.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """What a kind of secret looks like. The group `secret` of the pattern, or else all of it, is what is replaced."""

    name: str
    pattern: re.Pattern[str]
    prefix: str = ""
    """How its replacement begins."""
    needle: str = ""
    """Part of every secret of this form: a text without it need not be searched."""
    holds: Callable[[str], bool] = lambda _value: True


def is_mixed(value: str) -> bool:
    """Whether letters and digits are mixed, as no word and no number is."""
    return any(each.isdigit() for each in value) and any(each.isalpha() for each in value)


def _is_both_cases(value: str) -> bool:
    return is_mixed(value) and value != value.lower() and value != value.upper()


def _is_openai(value: str) -> bool:
    """Class names of HTML, such as `sk-estimator-doc-link`, begin as these keys do, and have no such digits."""
    return _is_both_cases(value) or sum(each.isdigit() for each in value) >= 8


def _is_drawn_by_lot(value: str) -> bool:
    """Whether a text of 40 characters has both cases, digits, and more bits in a character than words or paths have."""
    share = [value.count(each) / len(value) for each in set(value)]
    entropy = -sum(each * math.log2(each) for each in share)
    digits = sum(each.isdigit() for each in value)
    is_hexadecimal = not value.lower().strip("0123456789abcdef")
    return _is_both_cases(value) and not is_hexadecimal and entropy >= (4.3 if digits > 1 else 4.6)


def _is_basic(value: str) -> bool:
    """Whether it is a name and a password, as HTTP's Basic authentication sends them (RFC 7617)."""
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False


_WORD, _URL, _BASE64 = "A-Za-z0-9", "-A-Za-z0-9_", "A-Za-z0-9+/"
_HEX, _CAPITALS, _SMALL = "a-f0-9", "A-Z0-9", "a-z0-9"

_START = r"(?<![A-Za-z0-9])"
_END = r"(?![A-Za-z0-9])"
_RUN = r"(?<![A-Za-z0-9_-])"
_APART, _TO_END = r"(?<![A-Za-z0-9+/])", r"(?![A-Za-z0-9+/=_-])"
_PEM = r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:\\{1,8}[nr]|[\s\"'|│]){1,80}"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def _form(
    name: str, pattern: str, prefix: str = "", needle: str = "", holds: Callable[[str], bool] = lambda _value: True
) -> Form:
    return Form(name, re.compile(pattern, re.ASCII), prefix, needle or prefix, holds)


def _token(issuer: str, prefix: str, letters: str, least: int, most: int = 0, behind: str = "") -> Form:
    """A token that is told by how it begins: `prefix`, and then so many of these letters."""
    pattern = rf"{re.escape(prefix)}[{letters}]{{{least},{most or 8 * least}}}{behind}"
    return Form(issuer, re.compile(pattern, re.ASCII), prefix, prefix)


TOKENS: tuple[Form, ...] = (
    _token("1Password", "ops_eyJ", _BASE64 + "=", 60, 4000),
    _token("Adobe", "p8e-", _SMALL, 32),
    _token("age", "AGE-SECRET-KEY-1", _CAPITALS, 50),
    _token("Amazon Bedrock", "ABSK", _BASE64, 80, 300, "={0,2}"),
    _token("Amazon Bedrock", "bedrock-api-key-", _BASE64 + "=", 30, 4000),
    _token("Amazon EKS", "k8s-aws-v1.", _URL, 40, 4000),
    _token("Asana", "ATCTT3", _URL + "=", 40),
    _token("Atlassian", "ATATT3", _URL + "=", 40, 400),
    _token("Artifactory", "AKCp", _WORD, 60, 90),
    _token("Artifactory", "cmVmd", _WORD, 59, 59),
    _token("Clojars", "CLOJARS_", _WORD, 40),
    _token("Databricks", "dapi", _HEX, 32, 32, r"(?:-\d)?"),
    *(_token("DigitalOcean", prefix, _HEX, 64, 64) for prefix in ("dop_v1_", "doo_v1_", "dor_v1_")),
    *(_token("Docker", prefix, _URL, 20) for prefix in ("dckr_pat_", "dckr_oat_")),
    *(_token("Doppler", f"dp.{kind}.", _WORD, 40) for kind in ("pt", "st", "ct", "sa", "scim", "audit")),
    *(_token("Duffel", f"duffel_{mode}_", _URL + "=", 40) for mode in ("live", "test")),
    _token("Dynatrace", "dt0c01.", _CAPITALS, 20, 30, r"\.[A-Z0-9]{60,70}"),
    *(_token("EasyPost", prefix, _WORD, 54, 54) for prefix in ("EZAK", "EZTK")),
    _token("Figma", "figd_", _URL, 38),
    _token("Flutterwave", "FLWSECK", "A-Za-z0-9_-", 12, 60),
    *(_token("Fly", prefix, "-A-Za-z0-9+/=_", 40, 4000) for prefix in ("fo1_", "fm1a_", "fm1r_", "fm2_")),
    _token("Frame.io", "fio-u-", _URL + "=", 60),
    *(_token("GitHub", f"gh{kind}_", _WORD, 30, 255) for kind in "pousr"),
    _token("GitHub", "github_pat_", _WORD + "_", 22, 255),
    *(
        _token("GitLab", f"{prefix}-", _URL, 20, 1024, r"(?:\.[a-z0-9]{2}\.?[a-z0-9]{7})?")
        for prefix in "glpat gldt glft glffct glsoat glrt glcbt glimt glptt glagent gloas glwt".split()  # noqa: SIM905
    ),
    _token("GitLab", "GR1348941", _URL, 20),
    _token("Google", "AIza", _URL, 35, 35),
    _token("Google", "ya29.", _URL, 20, 2000),
    _token("Google", "GOCSPX-", _URL, 28, 28),
    _token("Google", "1//0", _URL, 40),
    _token("Grafana", "glsa_", _WORD + "_", 32),
    _token("Grafana", "glc_", _BASE64 + "=", 32, 400),
    _token("Grafana", "eyJrIjoi", _BASE64 + "=", 60, 400),
    _token("Groq", "gsk_", _WORD, 40),
    _token("Heroku", "HRKU-", _URL, 36),
    *(_token("HashiCorp Vault", f"hv{kind}.", _URL, 24, 400) for kind in "sbr"),
    _token("Hugging Face", "hf_", _WORD, 33, 100),
    _token("Hugging Face", "api_org_", _WORD, 30),
    _token("Infracost", "ico-", _WORD, 32, 32),
    _token("LangSmith", "lsv2_", _HEX + "_pskt", 40, 120),
    _token("Linear", "lin_api_", _WORD, 32),
    _token("New Relic", "NRAK-", _CAPITALS, 27, 27),
    _token("New Relic", "NRII-", _URL, 32, 32),
    _token("Notion", "ntn_", _WORD, 40),
    _token("Notion", "secret_", _WORD, 43, 43),
    _token("npm", "npm_", _WORD, 36),
    _token("NVIDIA", "nvapi-", _URL, 30),
    _token("OpenShift", "sha256~", _URL, 43, 43),
    _token("Perplexity", "pplx-", _WORD, 40),
    _token("Pinecone", "pcsk_", _WORD + "_", 40),
    *(_token("PlanetScale", f"pscale_{kind}_", _URL + "=.", 32) for kind in ("tkn", "oauth", "pw")),
    *(_token("PostHog", prefix, _WORD, 40) for prefix in ("phx_", "phs_")),
    _token("Postman", "PMAK-", "-a-f0-9", 50, 70),
    *(_token("Prefect", prefix, _WORD, 36, 36) for prefix in ("pnu_", "pnb_")),
    _token("Pulumi", "pul-", _HEX, 40, 40),
    _token("PyPI", "pypi-", _URL, 70, 1000),
    _token("ReadMe", "rdme_", _SMALL, 70, 70),
    _token("Replicate", "r8_", _WORD, 37, 40),
    _token("RubyGems", "rubygems_", _HEX, 48, 48),
    _token("Scalingo", "tk-us-", _URL, 40),
    _token("Sendinblue", "xkeysib-", _HEX, 64, 64, "-[A-Za-z0-9]{16}"),
    *(_token("Sentry", prefix, _BASE64 + "=_", 60, 600) for prefix in ("sntrys_", "sntryu_")),
    *(_token("SettleMint", f"sm_{kind}_", _WORD, 16) for kind in ("aat", "pat", "sat")),
    *(_token("Shippo", f"shippo_{mode}_", _HEX, 40, 40) for mode in ("live", "test")),
    *(_token("Shopify", f"shp{kind}_", "A-Fa-f0-9", 32) for kind in ("at", "ca", "pa", "ss")),
    _token("Slack", "xapp-", _URL, 20, 400),
    _token("Slack", "xoxe.xox", _URL, 20, 400),
    *(_token("Slack", f"xox{kind}-", "A-Za-z0-9-", 10, 400) for kind in "abceoprsd"),
    _token("Snyk or Sourcegraph", "sgp_", "A-Fa-f0-9_local", 40, 70),
    *(_token("Sonar", prefix, _WORD, 40, 40) for prefix in ("squ_", "sqp_", "sqa_")),
    *(_token("Square", prefix, _URL, 22, 60) for prefix in ("sq0atp-", "sq0csp-")),
    *(_token("Stripe", f"{who}_{mode}_", _WORD, 16, 250) for who in ("sk", "rk") for mode in ("live", "test", "prod")),
    _token("Stripe", "whsec_", _WORD + "+/=", 32),
    *(_token("Supabase", prefix, _WORD + "_", 40) for prefix in ("sbp_", "sb_secret_")),
    _token("Tailscale", "tskey-", _URL, 20),
    _token("Typeform", "tfp_", _URL + ".=", 50),
    *(_token("Vercel", f"vc{kind}_", _WORD, 24, 80) for kind in "piark"),
    _token("Weights & Biases", "wandb_v1_", _WORD + "_", 60),
    _token("xAI", "xai-", _WORD, 60),
    _token("Yandex", "AQVN", _URL, 35, 38),
)
"""Tokens that no other text begins like."""

OTHERS: tuple[Form, ...] = (
    _form("AWS access key id", r"(?:AKIA|ASIA|ABIA|ACCA|APKA)[A-Z0-9]{16}(?![A-Z0-9])", "AKIA", "A"),
    _form("AWS secret key", r"(?<![A-Za-z0-9/+_.-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])", "", "", _is_drawn_by_lot),
    _form("AWS session token", _START + r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9/+=]{40,8000}"),
    _form("1Password key", _START + r"A3-[A-Z0-9]{6}-[A-Z0-9]{6}(?:-?[A-Z0-9]{5}){4}" + _END, "A3-"),
    _form("Airtable token", _START + r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}", "pat"),
    _form("Alibaba key id", _APART + r"LTAI[A-Za-z0-9]{16,24}" + _TO_END, "LTAI", "", _is_both_cases),
    _form("Azure client secret", r"(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}", "", "Q~"),
    _form("Azure DevOps token", _APART + r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}", "", "AZDO"),
    _form("Azure key", _APART + r"[-A-Za-z0-9+/_]{30,80}(?:\+ACR|AzFu|ACDb|\+AIoT|\+ASt)[A-Za-z0-9+/]{4,8}={0,2}"),
    _form("Azure storage key", r"AccountKey=(?P<secret>[A-Za-z0-9+/=]{80,100})", "", "AccountKey="),
    _form("Azure signature", r"[?&;]sig=(?P<secret>[A-Za-z0-9%+/=_-]{30,200})", "", "sig="),
    _form("ClickHouse key", _START + r"4b1d[A-Za-z0-9]{38}" + _END, "4b1d", "", _is_both_cases),
    _form("Cloudflare key", r"v1\.0-[a-f0-9]{24}-[a-f0-9]{146}", "v1.0-"),
    _form(
        "Discord token",
        _START + r"[MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,38}",
        "",
        ".",
        _is_both_cases,
    ),
    _form("Dropbox token", _START + r"sl\.[A-Za-z0-9_=-]{100,1200}", "sl."),
    _form("Facebook token", _APART + r"\d{15,16}\|[A-Za-z0-9_-]{27,40}", "", "|", _is_both_cases),
    _form("Facebook token", _APART + r"EAA[A-Z][A-Za-z0-9]{80,300}" + _TO_END, "EAA"),
    _form("Harness token", _START + r"[ps]at\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}", "", "at."),
    _form("Langfuse key", rf"[sp]k-lf-{_UUID}", "sk-lf-", "k-lf-"),
    _form("Mailchimp key", _START + r"[0-9a-f]{32}-us\d{1,2}" + _END, "", "-us"),
    _form("Mailgun key", _RUN + r"key-[a-f0-9]{32}" + _END, "key-"),
    _form("Mapbox token", _START + r"[sp]k\.[A-Za-z0-9_-]{50,120}\.[A-Za-z0-9_-]{22}", "sk.", "k."),
    _form("MaxMind key", r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk", "", "_mmk"),
    _form("NuGet key", _START + r"oy2[a-z0-9]{43}" + _END, "oy2"),
    _form("Octopus key", _START + r"API-[A-Z0-9]{26}" + _END, "API-", "", is_mixed),
    _form("OpenAI, Anthropic or like key", _START + r"sk-[A-Za-z0-9_-]{20,300}", "sk-", "", _is_openai),
    _form("SendGrid key", _START + r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}", "SG."),
    _form("Square token", _APART + r"EAAA[A-Za-z0-9_-]{60}", "EAAA"),
    _form("Telegram token", _START + r"\d{8,10}:AA[A-Za-z0-9_-]{33}" + _END, "", ":AA"),
    _form("Terraform token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}", "", ".atlasv1."),
    _form("Twilio key", _START + r"SK[0-9a-f]{32}" + _END, "SK"),
    _form("Twitter token", _APART + r"A{22}[A-Za-z0-9%]{60,120}" + _TO_END, "", "A" * 22),
    _form("Vault token", _START + r"s\.[A-Za-z0-9]{24}" + _END, "s.", "", _is_both_cases),
    _form("42 key", _START + r"[us]-s4t2(?:ud|af)-[a-f0-9]{64}", "", "-s4t2"),
    _form("Slack webhook", r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9+/_-]{20,200})"),
    _form("Discord webhook", r"discord(?:app)?\.com/api/webhooks/\d{10,25}/(?P<secret>[A-Za-z0-9_-]{50,100})"),
    _form("Teams webhook", rf"webhook\.office\.com/webhookb2/(?P<secret>{_UUID}@{_UUID}/IncomingWebhook/[0-9a-f/-]+)"),
    # One try for each run of letters, so that a long text of `eyJ` is read once.
    _form(
        "JSON web token",
        _RUN + r"[A-Za-z0-9_-]{11,8000}\.eyJ[A-Za-z0-9_-]{8,16000}\.[A-Za-z0-9_-]{0,8000}",
        needle=".eyJ",
        holds=lambda value: "eyJ" in value.partition(".")[0],
    ),
    _form(
        "encrypted JSON web token",
        _RUN + r"[A-Za-z0-9_-]{11,8000}(?:\.[A-Za-z0-9_-]{0,8000}){4}(?![A-Za-z0-9_.-])",
        needle="eyJ",
        holds=lambda value: "eyJ" in value.partition(".")[0],
    ),
    # With headers or without, its lines ended by what a program or a notation ends lines with.
    _form("private key", rf"{_PEM}(?P<secret>(?:[^-]|-(?!----)){{16,20000}})-----END", needle="PRIVATE KEY"),
    _form("private key", rf"{_PEM}(?P<secret>(?:[A-Za-z0-9+/=]|\\[nr]|\s){{16,20000}})", needle="PRIVATE KEY"),
    _form("URL password", r"[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/:@'\"<>?#]{0,100}:(?P<secret>[^\s/@'\"<>]{1,200})@"),
    _form("URL token", r"https?://(?P<secret>[A-Za-z0-9_-]{20,200})@", "", "@", is_mixed),
    _form(
        "signed request",
        r"(?:[?&;]|%3F|%26|\b)(?:X-(?:Amz|Goog)-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature|"
        r"authToken|access_token|id_token|refresh_token)(?:=|%3D)(?P<secret>(?:(?!%26)[^\s&\"'<>;|]){8,8000})",
    ),
    _form(  # https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html: the fields of a signed form
        "signed form",
        r"AWSAccessKeyId[\"']: [\"'][^\"']{1,60}[\"'][^}]{0,4000}"
        r"[\"']signature[\"']: [\"'](?P<secret>[A-Za-z0-9+/=]{16,80})",
        "",
        "AWSAccessKeyId",
    ),
    _form("signed policy", r"[?&;]Policy=(?P<secret>[A-Za-z0-9_~-]{40,8000})", "", "Policy="),
    _form("token in an address", r"[?&;](?:token|key|api_key|apikey)(?:=|%3D)(?P<secret>[^\s&\"'<>;|]{8,8000})"),
    _form("bearer", r"(?:[Bb]earer|BEARER)[ ]{1,4}(?P<secret>[A-Za-z0-9._~+/-]{16,8000}={0,2})", "", "", is_mixed),
    _form(
        "basic authentication", r"(?:[Bb]asic|BASIC)[ ]{1,4}(?P<secret>[A-Za-z0-9+/]{8,8000}={0,2})", holds=_is_basic
    ),
    _form(
        "password of Docker", r"[\"']auth\\?[\"']: ?\\?[\"'](?P<secret>[A-Za-z0-9+/]{8,8000}={0,2})", holds=_is_basic
    ),
    _form(
        "hash of a password", r"\$(?:2[abxy]|5|6|y|7|argon2id?|scrypt)\$(?P<secret>[A-Za-z0-9./$=,+]{30,200})", "", "$"
    ),
    _form("password of curl", r"curl\b[^\n]{0,200} (?:-u|--user)[ =]'?\"?[\w.@-]{1,60}:(?P<secret>[^\s'\"]{3,200})"),
    _form("password of Docker", r"docker login\b[^\n]{0,200} (?:-p|--password)[ =](?P<secret>[^\s'\"]{3,8000})"),
)

FORMS = (*TOKENS, *OTHERS)

SURE = (*TOKENS, *(form for form in OTHERS if form.name in ("private key", "Slack webhook", "JSON web token")))
"""What is a secret in whatever text it stands."""
