"""Light and dark: whose choice counts, and whether everything can be read."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import BrowserContext, Page
from showcase_deck import Showcase

GUIDES = "localStorage.setItem(new URL('../', location).pathname + '.__palette', {})"
CONTRASTS = """() => {
  const luminance = ([r, g, b]) => [r, g, b].map((it) => it / 255)
    .map((it) => (it <= 0.03928 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4))
    .reduce((sum, it, n) => sum + it * [0.2126, 0.7152, 0.0722][n], 0);
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const ground = (it) => {
    for (; it; it = it.parentElement) {
      const found = numbers(getComputedStyle(it).backgroundColor);
      if ((found[3] ?? 1) > 0.99) return found;
      if (it.matches("section[data-own-ground]")) return null;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const section of Reveal.getSlides()) {
    const { h, v } = Reveal.getIndices(section);
    Reveal.slide(h, v, 99);
    const walker = document.createTreeWalker(section.querySelector(".slide"), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const it = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || it.closest("svg, style") || !it.checkVisibility()) continue;
      const on = ground(it);
      if (!on) continue;
      const [one, other] = [luminance(numbers(getComputedStyle(it).color)), luminance(on)].sort((a, b) => b - a);
      const contrast = (one + 0.05) / (other + 0.05);
      if (contrast < 7) faint.push(`${section.id}: ${walker.currentNode.data.trim()} ${contrast.toFixed(2)}`);
    }
  }
  return faint;
}"""


def _scheme(page: Page) -> str:
    found: str = page.evaluate("document.documentElement.dataset.mdColorScheme")
    return found


def _choose_in_guide(showcase: Showcase, context: BrowserContext, scheme: str) -> None:
    page = showcase.show(context=context)
    choice = {"index": 1, "color": {"media": "", "scheme": scheme, "primary": "indigo", "accent": "indigo"}}
    page.evaluate(GUIDES.format(json.dumps(json.dumps(choice))))
    page.close()


@pytest.mark.parametrize(("system", "expected"), [("light", "default"), ("dark", "slate")])
def test_deck_looks_as_the_system_does(showcase: Showcase, system: str, expected: str) -> None:
    assert _scheme(showcase.show(context=showcase.context(system))) == expected


def test_choice_of_the_reader_in_the_guide_counts_for_decks(showcase: Showcase) -> None:
    context = showcase.context("light")
    _choose_in_guide(showcase, context, "slate")
    assert _scheme(showcase.show(context=context)) == "slate"


def test_choice_in_a_deck_is_kept_until_another_one_in_the_guide(showcase: Showcase) -> None:
    context = showcase.context("light")
    page = showcase.show(context=context)
    page.keyboard.press("d")
    assert _scheme(page) == "slate"
    assert _scheme(showcase.show(context=context)) == "slate"
    _choose_in_guide(showcase, context, "default")
    assert _scheme(showcase.show(context=context)) == "default"


def test_theme_of_the_author_counts_for_readers_without_a_choice(showcase: Showcase) -> None:
    showcase.publish("black", "---\ntheme: black\n---\n## One\n")
    assert _scheme(showcase.show(name="black")) == "slate"


def test_address_may_ask_for_a_look(showcase: Showcase) -> None:
    assert _scheme(showcase.show("?scheme=dark")) == "slate"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground_seven_to_one(showcase: Showcase, scheme: str) -> None:
    assert showcase.show(context=showcase.context(scheme)).evaluate(CONTRASTS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_ground_that_an_author_chose_decides_on_the_colour_of_text(showcase: Showcase, scheme: str) -> None:
    page = showcase.show(context=showcase.context(scheme))
    colour = "getComputedStyle(document.querySelector('{} .slide')).color"
    assert page.evaluate(colour.format("#dark")) == "rgb(238, 241, 248)"
    assert page.evaluate(colour.format("#gradient")) == "rgb(23, 33, 58)"
