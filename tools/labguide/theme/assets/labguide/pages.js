// What a page does beside the theme: boxes that scroll can be reached by keyboard, another language opens at the same
// place, and a tab that was chosen in one language is the chosen one in all.
"use strict";

(() => {
  const said = JSON.parse(document.getElementById("__labguide")?.textContent || "{}");
  const boxes = ".md-typeset__scrollwrap, .recorded-html, .recorded-formula, .arithmatex, .labguide-diagram";

  function markBoxes() {
    for (const box of document.querySelectorAll(boxes)) {
      const wide = box.scrollWidth > box.clientWidth + 1;
      for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", said.words?.scrolls ?? ""]]) {
        wide ? box.setAttribute(name, value) : box.removeAttribute(name);
      }
    }
  }

  // Another language opens at the same place: that of the address if it is in sight or the page is still on its way there,
  // else the heading that is read.
  let arrived = false;

  function arrive() {
    arrived ||= isInSight(location.hash);
  }

  function depart() {
    arrived = false;
    arrive();
  }

  function isGoal(hash) {
    return isInSight(hash) || (!arrived && document.getElementById(decodeURIComponent(hash.slice(1))) !== null);
  }

  function keepPlace({ target }) {
    const link = target.closest?.("a.md-select__link[hreflang], .labguide-languages a[hreflang]");
    if (link) {
      link.hash = isGoal(location.hash) ? location.hash : window.scrollY > 0 ? `#${headingRead()}` : "";
    }
  }

  function isInSight(hash) {
    const box = document.getElementById(decodeURIComponent(hash.slice(1)))?.getBoundingClientRect();
    return Boolean(box) && box.bottom > 0 && box.top < innerHeight;
  }

  function headingRead() {
    const headings = document.querySelectorAll(":is(h1, h2, h3, h4, h5, h6)[id]");
    const above = [...headings].filter((each) => each.checkVisibility() && each.getBoundingClientRect().top < innerHeight / 3);
    return above.at(-1)?.id ?? "";
  }

  // The theme keeps the labels of chosen tabs, the newest first; each is kept in the guide's own language too.
  const labels = Object.entries(said.tabs ?? {});
  const labelOf = (input) => document.querySelector(`label[for="${input.id}"]`)?.innerText.trim();

  function keepChoice({ target }) {
    const original = target.matches?.(".tabbed-set > input") && labels.find(([, label]) => label === labelOf(target));
    if (original) {
      setTimeout(() => __md_set("__tabs", [...new Set([original[0], ...(__md_get("__tabs") ?? [])])]));
    }
  }

  function choose() {
    const chosen = labels.length ? __md_get("__tabs") : null;
    for (const set of Array.isArray(chosen) ? document.querySelectorAll(".tabbed-set") : []) {
      const inputs = [...set.querySelectorAll(":scope > input")];
      const named = (label) => inputs.find((input) => labelOf(input) === label);
      const first = chosen.map((label) => named(label) ?? named(said.tabs[label])).find(Boolean);
      if (first && location.hash.slice(1) !== first.id) {
        first.checked = true;
      }
    }
  }

  // The theme's search is a dialog without a name, and waits for a key: what an input method, a paste or somebody's
  // voice has written may come without one.
  const search = document.querySelector(".md-search[role=dialog]");
  search?.setAttribute("aria-label", search.querySelector("input[placeholder]")?.placeholder ?? "");

  function searchAtOnce({ target, type, isComposing }) {
    if (type === "compositionend" || !isComposing) {
      target.dispatchEvent(new Event("keyup"));
    }
  }

  choose();
  addEventListener("change", keepChoice);
  for (const event of ["pointerdown", "focusin", "click"]) {
    addEventListener(event, keepPlace, true); // before a link is opened in whatever way: here, in another tab, from its menu
  }
  addEventListener("scroll", arrive, { passive: true });
  addEventListener("load", arrive);
  addEventListener("hashchange", depart);
  search?.addEventListener("input", searchAtOnce);
  search?.addEventListener("compositionend", searchAtOnce);
  new ResizeObserver(markBoxes).observe(document.querySelector(".md-content") ?? document.body);
  addEventListener("load", markBoxes);
})();
