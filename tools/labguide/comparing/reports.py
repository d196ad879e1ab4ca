"""What a check found, for people, for programs (JSON) and for a code host (JUnit XML).

Nothing here holds a secret: a finding may quote a document, a log or an old recording.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from labguide.cleaning import Hider, Known
from labguide.comparing import Finding, Verdict
from labguide.problems import Problem

# XML 1.0 has no way to write these, https://www.w3.org/TR/xml/#charsets
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Report:
    """All that a check found, fit to be published: every finding by its place, and a verdict on each cell."""

    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def acceptable(self) -> tuple[Finding, ...]:
        """What a new recording settles: all drift of scripts that ran to their end."""
        failed = {verdict.script.path for verdict in self.verdicts if verdict.failure or verdict.skipped}
        whole = (verdict for verdict in self.verdicts if verdict.script.path not in failed)
        return tuple(drift for verdict in whole for drift in verdict.drifts)


def report(problems: Iterable[Problem], verdicts: Iterable[Verdict], secrets: Sequence[str]) -> Report:
    """Gather what was found, without what is private; `secrets` are exact strings that nobody may see."""
    hider = Hider(Known(tuple(secrets)))
    verdicts = tuple(_clean_verdict(verdict, hider) for verdict in verdicts)
    alone = [_clean_finding(Finding(problem), hider) for problem in problems]
    drifts = [drift for verdict in verdicts for drift in verdict.drifts]
    return Report(tuple(sorted((*alone, *drifts), key=lambda finding: finding.problem)), verdicts)


def as_text(findings: Iterable[Finding]) -> str:
    """One line for each finding, below it what changed and where readers see it."""
    return "".join(f"{paragraph(finding)}\n" for finding in findings)


def paragraph(finding: Finding) -> str:
    """A finding's line, its diff, and the places that show it."""
    lines = [str(finding.problem), *(f"    {line}" for line in finding.diff)]
    if finding.quoted:
        lines.append(f"    shown at {', '.join(map(str, finding.quoted))}")
    return "\n".join(lines)


def as_json(findings: Iterable[Finding]) -> str:
    """A list of objects with `path`, `line`, `kind`, `message`, `remedy`, `diff` (lines) and `shown_at` (places)."""
    objects = [
        {
            "path": finding.problem.place.path,
            "line": finding.problem.place.line,
            "kind": finding.problem.kind,
            "message": finding.problem.message,
            "remedy": finding.problem.remedy,
            "diff": list(finding.diff),
            "shown_at": [str(place) for place in finding.quoted],
        }
        for finding in findings
    ]
    return json.dumps(objects, indent=2, ensure_ascii=False) + "\n"


def as_junit(found: Report) -> bytes:
    """JUnit XML, as code hosts read it: a test case for each cell, and one for each file with other problems.

    The attributes are those of https://github.com/testmoapp/junitxml; `time` is in seconds.
    """
    root = Element("testsuites", name="labguide")
    for path, verdicts in groupby(found.verdicts, key=lambda verdict: verdict.script.path):
        suite = _suite(root, path)
        for verdict in verdicts:
            _cell_case(suite, verdict)
    _static_cases(_suite(root, "documents"), found)
    for suite in root:
        for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            suite.set(attribute, str(len(suite.findall(f".//{tag}"))))
        suite.set("skipped", str(len(suite.findall(".//skipped"))))
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _suite(root: Element, name: str) -> Element:
    return SubElement(root, "testsuite", name=name)


def _case(suite: Element, name: str, path: str, line: int, seconds: float) -> Element:
    return SubElement(suite, "testcase", classname=path, name=name, file=path, line=str(line), time=f"{seconds:.3f}")


def _cell_case(suite: Element, verdict: Verdict) -> None:
    case = _case(suite, verdict.cell.name, verdict.script.path, verdict.cell.place.line, verdict.seconds)
    if verdict.skipped:
        SubElement(case, "skipped", message=_xml(verdict.skipped))
    elif verdict.failure:
        error = SubElement(case, "error", message=_xml(str(verdict.failure)), type=verdict.failure.kind)
        error.text = _xml("\n".join((str(verdict.failure), *verdict.traceback)))
    elif verdict.drifts:
        _failure(case, verdict.drifts)


def _static_cases(suite: Element, found: Report) -> None:
    """What is told of no cell, file by file; a case that passes if there is nothing."""
    of_cells = {finding.problem for verdict in found.verdicts for finding in verdict.drifts}
    of_cells.update(verdict.failure for verdict in found.verdicts if verdict.failure)
    others = [finding for finding in found.findings if finding.problem not in of_cells]
    for path, findings in groupby(others, key=lambda finding: finding.problem.place.path):
        several = tuple(findings)
        _failure(_case(suite, path, path, several[0].problem.place.line, 0), several)
    if not others:
        _case(suite, "documents", "documents", 1, 0)


def _failure(case: Element, findings: Sequence[Finding]) -> None:
    first = findings[0].problem
    failure = SubElement(case, "failure", message=_xml(str(first)), type=first.kind)
    failure.text = _xml("\n".join(paragraph(finding) for finding in findings))


def _xml(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


def _clean_verdict(verdict: Verdict, hider: Hider) -> Verdict:
    return dataclasses.replace(
        verdict,
        failure=_clean_problem(verdict.failure, hider) if verdict.failure else None,
        traceback=tuple(hider.text(line) for line in verdict.traceback),
        drifts=tuple(_clean_finding(drift, hider) for drift in verdict.drifts),
    )


def _clean_finding(finding: Finding, hider: Hider) -> Finding:
    diff = tuple(hider.text(line) for line in finding.diff)
    return dataclasses.replace(finding, problem=_clean_problem(finding.problem, hider), diff=diff)


def _clean_problem(problem: Problem, hider: Hider) -> Problem:
    return dataclasses.replace(problem, message=hider.text(problem.message), remedy=hider.text(problem.remedy))
