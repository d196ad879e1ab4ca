"""`labguide check`: fresh runs held against the recordings, and everything that can be checked without running."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from case_project import NoCloud, Seen, Workshop
from labguide import recordings, site
from labguide.comparing import Finding, reports
from labguide.problems import Problems

PROJECT = Path(__file__).parent / "site_project"
BIN = Path(sys.executable).parent

SCRIPT = """\
# %% name="greet"
print("loss 0.1234")

# %% name="measure"
share = 0.8123

# %% name="rest"
print("done")
"""

PAGE = """\
# A page

```{cell} first#greet
```

It is {value}`first#share:.1%`.

```{cell} first#rest
:show: code
```
"""


class Checked(Workshop):
    """A workshop that was recorded, and what a check finds in it."""

    def check(self, *only: str, static: bool = False, update: bool = False) -> list[Finding]:
        self.problems = Problems()
        how = site.CheckOptions(only, static, update)
        self.result = site.check(self.project, NoCloud(), how, Seen(), self.problems)
        self.report = reports.report(self.problems, self.result.verdicts, ())
        return list(self.report.findings)

    def kinds(self, *only: str, static: bool = False) -> list[str]:
        return [finding.problem.kind for finding in self.check(*only, static=static)]


@pytest.fixture
def workshop(tmp_path: Path) -> Checked:
    workshop = Checked(tmp_path)
    workshop.write("notebooks/first.py", SCRIPT)
    workshop.write("docs/page.md", PAGE)
    workshop.write("slides/deck.md", "```{cell} first#greet\n:show: output\n```\n")
    workshop.build()
    assert workshop.found == []
    return workshop


def doctor(workshop: Checked, old: str, new: str) -> None:
    """Make the recording say something else than the script prints."""
    workshop.edit("recordings/local/first.ipynb", old, new)


def test_run_that_agrees_with_its_recording_is_clean(workshop: Checked) -> None:
    assert workshop.check() == []


def test_output_changed_by_one_digit_is_found_with_its_diff_and_where_it_is_shown(workshop: Checked) -> None:
    doctor(workshop, "loss 0.1234\\n", "loss 0.1235\\n")
    (finding,) = workshop.check()
    assert str(finding.problem) == (
        'notebooks/first.py:2: the output of the cell "greet" changed; '
        "mend the cell, or accept it with `labguide check --update first` [drift]"
    )
    assert finding.diff[2:] == ("@@ -1,2 +1,2 @@", " [stdout]", "-loss 0.1235", "+loss 0.1234")
    assert [str(place) for place in finding.quoted] == ["docs/page.md:3", "slides/deck.md:1"]


def test_cell_that_shows_nothing_any_more_is_found(workshop: Checked) -> None:
    workshop.edit("notebooks/first.py", 'print("loss 0.1234")', "pass")
    assert [finding.problem.message for finding in workshop.check()] == ['the cell "greet" shows nothing any more']


def test_cell_that_begins_to_show_something_is_found(workshop: Checked) -> None:
    workshop.edit("notebooks/first.py", "share = 0.8123", "share = 0.8123\nprint(share)")
    assert [finding.problem.message for finding in workshop.check()] == [
        'the cell "measure" shows something where it showed nothing'
    ]


def test_quoted_value_is_found_where_it_is_set_as_readers_see_it(workshop: Checked) -> None:
    doctor(workshop, '"share": 0.8123', '"share": 0.9123')
    (finding,) = workshop.check()
    assert (finding.problem.place.line, finding.diff[-2:]) == (5, ("-91.2%", "+81.2%"))
    assert [str(place) for place in finding.quoted] == ["docs/page.md:6:7"]


def test_value_that_reads_the_same_is_no_drift(workshop: Checked) -> None:
    doctor(workshop, '"share": 0.8123', '"share": 0.81231')
    assert workshop.check() == []


def test_tag_of_the_cell_that_sets_a_value_holds_for_it(workshop: Checked) -> None:
    workshop.edit("notebooks/first.py", 'name="measure"', 'name="measure" tags=["tolerance-0.2"]')
    doctor(workshop, '"share": 0.8123', '"share": 0.9123')
    assert workshop.check() == []


def test_edited_code_is_stale_though_it_shows_the_same(workshop: Checked) -> None:
    workshop.edit("notebooks/first.py", 'print("done")', 'print("do" + "ne")')
    assert workshop.kinds() == ["stale-recording"]


def test_renamed_cell_is_told_on_both_sides(workshop: Checked) -> None:
    workshop.edit("notebooks/first.py", 'name="rest"', 'name="end"')
    workshop.edit("docs/page.md", "first#rest", "first#end")
    assert [finding.problem.message for finding in workshop.check()] == [
        'the recording has a cell "rest" that the script has not',
        'the cell "end" is not in the recording',
    ]


def test_script_without_recording_is_one_finding(workshop: Checked) -> None:
    workshop.write("snippets/new.py", '# %% name="a"\nprint(1)\n\n# %% name="b"\nprint(2)\n')
    assert workshop.kinds() == ["no-recording"]


def test_failing_cell_is_a_finding_and_those_after_it_are_not_reached(workshop: Checked) -> None:
    workshop.edit("notebooks/first.py", "share = 0.8123", "share = 1 / 0")
    assert workshop.kinds() == ["cell-raised"]
    assert [(verdict.cell.name, verdict.skipped) for verdict in workshop.result.verdicts] == [
        ("greet", ""),
        ("measure", ""),
        ("rest", 'the cell "measure" failed'),
    ]


def test_named_script_is_checked_with_no_other(workshop: Checked) -> None:
    workshop.write("snippets/other.py", '# %% name="a"\nprint(1)\n')
    doctor(workshop, "loss 0.1234\\n", "loss 0.1235\\n")
    assert workshop.kinds("other") == ["no-recording"]


def test_static_check_runs_nothing_and_names_what_is_stale(workshop: Checked) -> None:
    workshop.edit("notebooks/first.py", "share = 0.8123", "share = 1 / 0")
    assert workshop.kinds(static=True) == ["stale-recording"]


def test_update_accepts_so_that_the_next_check_is_clean_and_the_next_build_runs_nothing(workshop: Checked) -> None:
    doctor(workshop, "loss 0.1234\\n", "loss 0.1235\\n")
    assert len(workshop.check(update=True)) == 1
    assert workshop.check() == []
    assert workshop.build().runs.ran == ()


def test_update_leaves_the_recording_of_a_failing_script_alone(workshop: Checked) -> None:
    recording = workshop.project.recordings / "local" / "first.ipynb"
    before = recording.read_bytes()
    workshop.edit("notebooks/first.py", "share = 0.8123", "share = 1 / 0")
    workshop.check(update=True)
    assert recording.read_bytes() == before


def test_rerun_with_new_times_ports_addresses_and_temporary_folders_is_clean(tmp_path: Path) -> None:
    workshop = Checked(tmp_path)
    workshop.write(
        "snippets/new.py",
        '# %% name="run"\nimport datetime, socket, tempfile, time\n'
        'server = socket.create_server(("127.0.0.1", 0))\n'
        'print(datetime.datetime.now().isoformat(), "127.0.0.1:%d" % server.getsockname()[1])\n'
        "print(object(), f\"video-games-{time.strftime('%Y%m%d%H%M%S')}\", tempfile.mkdtemp())\n",
    )
    workshop.build()
    assert workshop.check() == []


def test_changed_date_in_data_is_drift(tmp_path: Path) -> None:
    workshop = Checked(tmp_path)
    workshop.write("snippets/dates.py", '# %% name="show"\nprint("2024-03-01 00:00:00", "2024-03-01 06:00:00")\n')
    workshop.build()
    workshop.edit("snippets/dates.py", "06:00", "07:00")
    assert [finding.problem.kind for finding in workshop.check()] == ["drift"]


def test_picture_drawn_again_is_clean_and_another_one_says_how_far_it_is_off(tmp_path: Path) -> None:
    workshop = Checked(tmp_path)
    workshop.write(
        "snippets/draw.py",
        '# %% name="draw"\nimport os\nfrom IPython.display import Image, display\n'
        "from PIL import Image as P, PngImagePlugin\n"
        'about = PngImagePlugin.PngInfo()\nabout.add_text("Software", os.urandom(8).hex())\n'
        'P.new("RGB", (4, 2), "red").save("a.png", pnginfo=about)\ndisplay(Image("a.png"))\n',
    )
    workshop.build()
    assert workshop.check() == []
    workshop.edit("snippets/draw.py", '"red"', '"blue"')
    (finding,) = workshop.check()
    (now,) = (line for line in finding.diff if line.startswith("+a picture"))
    assert now.endswith("; 8 pixels (100.00%) differ, by up to 255 of 255")


def test_unreadable_tolerance_is_a_problem(workshop: Checked) -> None:
    workshop.edit("notebooks/first.py", 'name="greet"', 'name="greet" tags=["tolerance-much"]')
    assert workshop.kinds() == ["bad-tag"]


SECRETS = ("AKIA" + "Z" * 16, "ghp_" + "aZ7" * 12, "TOP" * 8, "given to nobody")


def test_nothing_secret_is_in_a_report_whatever_it_quotes(workshop: Checked) -> None:
    planted = " ".join((*SECRETS[:2], f"aws_secret_access_key={SECRETS[2]}", SECRETS[3]))
    doctor(workshop, "loss 0.1234", planted)
    workshop.edit("notebooks/first.py", "share = 0.8123", f'raise ValueError("{planted}")')
    workshop.write("docs/bad.md", f"```{{cell}} {planted}\n```\n")
    workshop.check()
    report = reports.report(workshop.problems, workshop.result.verdicts, [SECRETS[3]])
    assert {finding.problem.kind for finding in report.findings} == {"drift", "cell-raised", "bad-quote"}
    for text in (
        reports.as_text(report.findings),
        reports.as_json(report.findings),
        reports.as_junit(report).decode(),
    ):
        assert [secret for secret in SECRETS if secret in text] == []


def test_junit_has_a_case_for_each_cell_and_for_each_file_with_other_problems(workshop: Checked) -> None:
    doctor(workshop, "loss 0.1234", "loss \\u001b 0.1235")
    workshop.edit("notebooks/first.py", "share = 0.8123", "share = 1 / 0")
    workshop.edit("docs/page.md", "first#rest", "first#tset")
    workshop.check()
    root = ElementTree.fromstring(reports.as_junit(workshop.report))  # noqa: S314 - we wrote it
    outcomes = [
        (case.get("file"), case.get("name"), case.get("line"), [child.tag for child in case])
        for case in root.iter("testcase")
    ]
    assert outcomes == [
        ("notebooks/first.py", "greet", "2", ["failure"]),
        ("notebooks/first.py", "measure", "5", ["error"]),
        ("notebooks/first.py", "rest", "8", ["skipped"]),
        ("docs/page.md", "docs/page.md", "8", ["failure"]),
    ]
    assert [suite.get("failures") for suite in root] == ["1", "1"]
    error = root.find(".//error")
    assert error is not None
    assert "ZeroDivisionError" in (error.text or "")


def check(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "labguide", "check", *arguments], cwd=project, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with MkDocs and two languages, run once; tests that change anything take a copy."""
    folder = tmp_path_factory.mktemp("recorded") / "project"
    shutil.copytree(PROJECT, folder)
    subprocess.run([BIN / "labguide", "run"], cwd=folder, check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture
def project(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "project"))


