// What is still wider than the paper becomes smaller as a whole; and what fits on a third of a sheet is not broken.
() => {
  // A table becomes this small before the lines in its cells are broken, then this small before words are.
  const STEPS = [[0.6, "labguide-wrapped"], [0.4, "labguide-broken"]];
  const THIRD = 320;
  const room = document.documentElement.clientWidth;

  document.querySelectorAll("pre code").forEach(simplify);
  for (const it of document.querySelectorAll("table")) {
    for (const [smallest, name] of STEPS) it.classList.toggle(name, share(it) < smallest);
    shrink(it);
  }
  document.querySelectorAll(".katex-display, math[display=block], pre.mermaid svg, iframe").forEach(shrink);
  for (const it of document.querySelectorAll("pre, table, .highlight, figure, .recorded-output, .recorded-html")) {
    if (it.getBoundingClientRect().height < THIRD) it.classList.add("labguide-whole");
  }

  // Of ten elements in code, nine only name what they are, and look like the rest. Each would be a node of the PDF's
  // structure: the file would be twice as large, and take five times as long.
  function simplify(code) {
    code.querySelectorAll("a:empty").forEach((it) => it.remove());
    const plain = [...code.querySelectorAll("span")].filter((it) => alike(it, it.parentElement));
    for (const it of plain) it.replaceWith(...it.childNodes);
    code.normalize();
  }

  function alike(one, other) {
    const [first, second] = [getComputedStyle(one), getComputedStyle(other)];
    const plain = first.display === "inline" && /, 0\)$|^transparent$/.test(first.backgroundColor);
    return plain && ["color", "fontWeight", "fontStyle", "textDecorationLine"].every((it) => first[it] === second[it]);
  }

  function shrink(it) {
    if (share(it) < 1) it.style.zoom = Math.max(0.2, share(it));
  }

  // How much of its width it can have; its frame may have room of its own on both sides.
  function share(it) {
    const { left, width } = it.getBoundingClientRect();
    const inset = parseFloat(getComputedStyle(it.parentElement).paddingRight) || 0;
    return (room - left - inset) / Math.max(width, it.scrollWidth);
  }
}
