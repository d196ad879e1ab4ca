"""What a rerun may change without a recording being another one, and what it may not."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from labguide import shown_values
from labguide.cleaning import Comparison, Rules, pictures, rules_of, settle
from labguide.cleaning.traces import generated_parts
from labguide.model import Cell, Origin, Output, Place, Recording, Script

STRICT = Rules()
NOON = 1_795_780_800.0  # 2026-11-27 12:00:00 UTC
TODAY = Origin("2026-11-27", NOON, NOON + 60, made=("3fa85f64", "Q2KX0Z9ATT1T", "8421"))
TOMORROW = Origin("2026-11-28", NOON + 86_400, NOON + 86_460, made=("0bd1e772", "ZM4WQ81CC3A0", "17616"))


def same_outputs(old: list[Output], new: list[Output], rules: Rules) -> bool:
    return Comparison(rules).same_outputs(old, new)


def same_text(old: str, new: str, rules: Rules) -> bool:
    return Comparison(rules).same_text(old, new)


def same_next_day(old: str, new: str, rules: Rules = STRICT) -> bool:
    return Comparison(rules, TODAY, TOMORROW).same_text(old, new)


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def display(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {key.replace("_", "/"): value for key, value in data.items()}}


def table(*rows: tuple[str, ...]) -> dict[str, Any]:
    lines = ("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return display(text_html=f"<style>td {{color: red}}</style><table>{''.join(lines)}</table>")


def png(colour: tuple[int, int, int], size: tuple[int, int] = (4, 4), software: str = "matplotlib 3.10") -> str:
    about = PngImagePlugin.PngInfo()
    about.add_text("Software", software)
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG", pnginfo=about)
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("changed", ["loss 0.1235", "loss 0.1234 ", "loss  0.1234", "1oss 0.1234", ""])
def test_any_other_character_is_a_change(changed: str) -> None:
    assert not same_outputs([stream("loss 0.1234")], [stream(changed)], STRICT)


def test_how_a_stream_was_split_does_not_count() -> None:
    assert same_outputs([stream("a\nb\n")], [stream("a\n"), stream("b\n")], STRICT)


def test_whether_stderr_came_first_does_not_count() -> None:
    out, err = stream("out"), stream("err", "stderr")
    assert same_outputs([out, err], [err, out], STRICT)


def test_order_of_print_and_picture_counts() -> None:
    out, picture = stream("out"), display(image_png=png((0, 0, 0)))
    assert not same_outputs([out, picture], [picture, out], STRICT)


def test_missing_output_is_a_change() -> None:
    assert not same_outputs([stream("a"), display(text_plain="b")], [stream("a")], STRICT)


def test_new_output_is_a_change() -> None:
    assert not same_outputs([], [stream("a")], STRICT)


def test_error_counts_by_what_readers_see_of_it() -> None:
    one: dict[str, Any] = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["line 1"]}
    assert same_outputs([one], [{**one, "traceback": ["line 2"]}], STRICT)
    assert not same_outputs([one], [{**one, "evalue": "yes"}], STRICT)


def test_output_of_a_cell_that_varies_does_not_count() -> None:
    assert same_outputs([stream("a")], [], rules_of(["varies"]))


@pytest.mark.parametrize("actual", ["took 12 ms, ok", "took , ok", "took 1 s\nand 2 ms, ok"])
def test_ellipsis_stands_for_anything(actual: str) -> None:
    assert same_text("took ..., ok", actual, rules_of(["ellipsis"]))


def test_ellipsis_stands_for_nothing_but_what_it_covers() -> None:
    assert not same_text("took ..., ok", "took 12 ms, failed", rules_of(["ellipsis"]))


def test_dots_are_dots_without_the_tag() -> None:
    assert not same_text("took ..., ok", "took 12 ms, ok", STRICT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("auc 0.9000", "auc 0.9001"),
        ("loss=1e-05;", "loss=1.0001e-05;"),
        ("[9.999, -2]", "[10.000, -2]"),
        ("[1.  2.]", "[1.0001 2.]"),
        ("12.500ms", "12.501ms"),
        ("準確率0.9120", "準確率0.9121"),
        ("0.9120的準確率", "0.9121的準確率"),
        ("1.000,2.000", "1.0001,2.000"),
        (".5000", ".5001"),
    ],
)
def test_numbers_within_the_tolerance_are_the_same(old: str, new: str) -> None:
    assert same_text(old, new, rules_of(["tolerance-1e-3"]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("auc 0.900", "auc 0.902"),
        ("1,000 rows", "1,002 rows"),
        ("auc 0.9", "AUC 0.9"),
        ("1 2", "1 2 3"),
        ("version 1.2.3", "version 1.2.4"),
        ("job7", "job8"),
        ("x -1", "x 1"),
        ("12.5ms", "12.5s"),
        ("3fa8", "3fa9"),
        ("2026-11-27", "2026-11-29"),
    ],
)
def test_tolerance_is_for_near_numbers_only(old: str, new: str) -> None:
    assert not same_text(old, new, rules_of(["tolerance-1e-3"]))


def test_tolerance_and_ellipsis_hold_together() -> None:
    rules = rules_of(["tolerance-1e-3", "ellipsis"])
    assert same_text("took ...\nauc 0.9000", "took 3 s\nauc 0.9001", rules)
    assert not same_text("took ...\nauc 0.90", "took 3 s\nauc 0.91", rules)


@pytest.mark.parametrize("tag", ["tolerance-much", "tolerance-2", "tolerance-nan"])
def test_tolerance_that_is_no_share_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match=r"share|float"):
        rules_of([tag])


@pytest.mark.parametrize("rows", [[("a", "2")], [("1", "a")], [("a", "1"), ("", "")], [("a1",)]])
def test_another_cell_of_a_table_is_a_change(rows: list[tuple[str, ...]]) -> None:
    assert not same_outputs([table(("a", "1"))], [table(*rows)], STRICT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<progress value="3" max="10">', '<progress value="4" max="10">'),
        ("<svg><circle r='1'/></svg>", "<svg><circle r='2'/></svg>"),
        ('<iframe srcdoc="one"></iframe>', '<iframe srcdoc="two"></iframe>'),
        ("<style>#T_a td {color: red}</style>", "<style>#T_a td {color: blue}</style>"),
        ("<script>draw([1, 2])</script>", "<script>draw([1, 3])</script>"),
        ("<b>a</b>", "<i>a</i>"),
        ("<p>a</p>", "<p hidden>a</p>"),
        ("<!-- a -->", "<!-- b -->"),
    ],
)
def test_html_counts_whole(old: str, new: str) -> None:
    assert not same_outputs([display(text_html=old)], [display(text_html=new)], STRICT)


def test_ids_in_html_are_numbered_with_what_refers_to_them() -> None:
    def styled(lot: str, cell: str = "row0") -> Output:
        style = f"<style>#T_{lot}_{cell} {{background: yellow}}</style>"
        return display(text_html=f'{style}<td id="T_{lot}_row0">1</td><td id="T_{lot}_row1">2</td>')

    assert same_outputs([styled("8f2a1")], [styled("c07be")], STRICT)
    assert not same_outputs([styled("8f2a1")], [styled("c07be", cell="row1")], STRICT)


def test_what_a_library_drew_for_an_id_is_numbered_in_its_scripts_too() -> None:
    def animated(lot: str, frames: int = 3) -> Output:
        return display(text_html=f'<input id="_anim_slider{lot}"><script>anim{lot} = new Animation({frames})</script>')

    one, other = "ffd38376d0df4f7d8e4cec41faab7f5a", "ccdb2857490d4f73b1281c37ea0268d7"
    assert same_outputs([animated(one)], [animated(other)], STRICT)
    assert not same_outputs([animated(one)], [animated(other, frames=4)], STRICT)


@pytest.mark.parametrize(
    ("mime", "old", "new"),
    [
        ("application/json", {"a": 1}, {"a": 2}),
        ("application/vnd.plotly.v1+json", {"data": [{"y": [1, 2]}]}, {"data": [{"y": [1, 3]}]}),
        ("text/latex", "$x^2$", "$x^3$"),
        ("text/markdown", "*a*", "*b*"),
        ("application/javascript", "a()", "b()"),
        ("application/pdf", "JVBERi0x", "JVBERi0y"),
    ],
)
def test_every_form_counts(mime: str, old: Any, new: Any) -> None:
    one, other = ({"output_type": "display_data", "data": {mime: content}} for content in (old, new))
    assert not same_outputs([one], [other], STRICT)


def test_text_that_a_richer_form_hides_from_readers_does_not_count() -> None:
    one, other = (display(text_html="<p>a</p>", text_plain=f"Link(id={number})") for number in (1, 2))
    assert same_outputs([one], [other], STRICT)


def test_colour_of_text_counts() -> None:
    assert not same_outputs([stream("\x1b[31mred\x1b[0m")], [stream("\x1b[32mred\x1b[0m")], STRICT)


def test_size_at_which_a_picture_is_shown_counts() -> None:
    one, other = (
        {**display(image_png=png((1, 2, 3))), "metadata": {"image/png": {"width": width, "height": 2}}}
        for width in (2, 4)
    )
    assert not same_outputs([one], [other], STRICT)


def test_later_frame_of_an_animation_counts() -> None:
    def animated(last: int) -> str:
        frames = [Image.new("L", (2, 2), level) for level in (0, 90, last)]
        file = io.BytesIO()
        frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
        return base64.b64encode(file.getvalue()).decode()

    assert pictures.same(animated(200), animated(200))
    assert not pictures.same(animated(200), animated(100))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("at 2026-11-27 12:00:07", "at 2026-11-28 12:00:31"),
        ("2026-11-27T12:00:07.123456+00:00", "2026-11-28T12:00:31.5+00:00"),
        ("2026-11-27T20:00:07+08:00", "2026-11-28T20:00:31+08:00"),
        ("2026-11-27 20:00:07", "2026-11-28 20:00:31"),
        ("Fri, 27 Nov 2026 12:00:07 GMT", "Sat, 28 Nov 2026 12:00:31 GMT"),
        (
            "datetime.datetime(2026, 11, 27, 12, 0, 7, tzinfo=tzlocal())",
            "datetime.datetime(2026, 11, 28, 12, 0, 31, tzinfo=tzlocal())",
        ),
        ("job-2026-11-27-12-00-07-123", "job-2026-11-28-12-00-31-456"),
        ("job-20261127120007", "job-20261128120031"),
        ("started 1795780807", "started 1795867231"),
        ("started 1795780807123", "started 1795867231456"),
        ("12:00:07 INFO ready", "12:00:31 INFO ready"),
        ("[27/Nov/2026 12:00:07] GET", "[28/Nov/2026 12:00:31] GET"),
        ("27/Nov/2026:12:00:07 +0000", "28/Nov/2026:12:00:31 +0000"),
        ("[2026-11-27:12:00:07:INFO]", "[2026-11-28:12:00:31:INFO]"),
        ("?Signature=EXAMPLE&Expires=1795784407", "?Signature=EXAMPLE&Expires=1795870831"),
        ("'BillableTimeInSeconds': 58,", "'BillableTimeInSeconds': 2,"),
        ("CPU times: user 3 μs, sys: 1e+03 ns, total: 4 μs", "CPU times: user 6 μs, sys: 0 ns, total: 6 μs"),
        ("('127.0.0.1', 45081)", "('127.0.0.1', 39747)"),
        ("2026年11月27日", "2026年11月28日"),
        ("建立於2026-11-27 12:00:07。", "建立於2026-11-28 12:00:31。"),
        ("arn:aws:s3:::data-3fa85f64", "arn:aws:s3:::data-0bd1e772"),
        ("'RequestId': 'Q2KX0Z9ATT1T'", "'RequestId': 'ZM4WQ81CC3A0'"),
        ("<object at 0x7f3a00112233>", "<object at 0x7f9c44556677>"),
        ("http://127.0.0.1:43211/", "http://127.0.0.1:50122/"),
        ("/tmp/tmpab12cd34/a.csv", "/tmp/tmpzz98yy76/a.csv"),
        ("100%|##| 9/9 [00:01<00:00, 9.87it/s]", "100%|##| 9/9 [00:02<00:00, 4.11it/s]"),
        ("Wall time: 3.21 ms", "Wall time: 1min 2s"),
        ("<_MainThread(MainThread, started 140028040477568)>", "<_MainThread(MainThread, started 140163188005760)>"),
        ("<socket.socket fd=57, family=2>", "<socket.socket fd=56, family=2>"),
        ("12:00:07.035 [8421] DEBUG ready", "12:00:31.454 [17616] DEBUG ready"),
    ],
)
def test_what_each_run_is_known_to_have_made_does_not_count(old: str, new: str) -> None:
    assert same_next_day(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2019-05-05 10:20:30", "2019-05-06 10:20:30"),
        ("due 2026-12-24 12:00:07", "due 2026-12-25 12:00:07"),
        ("order 123456789012", "order 123456789013"),
        ("0xff00ff", "0xff00fe"),
        ("loss 0.8421", "loss 0.17616"),
        ("84210 rows", "176160 rows"),
        ("localhost:8080", "localhost:8081"),
        ("data-aaaa1111", "data-bbbb2222"),
        ("01234567-89ab-4def-8123-456789abcdef", "11234567-89ab-4def-8123-456789abcdef"),
        ("/tmp/a.csv", "/tmp/b.csv"),
        ("took 3.21 ms", "took 4.22 ms"),
        ("'MaxRuntimeInSeconds': 58", "'MaxRuntimeInSeconds': 2"),
        ("data-3fa85f64 failed", "data-0bd1e772 succeeded"),
        ("at 2026-11-27 12:00:07: Completed", "at 2026-11-28 12:00:31: Failed"),
    ],
)
def test_all_else_counts(old: str, new: str) -> None:
    assert not same_next_day(old, new)


def test_two_ids_that_were_one_are_a_change() -> None:
    one = Origin("", NOON, NOON, made=("3fa85f64", "77aa88bb"))
    other = Origin("", NOON, NOON, made=("0bd1e772", "99cc11dd"))
    compared = Comparison(STRICT, one, other)
    assert compared.same_text("3fa85f64 77aa88bb 3fa85f64", "0bd1e772 99cc11dd 0bd1e772")
    assert not compared.same_text("3fa85f64 77aa88bb 3fa85f64", "0bd1e772 99cc11dd 99cc11dd")


def test_date_in_data_that_happens_to_be_today_is_still_itself_tomorrow() -> None:
    assert same_next_day("due 2026-11-27", "due 2026-11-27")


def test_verbatim_output_may_not_even_differ_in_times() -> None:
    assert not same_next_day("at 2026-11-27 12:00:07", "at 2026-11-28 12:00:31", rules_of(["verbatim"]))


def test_tolerance_holds_beside_a_time() -> None:
    old, new = "12:00:07 auc 0.9000", "12:00:31 auc 0.9001"
    assert same_next_day(old, new, rules_of(["tolerance-1e-3"]))
    assert not same_next_day(old, new)


def test_link_in_html_counts_by_where_it_leads() -> None:
    here, there = (display(text_html=f'<a href="{target}">read</a>') for target in ("here", "there"))
    assert not same_outputs([here], [there], STRICT)


def test_picture_counts_by_its_pixels() -> None:
    old, new = png((10, 20, 30)), png((10, 20, 30), software="matplotlib 3.11")
    assert old != new
    assert pictures.same(old, new)


def test_picture_may_differ_by_what_rounding_does() -> None:
    assert pictures.same(png((10, 20, 30)), png((12, 20, 29)))


def test_picture_of_another_colour_or_size_is_a_change() -> None:
    assert not pictures.same(png((10, 20, 30)), png((10, 20, 90)))
    assert not pictures.same(png((10, 20, 30)), png((10, 20, 30), size=(4, 5)))


def test_picture_that_cannot_be_read_counts_by_its_bytes() -> None:
    assert pictures.same("bm90aGluZw==", "bm90aGluZw==")
    assert not pictures.same("bm90aGluZw==", png((0, 0, 0)))


def test_difference_of_pictures_says_how_much_of_them() -> None:
    assert pictures.difference(png((0, 0, 0)), png((0, 0, 90))) == "16 pixels (100.00%) differ, by up to 90 of 255"


def test_ids_in_a_drawing_do_not_count_but_what_they_join_does() -> None:
    def drawing(one: str, two: str, used: str) -> dict[str, Any]:
        return {
            "output_type": "display_data",
            "data": {"image/svg+xml": f'<svg><path id="{one}"/><path id="{two}"/><use href="#{used}"/></svg>'},
        }

    old = drawing("m1f", "m2e", "m1f")
    assert same_outputs([old], [drawing("mab", "mcd", "mab")], STRICT)
    assert not same_outputs([old], [drawing("mab", "mcd", "mcd")], STRICT)


def test_view_of_a_widget_is_a_random_id_and_does_not_count() -> None:
    one, other = (
        {
            "output_type": "display_data",
            "data": {"application/vnd.jupyter.widget-view+json": {"model_id": name}, "text/plain": "IntSlider()"},
        }
        for name in ("a", "b")
    )
    assert same_outputs([one], [other], STRICT)


def test_value_belongs_to_the_last_cell_that_sets_it() -> None:
    cells = [
        Cell(name, "code", source, Place("notebooks/x.py", line))
        for line, (name, source) in enumerate(
            [
                ("first", "a = 1\nb = 1"),
                ("second", "%pip list\nb = 2"),
                ("third", "for b in [3]:\n    pass"),
                ("last", "print(b)"),
            ],
            start=1,
        )
    ]
    script = Script("x", "notebooks/x.py", tuple(cells))
    assert [cell.name for name in "abc" if (cell := shown_values.home(script, name))] == ["first", "third", "last"]


# Which bytes of a recording stay.


def recorded(*calls: dict[str, Any]) -> Recording:
    return Recording("cleanup", "local", (), provenance={"calls": list(calls)})


def deleted(stream: str) -> dict[str, Any]:
    return {"service": "logs", "operation": "DeleteLogStream", "on": {"logStreamName": stream}}


SCRIPT = Script("cleanup", "snippets/cleanup.py", ())


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("steps-evaluate-*-UXUair9P4O/algo-1-*", "steps-evaluate-eihscuhvxbm3-*/algo-1-*"),
        ("tuning-1955000-001-*", "tuning-1955000-001-*"),
    ],
)
def test_call_on_a_name_drawn_by_lot_keeps_the_recording(before: str, now: str) -> None:
    old = recorded(deleted(before))
    assert settle(old, recorded(deleted(now)), SCRIPT, ()) is old


@pytest.mark.parametrize(
    "now",
    [
        deleted("steps-prepare-*"),
        {**deleted("steps-evaluate-*"), "operation": "ListModels"},
        {**deleted("steps-evaluate-*"), "passes": "Role"},
    ],
)
def test_other_call_is_recorded(now: dict[str, Any]) -> None:
    new = recorded(now)
    assert settle(recorded(deleted("steps-evaluate-*")), new, SCRIPT, ()) == new


def test_day_and_minute_in_a_name_were_drawn() -> None:
    assert list(generated_parts("workshop-tune-261127-1955")) == ["261127-1955"]
