"""Finds what a run made by being a run: what another run of the same code makes anew, and no reader learns from.

It stays on the page as it was printed. Only where two runs are compared it is told apart from results, by what each
run is known to have made:

- times within the run's own window, in the forms in which programs and clocks write them;
- ids that AWS's answers or the script's own requests had, as the kernel noted them, and typed times of answers;
- a few forms that no result has: an object's address, a port of the system's choice, a temporary folder, the rate of
  a progress bar, what `%time` measured.
"""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from labguide.model import Origin

Kind: TypeAlias = str
_Test: TypeAlias = Callable[[re.Match[str]], Any]

BLANK = "\ue000"
"""Begins what stands in the place of something that a run made."""
_END = "\ue001"

SLACK = 2.0
"""Seconds by which two clocks may differ."""

_HOUR = 3600
_ZONES = range(-12 * _HOUR, 15 * _HOUR, _HOUR)

_MONTHS = {
    name.lower(): number for names in (calendar.month_abbr, calendar.month_name) for number, name in enumerate(names)
}
_MONTH = "(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>[.,]\d{1,9})?)?"
_ZONE = r"(?:[ ]?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)(?![\w:]))?"
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},?[ ]"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![0-9A-Za-z]){pattern}(?![0-9])", re.ASCII)


_MOMENTS: tuple[re.Pattern[str], ...] = (
    _compiled(rf"(?P<year>\d{{4}})[-/](?P<month>\d\d)[-/](?P<day>\d\d)[T ,:]{{1,2}}{_CLOCK}{_ZONE}"),
    _compiled(rf"(?:{_WEEKDAY})?(?P<day>\d\d?)[ /-]{_MONTH}[ /-](?P<year>\d{{4}}),?[ :]{_CLOCK}{_ZONE}"),
    _compiled(rf"{_WEEKDAY}{_MONTH}[ ]{{1,2}}(?P<day>\d\d?)[ ]{_CLOCK}(?:[ ][A-Z]{{3,4}})?[ ](?P<year>\d{{4}})"),
    _compiled(rf"{_MONTH}[ ](?P<day>\d\d?),[ ](?P<year>\d{{4}}),?[ ]{_CLOCK}{_ZONE}"),
    _compiled(
        r"(?P<year>\d{4})[-_]?(?P<month>\d\d)[-_]?(?P<day>\d\d)[-_T]?(?P<hour>\d\d)[-_:]?(?P<minute>\d\d)"
        r"(?:[-_:]?(?P<second>\d\d)(?:[-_.]?(?P<fraction>\d{3}|\d{6}))?)?Z?"
    ),
    _compiled(
        r"datetime\((?P<year>\d{4}), (?P<month>\d\d?), (?P<day>\d\d?), (?P<hour>\d\d?), (?P<minute>\d\d?)"
        r"(?:, (?P<second>\d\d?)(?:, (?P<fraction>\d{1,6}))?)?"
    ),
    _compiled(
        r"(?P<year>\d{4})年(?P<month>\d\d?)月(?P<day>\d\d?)日[ ]?"
        r"(?P<hour>\d\d?)[:時点](?P<minute>\d\d?)(?:[:分](?P<second>\d\d?))?[秒分]?"
    ),
)
_DAYS: tuple[re.Pattern[str], ...] = (
    _compiled(r"(?P<year>\d{4})(?P<sign>[-/.]?)(?P<month>\d\d)(?P=sign)(?P<day>\d\d)"),
    _compiled(rf"(?:{_WEEKDAY})?(?P<day>\d\d?)[ /-]{_MONTH}[ /-](?P<year>\d{{4}})"),
    _compiled(rf"{_MONTH}[ ](?P<day>\d\d?),[ ](?P<year>\d{{4}})"),
    _compiled(r"(?:datetime\.)?date\((?P<year>\d{4}), (?P<month>\d\d?), (?P<day>\d\d?)"),
    _compiled(r"(?P<year>\d{4})年(?P<month>\d\d?)月(?P<day>\d\d?)日"),
)
_DIGIT = re.compile("[0-9]")
_EPOCH = _compiled(r"(?P<seconds>1\d{9})(?:\.\d{1,9}|(?P<milli>\d{3})|(?P<micro>\d{6})|(?P<nano>\d{9}))?")
_TIME_OF_DAY = _compiled(r"(?P<hour>[0-2]\d):(?P<minute>[0-5]\d):(?P<second>[0-5]\d)(?:[.,]\d{1,9})?")
_SPAN = r"(?:\d{1,3}(?:min|h|d) ){0,3}[\d.]{1,12}(?:e[+-]?\d\d)? ?[a-zµμ]{1,4}"
"""How IPython writes how long something took: `1min 12s`, `3.4 ms`."""

