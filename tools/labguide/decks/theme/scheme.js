// Light or dark: as the reader chose in the deck (key D), else in the guide, else as the author or the system has it.
// It runs before anything is shown, so that nothing flashes. On paper a deck is light.
"use strict";

window.deckScheme = (() => {
  const root = document.documentElement;
  const query = new URLSearchParams(location.search);
  const night = matchMedia("(prefers-color-scheme: dark)");
  const scope = new URL("../../", document.currentScript.src).pathname;
  const GUIDES = `${scope}.__palette`; // where Material keeps what the reader chose on a page
  const OWN = `${scope}.__deck_scheme`;
  let onPaper = query.has("print-pdf");

  function kept(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // a browser may refuse, as for files from the disk
    }
  }

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  // A choice made here holds until the reader makes another one in the guide.
  function readers() {
    const own = parsed(kept(OWN));
    if (own && own.guides === kept(GUIDES)) {
      return own.scheme;
    }
    const color = parsed(kept(GUIDES))?.color;
    if (!color?.scheme || color.media === "(prefers-color-scheme)") {
      return null;
    }
    return color.scheme === "slate" || /dark/.test(color.media ?? "") ? "slate" : "default";
  }

  function chosen() {
    const asked = { dark: "slate", light: "default" }[query.get("scheme")];
    if (asked || onPaper) {
      return asked ?? "default";
    }
    return readers() ?? root.dataset.scheme ?? (night.matches ? "slate" : "default");
  }

  function apply() {
    root.dataset.mdColorScheme = chosen();
  }

  function toggle() {
    const scheme = chosen() === "slate" ? "default" : "slate";
    query.delete("scheme");
    try {
      localStorage.setItem(OWN, JSON.stringify({ scheme, guides: kept(GUIDES) }));
    } catch {
      // then it holds for this slide show only
    }
    root.dataset.mdColorScheme = scheme;
  }

  function paper(printing) {
    onPaper = printing || query.has("print-pdf");
    apply();
  }

  apply();
  night.addEventListener("change", apply);
  addEventListener("storage", apply);
  return { toggle, paper };
})();
