// What becomes of a deck on paper. `?print-pdf` prints slides, each on a page of its own, with the foot of the deck. The
// print command of the browser makes a handout: the deck as a page to read, without what reveal.js does to it.
"use strict";

window.deckPaper = (() => {
  const classes = ["reveal", "presenting"];
  let printed = null;

  // All that is folded away would be lost.
  function unfold(root) {
    const closed = [...root.querySelectorAll("details:not([open])")];
    closed.forEach((it) => (it.open = true));
    return closed;
  }

  function begin(deck) {
    if (printed) {
      return;
    }
    printed = { opened: unfold(deck), had: classes.filter((name) => deck.classList.contains(name)) };
    deck.classList.remove(...classes);
    document.body.classList.replace("presents", "on-paper");
    document.body.append(...document.querySelectorAll(".deck-foot"));
    deckScheme.paper(true);
    deckSteps.show(deck, true);
  }

  function end(deck) {
    if (!printed) {
      return;
    }
    document.body.classList.replace("on-paper", "presents");
    document.querySelector(".deck-bar")?.append(...document.querySelectorAll(".deck-foot"));
    deck.classList.add(...printed.had);
    printed.opened.forEach((it) => (it.open = false));
    printed = null;
    deckScheme.paper(false);
    deckSteps.show(deck);
  }

  // A tab that is not chosen has no name on paper, unless its block says it.
  function nameTabs(root) {
    for (const set of root.querySelectorAll(".tabbed-set")) {
      const labels = [...set.querySelectorAll(":scope > .tabbed-labels > label")];
      set.querySelectorAll(":scope > .tabbed-content > .tabbed-block").forEach((block, index) => {
        block.dataset.tab = labels[index]?.textContent.trim() ?? "";
      });
    }
  }

  function start(deck) {
    nameTabs(deck);
    if (new URLSearchParams(location.search).has("print-pdf")) {
      unfold(deck);
      return;
    }
    addEventListener("beforeprint", () => begin(deck));
    addEventListener("afterprint", () => end(deck));
    matchMedia("print").addEventListener("change", ({ matches }) => (matches ? begin(deck) : end(deck)));
  }

  // Slides on pages: each gets the foot, and code the state of its steps if each step has a page.
  function slides(deck) {
    const apart = Reveal.getConfig().pdfSeparateFragments;
    const foot = document.querySelector(".deck-foot");
    deck.classList.toggle("whole-slides", !apart);
    for (const page of deck.querySelectorAll(".pdf-page")) {
      if (foot) {
        page.append(foot.cloneNode(true));
      }
      deckSteps.show(page, !apart);
    }
  }

  return { start, slides };
})();