FORMS: Mapping[Kind, re.Pattern[str]] = {
    "address": re.compile(r"(?<= at )0x[0-9A-Fa-f]{6,16}(?![0-9A-Fa-f])"),
    "descriptor": re.compile(r"(?<=socket fd=)\d+"),
    "thread": re.compile(r"(?<=, started )(?:daemon )?\d{9,18}(?=[)>])"),
    # https://www.rfc-editor.org/rfc/rfc6335: what systems give who asks for any port; Linux and the local SageMaker
    # begin earlier.
    "port": re.compile(
        r"(?:(?<=127\.0\.0\.1:)|(?<='127\.0\.0\.1', )|(?<=localhost:)|(?<=0\.0\.0\.0:)|(?<=\[::1\]:))"
        r"[2-6]\d{4}(?!\d)"
    ),
    "expiry": re.compile(r"(?<=[?&;]Expires=)1\d{9}(?!\d)"),
    # What AWS measured of a job, and how long that made its answer.
    "length": re.compile(
        r"""(?:(?<=TrainingTimeInSeconds['"]: )|(?<=BillableTimeInSeconds['"]: )"""
        r"""|(?<=['"]content-length['"]: ['"]))\d+"""
    ),
    "temporary": re.compile(r"(?<=/)tmp[a-z0-9_]{8}(?![a-z0-9_])|ipykernel_\d+/\d+\.py"),
    "rate": re.compile(
        r"(?<!\d)\d{1,3}:\d\d(?::\d\d)?<(?:\?|\d{1,3}:\d\d(?::\d\d)?), +"
        r"(?:\?|[\d.]{1,12}[kMG]?) ?[A-Za-z]{0,12}(?:/s|s/[a-z]+)"
    ),
    "measured": re.compile(
        rf"(?<=Wall time: ){_SPAN}|(?<=CPU times: )user {_SPAN}, sys: {_SPAN}, total: {_SPAN}"
        rf"|(?<![\d.]){_SPAN} ± {_SPAN} per loop \(mean ± std\. dev\. of \d{{1,9}} runs?, [\d,]{{1,12}} loops? each\)"
    ),
}


def blank(text: str, origin: Origin, other: str = "") -> str:
    """`text` with a word for its kind in the place of everything that the run made.

    What stands in `other` too, the text of another run, is left: both have it, so neither made it.
    """
    if not _DIGIT.search(text):
        return text
    constant = _candidates(other)
    text = _blank_ids(text, [each for each in origin.made if not shows(other, each)])
    for kind, form in FORMS.items():
        text = form.sub(_instead(kind, constant), text)
    return _blank_times(text, _Window.of(origin), constant)


def _candidates(text: str) -> frozenset[str]:
    """All that looks like something that a run may make."""
    patterns = (*FORMS.values(), *_MOMENTS, *_DAYS, _EPOCH, _TIME_OF_DAY)
    return frozenset(match[0] for pattern in patterns for match in pattern.finditer(text))


def _instead(kind: Kind, constant: Collection[str], is_own: _Test = lambda _match: True) -> _Test:
    """What to write for a match: a word for its kind; itself if another run has it too, or this one did not make it."""
    return lambda match: match[0] if match[0] in constant or not is_own(match) else f"{BLANK}{kind}{_END}"


def starred(text: str, origin: Origin) -> str:
    """`text` with a star in the place of everything that the run made, as policies name things."""
    return re.sub(rf"(?:{BLANK}[^{_END}]*{_END})+", "*", blank(text, origin))


def _blank_ids(text: str, made: Sequence[str]) -> str:
    """Ids are numbered as they come: where one run shows one id twice, so must the other."""
    if not made:
        return text
    numbers: dict[str, int] = {}
    any_of = re.compile("|".join(map(_bounded, sorted(made, key=len, reverse=True))))
    return any_of.sub(lambda match: f"{BLANK}id {numbers.setdefault(match[0], len(numbers) + 1)}{_END}", text)


def shows(text: str, made: str) -> bool:
    """Whether a text shows what a run made."""
    return made in text and bool(re.search(_bounded(made), text))


def _bounded(made: str) -> str:
    """A number, such as that of a process, is the run's only as a whole."""
    return rf"(?<![\w.]){made}(?!\w|\.\d)" if made.isdigit() else re.escape(made)


