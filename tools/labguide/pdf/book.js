// What is still wider than the paper becomes smaller as a whole; and what fits on half a sheet is not broken.
() => {
  const room = document.documentElement.clientWidth;
  const HALF = 480;
  for (const it of document.querySelectorAll("table, .katex-display, math[display=block], pre.mermaid svg, iframe")) {
    const left = it.getBoundingClientRect().left;
    const width = Math.max(it.scrollWidth, it.getBoundingClientRect().width);
    if (left + width > room + 1) it.style.zoom = Math.max(0.2, (room - left) / width);
  }
  for (const it of document.querySelectorAll("pre, table, .highlight, figure, .recorded-output, .recorded-html")) {
    if (it.getBoundingClientRect().height < HALF) it.classList.add("labguide-whole");
  }
}
