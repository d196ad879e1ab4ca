// Fits what is on a slide to the slide: text, tables and code get smaller together, but never so small that the last row
// cannot read them (18 of 720 pixels); then the slide gets tighter, then a long list stands in two columns. What still
// does not fit stays as it is, for its author to see: `labguide check --fit` tells it.
"use strict";

window.deckFit = (() => {
  const SMALLEST = 18;
  const TEXT = 34; // `--size` in deck.css
  const CODE = 0.78 * TEXT; // letters of code and of what it printed, unless they shrink
  const SCALES = [1, 0.92, 0.84, 0.76, 0.68];

  // The attempts for a slide, the mildest first: how large code and text are, and which classes help.
  function attempts(slide) {
    const least = Number(slide.parentElement.dataset.fit) || SMALLEST / CODE;
    const smallest = Math.min(least, SMALLEST / TEXT);
    const code = slide.querySelector("pre, table") ? [...SCALES.filter((it) => it > least), least] : [1];
    const last = code.at(-1);
    const tight = [0.88, 0.76, 0.66, 0.58, smallest].filter((it) => it >= smallest);
    const list = slide.querySelector(":scope > :is(ul, ol)");
    return [
      ...code.map((fit) => ({ fit, text: 1, classes: [] })),
      ...tight.map((text) => ({ fit: last, text, classes: ["tight"] })),
      ...(list ? tight.slice(2).map((text) => ({ fit: last, text, classes: ["tight", "two-columns"] })) : []),
      { fit: last, text: last < 1 ? 0.76 : smallest, classes: ["tight", "wrapped"] },
    ];
  }

  const CLASSES = ["tight", "two-columns", "wrapped"];

  function apply(slide, { fit, text, classes }) {
    slide.style.setProperty("--fit", fit);
    slide.style.setProperty("--shrink", text);
    CLASSES.forEach((name) => slide.classList.toggle(name, classes.includes(name)));
  }

  function fit(slide) {
    const asked = Number(slide.parentElement.dataset.fit); // by an author who wants smaller letters here
    if (asked) {
      slide.style.setProperty("--floor", `${Math.min(SMALLEST, CODE * asked)}px`);
    }
    for (const attempt of attempts(slide)) {
      apply(slide, attempt);
      if (fits(slide)) {
        return;
      }
    }
  }

  function fits(slide) {
    const frame = slide.getBoundingClientRect();
    const scale = frame.width / slide.offsetWidth || 1; // of a slide show that is running
    const style = getComputedStyle(slide);
    const top = frame.top + parseFloat(style.paddingTop) * scale;
    const bottom = frame.bottom - parseFloat(style.paddingBottom) * scale;
    const inFlow = [...slide.children].filter((it) => !["absolute", "fixed"].includes(getComputedStyle(it).position));
    const boxes = inFlow.map((it) => it.getBoundingClientRect()).filter((it) => it.height);
    const wide = [...slide.querySelectorAll("pre, table, .recorded-html, .arithmatex")];
    return (
      boxes.every((box) => box.bottom <= bottom + scale && box.top >= top - scale) &&
      wide.every((it) => it.scrollWidth <= it.clientWidth + 1 || !it.clientWidth)
    );
  }

  return { fit };
})();
