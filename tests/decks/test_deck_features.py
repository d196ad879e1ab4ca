"""What slides can show: formulas, diagrams, steps of lines, pictures; each in a real browser, from the disk."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from showcase_deck import Showcase, shown

from browser import overflowing_slides

POINTED = "[...Reveal.getCurrentSlide().querySelectorAll('pre')].map(pre => [...pre.querySelectorAll('.code-line')]"
POINTED += ".flatMap((it, n) => it.classList.contains('pointed') ? [n + 1] : []))"
SMALLEST = """() => Math.min(...Reveal.getSlides().flatMap((section) => {
  const { h, v } = Reveal.getIndices(section);
  Reveal.slide(h, v);
  const walker = document.createTreeWalker(section.querySelector(".slide"), NodeFilter.SHOW_TEXT);
  const sizes = [];
  while (walker.nextNode()) {
    const it = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && !it.closest("style, .katex, svg, sup, .code-step") && it.checkVisibility()) {
      sizes.push(parseFloat(getComputedStyle(it).fontSize));
    }
  }
  return sizes;
}))"""


def test_nothing_goes_wrong_and_nothing_is_asked_of_another_host(showcase: Showcase) -> None:
    page = showcase.show()
    for _ in range(page.evaluate("Reveal.getTotalSlides()") + 10):
        page.keyboard.press("Space")
    assert page.evaluate("Reveal.isLastSlide()")
    assert showcase.complaints == []


def test_every_slide_fits_and_can_be_read_from_the_last_row(showcase: Showcase) -> None:
    page = showcase.show()
    assert overflowing_slides(page) == []
    assert page.evaluate(SMALLEST) >= 18


def test_formula_is_drawn_and_can_be_heard(showcase: Showcase) -> None:
    slide = showcase.show("#/math").locator("#math")
    expect(slide.locator(".katex-html")).to_have_count(2)
    expect(slide.locator("math")).to_have_count(2)
    expect(slide.locator(".katex-display")).to_have_count(1)


def test_formula_that_is_none_shows_what_was_written(showcase: Showcase) -> None:
    showcase.publish("wrong", "## Wrong {#wrong}\n\n\\(\\frac{1\\)\n")
    page = showcase.show(name="wrong")
    expect(page.locator(".katex-error")).to_contain_text("\\frac{1")


def test_diagram_on_a_slide_that_was_hidden_is_as_large_as_the_slide_allows(showcase: Showcase) -> None:
    page = showcase.show()
    page.keyboard.press("End")
    page.evaluate("location.hash = '#/diagram'")
    page.wait_for_function("Reveal.getCurrentSlide().id === 'diagram'")
    box = page.locator("#diagram svg").bounding_box()
    assert box
    assert box["width"] > 900
    expect(page.locator("#diagram svg")).to_contain_text("Endpoint")


def test_diagram_is_drawn_anew_in_the_dark(showcase: Showcase) -> None:
    page = showcase.show("#/diagram")
    fill = "getComputedStyle(document.querySelector('#diagram .node rect')).fill"
    before = page.evaluate(fill)
    page.keyboard.press("d")
    page.wait_for_function(f"{fill} !== '{before}'")


def test_diagram_that_is_none_shows_its_source_and_why(showcase: Showcase) -> None:
    showcase.publish("broken", '## Broken\n\n<pre class="mermaid"><code>flowchart NOWHERE --&gt; -&gt;</code></pre>\n')
    drawn = showcase.show(name="broken").locator("pre.mermaid")
    expect(drawn).to_contain_text("flowchart NOWHERE")
    expect(drawn).to_contain_text("error")


def test_deck_without_formulas_and_diagrams_loads_neither_library(showcase: Showcase) -> None:
    showcase.publish("plain", "## Plain\n")
    asked: list[str] = []
    page = showcase.context().new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto((showcase.folder / "slides" / "plain.html").as_uri())
    page.wait_for_function("window.Reveal?.isReady()")
    assert not [each for each in asked if "/drawing/" in each]


def _walk(page: Page, key: str, times: int) -> list[list[list[int]]]:
    seen = []
    for _ in range(times):
        page.keyboard.press(key)
        seen.append(page.evaluate(POINTED))
    return seen


def test_lines_of_code_and_of_its_output_are_pointed_at_one_after_the_other(showcase: Showcase) -> None:
    page = showcase.show("#/steps")
    assert page.evaluate(POINTED) == [[1, 2], []]
    assert _walk(page, "ArrowRight", 3) == [[[4], []], [[6, 7], []], [[6, 7], [2]]]
    assert shown(page) == "steps"


def test_steps_go_back_one_by_one_and_from_the_next_slide_too(showcase: Showcase) -> None:
    page = showcase.show("#/steps")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert shown(page) == "fragments"
    assert _walk(page, "ArrowLeft", 4) == [[[6, 7], [2]], [[6, 7], []], [[4], []], [[1, 2], []]]


def test_steps_need_no_elements_of_lines(showcase: Showcase) -> None:
    code = '<pre><code data-line-numbers="2|1,3"><span class="sd">"""one\ntwo"""</span>\nthree\n</code></pre>'
    showcase.publish("raw", f"## Raw\n\n{code}\n")
    page = showcase.show(name="raw")
    assert page.evaluate(POINTED) == [[2]]
    assert _walk(page, "ArrowRight", 1) == [[[1, 3]]]
    assert page.evaluate("document.querySelector('pre code').textContent") == '"""one\ntwo"""\nthree\n'


def test_lines_that_are_elements_already_stay_one_below_the_other(showcase: Showcase) -> None:
    lines = '<span class="line">one</span>\n<span class="line">two</span>\n'
    showcase.publish("lines", f'## Lines\n\n<pre><code data-line-numbers="1|2">{lines}</code></pre>\n')
    page = showcase.show(name="lines")
    tops = page.evaluate("[...document.querySelectorAll('.code-line')].map((it) => it.getBoundingClientRect())")
    assert abs(tops[1]["top"] - tops[0]["bottom"]) < 1


def test_picture_with_a_width_of_its_own_keeps_it(showcase: Showcase) -> None:
    page = showcase.show("#/small")
    assert page.evaluate("document.querySelector('#small img').offsetWidth") == 300


def test_picture_alone_is_as_large_as_the_slide_allows(showcase: Showcase) -> None:
    page = showcase.show("#/picture")
    assert page.evaluate("document.querySelector('#picture img').offsetWidth") > 1000


def test_large_text_fills_the_width_of_its_slide(showcase: Showcase) -> None:
    page = showcase.show("#/large")
    page.wait_for_function("document.querySelector('#large .r-fit-text').offsetWidth > 1050")
    assert page.evaluate("document.querySelector('#large .r-fit-text').offsetWidth") <= 1112


def test_forty_bullets_stand_in_two_columns(showcase: Showcase) -> None:
    page = showcase.show("#/forty")
    assert "two-columns" in page.evaluate("document.querySelector('#forty .slide').className")


def test_author_may_ask_for_smaller_code(showcase: Showcase) -> None:
    code = "```python\n" + "call(argument)  # a line\n" * 30 + "```\n"
    showcase.publish("dense", f'<!-- .slide: data-fit="0.5" -->\n\n## Dense {{#dense}}\n\n{code}')
    page = showcase.show(name="dense")
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('#dense code')).fontSize)") < 18


def test_box_that_is_opened_still_fits(showcase: Showcase) -> None:
    items = "".join(f"    - Number {number}\n" for number in range(12))
    showcase.publish("folded", f'## Folded {{#folded}}\n\n- One\n- Two\n\n??? tip "More"\n\n{items}')
    page = showcase.show(name="folded")
    page.locator("summary").click()
    page.wait_for_function("document.querySelector('.slide').classList.contains('tight')")
    assert overflowing_slides(page) == []


def test_click_on_a_tab_leaves_arrow_keys_to_the_slide_show(showcase: Showcase) -> None:
    page = showcase.show("#/tabs")
    page.get_by_text("Code", exact=True).click()
    page.keyboard.press("ArrowRight")
    assert shown(page) == "math"


def test_space_opens_a_box_that_has_the_focus(showcase: Showcase) -> None:
    page = showcase.show("#/boxes")
    page.locator("#boxes summary").focus()
    page.keyboard.press("Space")
    expect(page.locator("#boxes details p").last).to_be_visible()
    assert shown(page) == "boxes"


def test_foot_names_the_site(showcase: Showcase) -> None:
    foot = showcase.show().locator(".deck-foot")
    expect(foot).to_contain_text("A workshop · Mine, all of it")
    expect(foot.locator("img")).to_be_visible()


def test_options_of_reveal_are_those_of_the_front_matter(showcase: Showcase) -> None:
    options = "revealOptions: {width: 960, height: 700, slideNumber: false, hash: false, plugins: []}"
    showcase.publish("options", f"---\n{options}\ntransition: fade\n---\n## One\n\n---\n\n## Two\n")
    page = showcase.show(name="options")
    said = page.evaluate(
        "(({ width, height, transition, hash }) => [width, height, transition, hash])(Reveal.getConfig())"
    )
    assert said == [960, 700, "fade", True]
    assert page.evaluate("document.querySelector('.slide').offsetWidth") == 960


def test_long_deck_opens_at_any_slide(showcase: Showcase) -> None:
    slides = "\n\n---\n\n".join(f"## Number {number} {{#n{number}}}\n\n- A\n- B\n" for number in range(300))
    showcase.publish("long", slides)
    page = showcase.show("#/n287", name="long")
    assert shown(page) == "n287"
    page.keyboard.press("End")
    assert shown(page) == "n299"


def test_what_two_slides_share_moves_from_one_to_the_other(showcase: Showcase) -> None:
    page = showcase.show("#/moves")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('#moved').dataset.autoAnimate === 'running'")
