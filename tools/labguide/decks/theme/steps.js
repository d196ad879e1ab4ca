// Shows lines of code, or of what it printed, one group after the other: `data-line-numbers="1-3|5"`. Each group but the
// first is a fragment of reveal.js without a look of its own, so keys, the speaker view and printing know it.
"use strict";

window.deckSteps = (() => {
  const MARKED = "[data-line-numbers]";

  function prepare(root) {
    for (const marked of root.querySelectorAll(MARKED)) {
      const block = marked.closest("pre") ?? marked.querySelector("pre");
      const code = block?.querySelector("code") ?? block;
      if (code && !block.classList.contains("code-steps")) {
        prepareBlock(block, code, marked);
      }
    }
  }

  function prepareBlock(block, code, { dataset }) {
    const lines = linesOf(code);
    lines.forEach((line) => line.classList.add("code-line"));
    block.classList.add("code-steps");
    block.classList.toggle("numbered", !block.closest(".recorded-output") && dataset.lineNumbers !== "false");
    block.style.setProperty("--first-line", Number(dataset.lnStartFrom || 1) - 1);
    const [first, ...others] = groups(dataset.lineNumbers);
    block.dataset.lines = first;
    others.forEach((group, index) => {
      const step = document.createElement("span");
      step.className = "fragment code-step";
      step.dataset.lines = group;
      if (dataset.fragmentIndex) {
        step.dataset.fragmentIndex = Number(dataset.fragmentIndex) + index;
      }
      block.append(step);
    });
    showBlock(block);
  }

  // `true` and `false` are how others say: numbers, but no group.
  const groups = (written) => (/^(true|false)?$/.test(written) ? [""] : written.split("|").map((it) => it.trim()));

  // The elements of the lines, as they were rendered, or else made here: an element that goes over several lines is
  // closed at the end of each and opened again.
  function linesOf(code) {
    const rendered = code.querySelectorAll(":scope > .line, :scope > [id^='__span']");
    if (rendered.length) {
      // A line ends in its own element, or there would be an empty one after each.
      [...code.childNodes].filter((it) => it.nodeType === Node.TEXT_NODE).forEach((it) => it.previousSibling?.append(it));
      return [...rendered];
    }
    const open = [];
    const html = code.innerHTML.replace(/\n$/, "").split("\n").map((text) => {
      const before = open.join("");
      for (const [tag] of text.matchAll(/<[^>]+>/g)) {
        tag.startsWith("</") ? open.pop() : /\/>$|^<(br|wbr|img)\b/.test(tag) || open.push(tag);
      }
      const after = [...open].reverse().map((tag) => `</${/^<([^\s>]+)/.exec(tag)[1]}>`);
      return `<span class="line">${before}${text}\n${after.join("")}</span>`;
    });
    code.innerHTML = html.join("");
    return [...code.querySelectorAll(":scope > .line")];
  }

  function includes(written, number) {
    return written.split(",").some((part) => {
      const [from, to = from] = part.split("-").map(Number);
      return number >= from && number <= to;
    });
  }

  function showBlock(block, all = false) {
    const steps = [...block.querySelectorAll(".code-step")];
    const lines = steps.filter((it) => it.classList.contains("visible")).at(-1)?.dataset.lines ?? block.dataset.lines;
    block.querySelectorAll(".code-line").forEach((line, index) => {
      const shown = !all && lines !== "" && includes(lines, index + 1);
      line.classList.toggle("pointed", shown);
      line.classList.toggle("quiet", !all && lines !== "" && !shown);
    });
    return lines;
  }

  // Brings blocks into the state that their fragments have; `all` lines alike where there are no steps, as on paper.
  function show(root, all = false) {
    root.querySelectorAll(".code-steps").forEach((block) => showBlock(block, all));
  }

  return { prepare, show };
})();