def _blank_times(text: str, window: _Window, constant: Collection[str]) -> str:
    for number, pattern in enumerate(_MOMENTS):
        text = pattern.sub(_instead(f"time {number}", constant, window.has_moment), text)
    for pattern in _DAYS:
        text = pattern.sub(_instead("day", constant, window.has_day), text)
    text = _EPOCH.sub(_instead("epoch", constant, window.has_epoch), text)
    return _TIME_OF_DAY.sub(_instead("clock", constant, window.has_time_of_day), text)


class _Window:
    """When a run was: from the start of its build to its own end, and the moments that answers told it."""

    def __init__(self, began: float, ended: float, told: frozenset[int]) -> None:
        self._began, self._ended, self._told = began - SLACK, ended + SLACK, told
        self._days = {datetime.fromtimestamp(max(0, each), UTC).date() for each in (began, ended, *told)}

    @classmethod
    @functools.lru_cache(maxsize=64)
    def of(cls, origin: Origin) -> _Window:
        return cls(origin.began, origin.ended, frozenset(origin.moments))

    def has_moment(self, match: re.Match[str]) -> bool:
        """Whether a date and time is the run's; one without a zone may be of any that counts whole hours."""
        moment = _moment(match)
        shifts = (0,) if match.groupdict().get("zone") else _ZONES
        length = 0 if match["second"] else 59
        return moment is not None and any(self._is_own(moment + shift, length) for shift in shifts)

    def has_epoch(self, match: re.Match[str]) -> bool:
        """Whether a number of seconds, or of thousandths and less, is a time of the run."""
        return self._is_own(float(match["seconds"]))

    def has_day(self, match: re.Match[str]) -> bool:
        """Whether it is a day on which the run was, or of a moment that it was told."""
        moment = _moment(match)
        return moment is not None and datetime.fromtimestamp(moment, UTC).date() in self._days

    def _is_own(self, moment: float, length: float = 0) -> bool:
        near = range(int(moment) - 1, int(moment + length) + 2)
        return (self._began <= moment + length and moment <= self._ended) or not self._told.isdisjoint(near)

    def has_time_of_day(self, match: re.Match[str]) -> bool:
        """Whether a time without a date may be one of the run's, of whatever zone of whole hours."""
        second = timedelta(minutes=int(match["minute"]), seconds=int(match["second"])).total_seconds()
        length = self._ended - self._began
        return length < _HOUR / 4 and (second - self._began) % _HOUR <= length


def _moment(match: re.Match[str]) -> float | None:
    """The epoch seconds of a match of one of the patterns above, as UTC if it names no zone; None if there is none."""
    part = match.groupdict()
    try:
        month = int(part["month"]) if part["month"].isdigit() else _MONTHS[part["month"].lower()]
        hour, minute, second = (int(part.get(each) or 0) for each in ("hour", "minute", "second"))
        moment = datetime(int(part["year"]), month, int(part["day"]), hour, minute, second, tzinfo=UTC)
        return moment.timestamp() - _offset(part.get("zone") or "")
    except (ValueError, KeyError, OverflowError):
        return None


def _offset(zone: str) -> float:
    """Seconds by which a zone such as `+08:00` is before UTC."""
    if zone[:1] not in ("+", "-") or not zone:
        return 0.0
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * _HOUR + int(digits[2:4]) * 60
    return seconds if zone[0] == "+" else -seconds


def may_show(moment: int, text: str) -> bool:
    """Whether a text may show a moment: its minute and second stand there in one of the common forms, or its number."""
    at = datetime.fromtimestamp(moment, UTC)
    spellings = (f":{at.minute:02}:{at.second:02}", f", {at.minute}, {at.second}", f"-{at.minute:02}-{at.second:02}")
    return str(moment) in text or any(each in text for each in (*spellings, f"{at.minute:02}{at.second:02}"))


def generated_parts(value: str) -> Iterator[str]:
    """The parts of a name, an ARN or an id that were drawn by lot, as far as their form tells."""
    for match in _GENERATED.finditer(value):
        yield match[0]


# A UUID; hexadecimal digits, of which some are letters, or of the usual lengths if they are not mixed; the day and the
# minute, as SageMaker's SDK puts them into names of tuning jobs; capitals and digits, as request ids are; letters and
# digits mixed.
_GENERATED = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{6,128}"
    r"|[0-9]{6}-[0-9]{4}"
    r"|[0-9]{6}|(?!19|20)[0-9]{8}|[a-f]{8}"
    r"|(?=[A-Z0-9]*[0-9])(?=[A-Z0-9]*[A-Z])[A-Z0-9]{12,128}"
    r"|(?=(?:[A-Za-z]*[0-9]){3})(?=(?:[0-9]*[A-Za-z]){3})[A-Za-z0-9]{10,128}"
    r")(?![0-9A-Za-z])",
    re.ASCII,
)
