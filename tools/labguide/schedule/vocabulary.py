"""What instructors call things: who is busy, what they do, how much it matters, in the languages of plans.

A word that is not here is no word of a plan: it belongs to a title, or is told as an unknown role.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from labguide.schedule.model import Role, Value, Verb

ROLES: dict[str, Role] = {
    **dict.fromkeys(("instructor", "instructors", "ins", "inst", "teacher", "teachers", "trainer"), "instructor"),
    **dict.fromkeys(("i", "presenter", "lecturer", "profesor", "profesora", "formateur", "formatrice"), "instructor"),
    **dict.fromkeys(("講師", "老師", "教師", "講者"), "instructor"),
    **dict.fromkeys(("student", "students", "stu", "learner", "learners", "participant", "participants"), "students"),
    **dict.fromkeys(("you", "individual", "individuals", "alumnos", "estudiantes", "étudiants"), "students"),
    **dict.fromkeys(("學員", "學生", "同學", "個人"), "students"),
    **dict.fromkeys(("everyone", "everybody", "every one", "class", "whole class", "all", "we"), "everyone"),
    **dict.fromkeys(("todos", "tous", "全體", "全班", "大家", "所有人"), "everyone"),
    **dict.fromkeys(("partner", "partners", "pair", "pairs", "parejas", "binômes"), "partners"),
    **dict.fromkeys(("兩人一組", "兩兩一組", "兩兩", "搭檔"), "partners"),
    **dict.fromkeys(("group", "groups", "team", "teams", "grupos", "groupes", "分組", "小組", "各組"), "groups"),
    **dict.fromkeys(("ta", "tas", "ta's", "assistant", "assistants", "teaching assistants", "助教"), "assistants"),
}
"""Roles by what plans call them, in small letters."""

VERBS: dict[str, Verb] = {
    **dict.fromkeys(("do", "does", "activity", "實作", "操作", "練習", "動手做"), "do"),
    **dict.fromkeys(("demo", "demos", "demonstration", "demonstrate", "demonstrates", "示範"), "demo"),
    **dict.fromkeys(("review", "reviews", "recap", "檢討", "回顧", "複習"), "review"),
    **dict.fromkeys(("talk", "talks", "discuss", "discussion", "lecture", "討論", "講解"), "talk"),
}

SPOKEN = frozenset({"i", "we", "you", "all"})
"""Words that are roles before "do" only: "We do: ..."."""

VALUES: dict[str, Value] = {
    **dict.fromkeys(("critical", "crit", "critical!", "關鍵", "必要"), "critical"),
    **dict.fromkeys(("high", "高"), "high"),
    **dict.fromkeys(("medium", "med", "中"), "medium"),
    **dict.fromkeys(("low", "低"), "low"),
    **dict.fromkeys(("optional", "opt", "bonus", "extra", "可略過", "可省略", "選修"), "optional"),
}

_BREAK = r"break|breaks|recess|lunch|dinner|intermission|pausa|pause|descanso|almuerzo|休息|午休|午餐|晚餐|茶點"
_KIND_OF_BREAK = (
    r"lunch|coffee|tea|dinner|bathroom|bio|mid-?class|short|long|stretch|quick|mandatory|take a|下課|中場|短暫"
)
BREAK = re.compile(
    rf"(?:(?:{_KIND_OF_BREAK})\s*(?:/|and|&|-)?\s*)*(?:{_BREAK})(?:\s*(?:time|break|lunch|for|時間))*\s*(?:(?:[^\w\s]|\d).*)?",
    re.IGNORECASE | re.DOTALL,
)
"""A title that is a break as a whole: "Lunch Break!", and not "Break down the code"."""

NAMES_BREAK = re.compile(rf"(?<![a-z])(?:{_BREAK})(?![a-z])", re.IGNORECASE)

END = re.compile(
    r"(?:end|the end|end of (?:the )?(?:class|day|lesson|session)"
    r"|end (?:class|day|lesson)|class (?:ends?|over|dismissed)"
    r"|dismiss(?:al|ed)?(?: (?:the )?(?:class|students))?|fin|課程結束|結束|下課)\s*(?:[^\w\s].*)?",
    re.IGNORECASE | re.DOTALL,
)
REST = re.compile(
    r"\bremain(?:der|ing)\b|\brest of (?:the )?(?:class|day|time|session|period)\b|\bflex(?:ible)?\b|剩餘|剩下",
    re.IGNORECASE,
)
"""An activity that takes what is left."""

FLEX = re.compile(r"(?:flex(?: ?time)?|buffer(?: time)?|緩衝(?:時間)?|彈性時間)\s*(?:[^\w\s].*)?", re.IGNORECASE)

BEFORE = re.compile(r"\b(?:before|prior to) (?:the )?(?:class|session|lesson)\b|\bantes\b|課前|上課前", re.IGNORECASE)
"""What is done before a class begins."""

OBJECTIVES = re.compile(
    r"\bobjectives?\b|\blearning (?:outcomes?|goals?)\b|\bobjetivos\b|\bobjectifs\b|目標", re.IGNORECASE
)

NO_STEP = re.compile(
    r"objectives?|overview|notes?\b|copyright|resources?|materials?|references?|feedback|priorit|tracker|slides?\b|slideshow"
    r"|prerequisites?|preparation|homework|summary|background|video|student guide|additional|license|appendix|agenda"
    r"|learning|before class|after class|table of contents|references|before you begin"
    r"|class (?:plan|activities|instruction)"
    r"|目標|概覽|備註|教材|參考|準備|版權|作業|附錄",
    re.IGNORECASE,
)
"""What headings say that are no steps, although they may stand among steps."""


def either(words: Iterable[str]) -> str:
    """A pattern for one of these words, the longest first."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
