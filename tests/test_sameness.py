"""What a rerun may change without a recording being another one, and what it may not."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from labguide import pictures, shown_values
from labguide.model import Cell, Place, Script
from labguide.sameness import Rules, rules_of, same_outputs, same_text

STRICT = Rules()


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
    [("auc 0.9000", "auc 0.9001"), ("loss=1e-05;", "loss=1.0001e-05;"), ("[9.999, -2]", "[10.000, -2]")],
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


def test_table_counts_by_the_texts_of_its_cells() -> None:
    plain = display(text_html="<table class='other'><tr><th>a</th>  <td> 1 </td></tr></table>")
    assert same_outputs([table(("a", "1"))], [plain], STRICT)


@pytest.mark.parametrize("rows", [[("a", "2")], [("1", "a")], [("a", "1"), ("", "")], [("a1",)]])
def test_another_cell_of_a_table_is_a_change(rows: list[tuple[str, ...]]) -> None:
    assert not same_outputs([table(("a", "1"))], [table(*rows)], STRICT)


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
