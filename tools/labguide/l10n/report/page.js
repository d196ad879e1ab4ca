// Copies what is to be pasted, and shows only the kinds of work that the reader wants. Without it all is shown.

(() => {
  "use strict";

  const words = JSON.parse(document.getElementById("words").textContent);
  const said = document.getElementById("said");

  document.documentElement.classList.remove("unscripted");

  // ---- Copying ----

  // Where a page came over plain HTTP, browsers have no clipboard but the old one.
  async function copy(text, shown) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      getSelection().selectAllChildren(shown);
      return document.execCommand("copy");
    }
  }

  async function onCopy(button) {
    const shown = button.closest(".box").querySelector("pre");
    const done = await copy(shown.textContent, shown);
    said.textContent = done ? words.copied : words.not_copied;
    button.dataset.done = done ? words.copied : words.not_copied;
    shown.focus({ preventScroll: true });
    button.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) {
      onCopy(button);
    }
  });

  // ---- Choosing ----

  const choices = [...document.querySelectorAll(".filter input")];

  function choose() {
    const kinds = new Set(choices.filter((each) => each.checked).map((each) => each.value));
    for (const item of document.querySelectorAll(".item")) {
      item.hidden = !kinds.has(item.dataset.kind);
    }
    for (const sheet of document.querySelectorAll(".sheet")) {
      sheet.hidden = !sheet.querySelector(".item:not([hidden])");
    }
  }

  for (const each of choices) {
    each.addEventListener("change", choose);
  }
  choose(); // a reload keeps what was chosen

  // ---- Places ----

  // A link to a section that is closed opens it.
  function arrive() {
    const item = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (item instanceof HTMLDetailsElement) {
      item.open = true;
      item.scrollIntoView();
    }
  }

  addEventListener("hashchange", arrive);
  arrive();

  // Paper has no button that opens anything.
  addEventListener("beforeprint", () => {
    for (const item of document.querySelectorAll(".item:not([hidden], [open])")) {
      item.dataset.closed = "";
      item.open = true;
    }
  });
  addEventListener("afterprint", () => {
    for (const item of document.querySelectorAll(".item[data-closed]")) {
      delete item.dataset.closed;
      item.open = false;
    }
  });
})();
