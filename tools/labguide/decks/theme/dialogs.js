// What opens over a deck: search (Ctrl+Shift+F), and the list of keys (?).
"use strict";

window.deckDialogs = (() => {
  const { textOf, title, filled } = deckAccess;
  const make = (tag, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };
  let words;

  function start(said) {
    words = said;
    addEventListener("keydown", onKey, true);
  }

  function onKey(event) {
    const typing = /^(input|textarea)$/i.test(event.target.tagName);
    if (event.code === "KeyF" && event.shiftKey && (event.ctrlKey || event.metaKey)) {
      take(event, search);
    } else if ((event.key === "?" || event.key === "F1") && !typing && !Reveal.isPaused()) {
      take(event, help);
    }
  }

  function take(event, open) {
    event.preventDefault();
    event.stopImmediatePropagation();
    document.querySelector("dialog.deck-dialog[open]")?.close();
    open();
  }

  function dialog(name, ...content) {
    const close = make("button", { type: "button", className: "deck-dialog-close", textContent: "×" });
    close.setAttribute("aria-label", words.close);
    const node = make("dialog", { className: `deck-dialog ${name}` }, close, ...content);
    node.setAttribute("aria-label", words[name]);
    close.addEventListener("click", () => node.close());
    node.addEventListener("close", () => node.remove());
    node.addEventListener("click", ({ target }) => target === node && node.close()); // beside it
    document.body.append(node);
    node.showModal();
    return node;
  }

  // ---- Keys ----

  const KEYS = [
    ["help_next", "→", "N", "Space"],
    ["help_previous", "←", "P", "Shift Space"],
    ["help_down", "↓", "↑"],
    ["help_ends", "Home", "End"],
    ["help_overview", "Esc", "O"],
    ["help_search", "Ctrl Shift F"],
    ["help_jump", "G"],
    ["help_scheme", "D"],
    ["help_pause", "B"],
    ["help_full", "F"],
    ["help_speaker", "S"],
    ["help_help", "?"],
  ];

  function help() {
    const rows = KEYS.map(([name, ...keys]) => {
      const shown = keys.flatMap((key, index) => [...(index ? [" "] : []), make("kbd", { textContent: key })]);
      return make("div", {}, make("dt", {}, ...shown), make("dd", { textContent: words[name] }));
    });
    dialog("help", make("h2", { textContent: words.help }), make("dl", {}, ...rows));
  }

  // ---- Search ----

  // By letters, in any language; letters of different width, case or accent are the same.
  const folded = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase().replace(/\s+/g, " ");

  function search() {
    const slides = Reveal.getSlides().map((section, index) => ({ section, index, text: textOf(section.querySelector(".slide")) }));
    const field = make("input", { type: "search", autocomplete: "off" });
    field.setAttribute("aria-label", words.search_field);
    field.placeholder = words.search_field;
    const count = make("p", { className: "deck-dialog-count" });
    count.setAttribute("role", "status");
    const list = make("ol");
    const box = dialog("search", field, count, list);
    const show = () => showFound(box, slides, field.value, count, list);
    field.addEventListener("input", show);
    box.addEventListener("keydown", (event) => choose(event, list));
    box.addEventListener("close", () => mark([], ""));
    field.focus();
  }

  function showFound(box, slides, asked, count, list) {
    const wanted = folded(asked.trim());
    const found = wanted ? slides.filter(({ text }) => folded(text).includes(wanted)) : [];
    const said = { 0: words.found_none, 1: words.found_one }[found.length] ?? words.found;
    count.textContent = wanted ? filled(said, { count: found.length }) : "";
    list.replaceChildren(...found.map((slide) => entry(box, slide, wanted)));
    mark(found.map(({ section }) => section), wanted);
  }

  function entry(box, { section, index, text }, wanted) {
    const at = folded(text).indexOf(wanted);
    const start = Math.max(0, at - 30);
    const excerpt = `${start ? "…" : ""}${text.slice(start, at + wanted.length + 50)}…`;
    const button = make(
      "button",
      { type: "button" },
      make("span", { className: "deck-dialog-number", textContent: `${index + 1} ` }),
      make("strong", { textContent: title(section) }),
      make("span", { className: "deck-dialog-excerpt", textContent: excerpt }),
    );
    button.addEventListener("click", () => {
      const { h, v } = Reveal.getIndices(section);
      box.close();
      Reveal.slide(h, v);
      mark([section], wanted);
    });
    return make("li", {}, button);
  }

  // Return in the field goes to the first slide; arrows go through the list.
  function choose(event, list) {
    const buttons = [...list.querySelectorAll("button")];
    const here = buttons.indexOf(document.activeElement);
    const next = { ArrowDown: here + 1, ArrowUp: here - 1 }[event.key];
    if (event.key === "Escape") {
      event.preventDefault(); // a browser would only empty the field
      list.closest("dialog").close();
    } else if (event.key === "Enter" && here < 0 && buttons.length) {
      event.preventDefault();
      buttons[0].click();
    } else if (next !== undefined && buttons.length) {
      event.preventDefault();
      (buttons[next] ?? (next < 0 ? list.parentElement.querySelector("input") : buttons.at(-1))).focus();
    }
  }

  // Marks without touching the slide's own elements; the marks go with the next search, or when the slide changes.
  function mark(sections, wanted) {
    if (!CSS.highlights) {
      return;
    }
    const ranges = wanted ? sections.flatMap((section) => rangesIn(section, wanted)) : [];
    ranges.length ? CSS.highlights.set("found", new Highlight(...ranges)) : CSS.highlights.delete("found");
  }

  function rangesIn(section, wanted) {
    const ranges = [];
    const walker = document.createTreeWalker(section.querySelector(".slide"), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.data.toLowerCase();
      for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
        const range = new Range();
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, at + wanted.length);
        ranges.push(range);
      }
    }
    return ranges;
  }

  const isOpen = () => document.querySelector("dialog.deck-dialog[open]") !== null;

  return { start, isOpen };
})();
