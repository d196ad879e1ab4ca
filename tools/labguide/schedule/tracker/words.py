"""What trackers, workbooks and comparisons say by themselves: a language is a file in `locales/`, named by its tag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from labguide import locales
from labguide.schedule.model import Activity

_LOCALES = locales.beside(__file__)


@dataclass(frozen=True)
class Words:
    """The words of one language, by where they are said."""

    common: Mapping[str, str]
    page: Mapping[str, str]
    workbook: Mapping[str, str]
    actual: Mapping[str, str]

    def who(self, activity: Activity) -> str:
        """Who is busy and how: `Instructor, demo`; `Break` of a break; empty if the plan does not say it."""
        if activity.kind == "break":
            return self.common["break"]
        roles = self.common["and"].join(self.common[role] for role in activity.roles)
        verb = self.common.get(activity.verb, "")
        return self.common["how"].format(who=roles, verb=verb) if roles and verb else roles or verb

    def value(self, value: str) -> str:
        """A value as a reader sees it; empty of an activity without one."""
        return self.common[value] if value else ""

    def minutes(self, minutes: float | None) -> str:
        """`15 min`; a dash if there are none."""
        return "–" if minutes is None else self.common["minutes"].format(n=f"{minutes:g}")


@cache
def words_of(language: str) -> Words:
    """The words in a language; in English where a language has no file."""
    return Words(**_LOCALES.words(language)["words"])


def language_name(language: str) -> str:
    """What a language calls itself; its tag if it has no file."""
    return _LOCALES.name(language)
