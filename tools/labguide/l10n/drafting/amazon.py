"""Amazon Translate, with the glossary's words as a terminology that is deleted again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from labguide.backends.aws.account import Account
from labguide.problems import CannotBuildError

USD_FOR_A_MILLION = 15.0
"""For real-time translation of text, in US dollars for a million characters, https://aws.amazon.com/translate/pricing/.
Typed in by hand on 2026-11-28, not from AWS's price API; what is free in the first year is not taken off."""

_MOST_TERMS = 256
_MOST_BYTES_OF_TERM = 200
_LANGUAGES = {"zh-Hant": "zh-TW", "zh-Hant-TW": "zh-TW", "zh-Hans": "zh", "zh-CN": "zh", "pt-BR": "pt", "nb": "no"}
"""Tags that Amazon Translate has other codes for."""


class AmazonTranslate:
    """Amazon Translate in the caller's account and region."""

    name = "Amazon Translate"
    most_bytes = 10_000

    def __init__(self) -> None:
        self._account = Account()

    def usd(self, characters: int) -> float:
        """What so many characters cost, in US dollars."""
        return characters * USD_FOR_A_MILLION / 1e6

    def begins(self, terms: Mapping[str, str], source: str, target: str) -> str:
        """What it would make in the caller's account."""
        count = len(_fitting(terms))
        return f"a terminology of {count} words in your account, deleted at the end" if count else ""

    def translate(self, texts: Sequence[str], terms: Mapping[str, str], source: str, target: str) -> list[str]:
        """These texts in another language, one for one. Raises CannotBuildError if the service refuses."""
        languages = {"SourceLanguageCode": _code(source), "TargetLanguageCode": _code(target)}
        with _explained():
            client = self._account.client("translate")
            with _terminology(client, _fitting(terms), languages) as names:
                return [_translated(client, text, names, languages) for text in texts]


def _translated(client: Any, text: str, names: list[str], languages: Mapping[str, str]) -> str:
    return str(client.translate_text(Text=text, TerminologyNames=names, **languages)["TranslatedText"])


@contextmanager
def _terminology(client: Any, terms: Mapping[str, str], languages: Mapping[str, str]) -> Iterator[list[str]]:
    """The name of a terminology that exists for as long as this lasts; none if there are no terms."""
    if not terms:
        yield []
        return
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow([languages["SourceLanguageCode"], languages["TargetLanguageCode"]])
    rows.writerows(terms.items())
    content = table.getvalue().encode()
    name = f"labguide-{sha256(content).hexdigest()[:12]}"
    client.import_terminology(
        Name=name,
        MergeStrategy="OVERWRITE",
        Description="Words of a workshop's glossary; labguide deletes it after a draft",
        TerminologyData={"File": content, "Format": "CSV"},
    )
    try:
        yield [name]
    finally:
        _delete(client, name)


def _delete(client: Any, name: str) -> None:
    """Delete a terminology. Raises CannotBuildError that says how, if the service does not."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client.delete_terminology(Name=name)
    except (BotoCoreError, ClientError) as error:
        message = f"the terminology {name} is still in your account, for it could not be deleted: {error}"
        remedy = f"delete it with `aws translate delete-terminology --name {name}`; nothing was written"
        raise CannotBuildError(f"{message}; {remedy}") from None


def _fitting(terms: Mapping[str, str]) -> Mapping[str, str]:
    """The terms that a terminology may have."""
    fits = [pair for pair in terms.items() if all(0 < len(word.encode()) <= _MOST_BYTES_OF_TERM for word in pair)]
    return dict(fits[:_MOST_TERMS])


def _code(language: str) -> str:
    return _LANGUAGES.get(language, language)


@contextmanager
def _explained() -> Iterator[None]:
    """AWS's errors as a sentence for people."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        raise CannotBuildError("Amazon Translate needs boto3: pip install boto3; nothing was written") from None
    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {})
        message = f"Amazon Translate refused: {said.get('Message') or said.get('Code')} ({said.get('Code')})"
        raise CannotBuildError(f"{message}; nothing was written") from None
    except BotoCoreError as error:
        raise CannotBuildError(f"Amazon Translate cannot be used: {error}; nothing was written") from None