def _contents(folder: Path) -> dict[str, str]:
    """A hash of every file but the lock that says that nobody builds."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_check_on_the_command_line_changes_no_file_whatever_it_finds(project: Path) -> None:
    lesson = project / "docs" / "lesson.md"
    lesson.write_text(lesson.read_text("utf-8") + "\n[gone](nowhere.md)\n", "utf-8")
    recording = project / "recordings" / "local" / "bucket.ipynb"
    recording.write_text(recording.read_text("utf-8").replace("us-east-1", "eu-west-1"), "utf-8")
    before = _contents(project)
    done = check(project)
    assert done.returncode == 1, done.stderr
    assert " [drift]" in done.stdout
    assert " [broken-link]" in done.stdout
    assert _contents(project) == before


def test_clean_check_prints_an_empty_list_and_exits_with_0(project: Path) -> None:
    done = check(project, "--json", "--junit", str(project / "report.xml"))
    assert (done.returncode, json.loads(done.stdout)) == (0, []), done.stdout
    root = ElementTree.parse(project / "report.xml").getroot()  # noqa: S314 - we wrote it
    assert {case.get("classname") for case in root.iter("testcase")} == {
        "notebooks/draw.py",
        "snippets/bucket.py",
        "documents",
    }


@pytest.mark.parametrize(
    ("add", "found"),
    [
        ("[x](nowhere.md)", "docs/lesson.md:{line}:5: a link 'nowhere.md'"),
        ("[x](index.md#nowhere)", "docs/lesson.md:{line}:5: a link 'index.md#nowhere'"),
        ("[x](#nowhere)", "docs/lesson.md:{line}:5: a link '#nowhere'"),
        ("[x](/nowhere/)", "docs/lesson.md:{line}:5: an absolute link '/nowhere/'"),
        ("{value}`draw#nothing`", 'docs/lesson.md:{line}:1: no value "nothing"'),
        ("~~~\ncode\n~~~", "docs/lesson.md:{line}: this code was not run"),
    ],
    ids=["page", "anchor of a page", "anchor", "absolute link", "value", "fence"],
)
def test_static_check_finds(project: Path, add: str, found: str) -> None:
    lesson = project / "docs" / "lesson.md"
    lesson.write_text(f"{lesson.read_text('utf-8')}\n{add}\n", "utf-8")
    line = lesson.read_text("utf-8").splitlines().index(add.splitlines()[0]) + 1
    done = check(project, "--static")
    assert done.returncode == 1
    assert [text for text in done.stdout.splitlines() if text.startswith(found.format(line=line))], done.stdout


def test_page_that_cannot_be_rendered_is_told_once(project: Path) -> None:
    config = project / "mkdocs.yml"
    extension = "markdown_extensions:\n  - pymdownx.snippets: {check_paths: true}"
    config.write_text(config.read_text("utf-8").replace("markdown_extensions:", extension), "utf-8")
    lesson = project / "docs" / "lesson.md"
    lesson.write_text(f'{lesson.read_text("utf-8")}\n--8<-- "snippets/nothing.txt"\n', "utf-8")
    found = json.loads(check(project, "--static", "--json").stdout)
    assert [finding["kind"] for finding in found] == ["unknown-file"]


@pytest.mark.parametrize(
    "arguments",
    [("--static", "--update"), ("--static", "draw"), ("nothing",), ("--colour",)],
    ids=["static and update", "static and a script", "unknown script", "unknown option"],
)
def test_wrong_use_exits_with_2(project: Path, arguments: tuple[str, ...]) -> None:
    done = check(project, *arguments)
    assert (done.returncode, done.stdout) == (2, "")


def test_update_on_the_command_line_exits_with_0_if_nothing_else_is_wrong(project: Path) -> None:
    recording = project / "recordings" / "local" / "bucket.ipynb"
    recording.write_text(recording.read_text("utf-8").replace("us-east-1", "eu-west-1"), "utf-8")
    assert check(project, "--update").returncode == 0
    assert check(project).returncode == 0


def test_recording_that_no_script_has_is_told(workshop: Checked) -> None:
    text = (workshop.project.notebooks / "first.py").read_text("utf-8")
    (workshop.project.notebooks / "first.py").rename(workshop.project.notebooks / "second.py")
    workshop.write("docs/page.md", PAGE.replace("first", "second"))
    workshop.write("slides/deck.md", "# Deck\n")
    workshop.build()
    assert workshop.kinds(static=True) == ["orphan-recording"]
    assert workshop.report.findings[0].problem.place.path.endswith("/first.ipynb")
    workshop.write("notebooks/first.py", f"# not read\n{text}")
    assert workshop.kinds(static=True) == ["bad-script"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{", "<<<<<<< HEAD\n{"),
        ('"labguide": {', '"labguide": [], "x": {'),
        ('"began": "', '"began": "yesterday'),
        ('"values": {', '"values": 3, "x": {'),
        ('"text": [', '"texts": ['),
        ('"outputs": [', '"outputs": 3, "x": ['),
    ],
)
def test_recording_that_cannot_be_read_is_told(workshop: Checked, old: str, new: str) -> None:
    path = recordings.path_of(workshop.project, NoCloud.name, "first")
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    told = [finding.problem for finding in workshop.check(static=True) if finding.problem.kind == "no-recording"]
    assert [problem.message for problem in told] == ["its recording cannot be read"]
