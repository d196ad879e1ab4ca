// What is wrong with each slide of a deck, in words; the window is as large as a slide.
async (readable) => {
  const TOLERANCE = 1; // a pixel is rounding, and nobody sees it
  const OPAQUE = "svg *, pre *:not(code), math *, .katex *"; // what is judged as one
  const NAMES = { pre: "code", code: "code", table: "a table", img: "the picture", ul: "a list", ol: "a list" };
  const SCRIPTS = "sub, sup, math, .katex"; // smaller than their text by their nature

  const scales = new Map(); // of elements that were asked for
  const sections = Reveal.getSlides();
  showAll();
  await loadLate();
  return sections.map((section) => {
    const slides = [...section.querySelectorAll(":scope > .slide")];
    return {
      line: Number(section.dataset.line),
      classes: [...section.classList],
      overflow: worst(slides.flatMap((slide) => [...overflows(slide)])),
      small: worst(slides.flatMap((slide) => [...smallTexts(slide)])),
      broken: slides.flatMap((slide) => [...broken(slide)]),
    };
  });

  // All slides in their last state, one upon the other. reveal.js itself would go through all of them for each one
  // that it shows: for 300 slides that is a quarter of a minute.
  function showAll() {
    for (const it of Reveal.getSlidesElement().querySelectorAll("section")) {
      it.classList.remove("past", "future");
      it.classList.add("present");
      it.style.display = "block";
      it.removeAttribute("hidden");
    }
    for (const section of sections) {
      const steps = [...section.querySelectorAll(".fragment")];
      const last = Math.max(...steps.map((it) => Number(it.dataset.fragmentIndex ?? 0)));
      for (const it of steps) {
        it.classList.add("visible");
        it.classList.toggle("current-fragment", Number(it.dataset.fragmentIndex ?? 0) === last);
      }
    }
  }

  // What reveal.js would load when its slide comes near.
  async function loadLate() {
    for (const it of document.querySelectorAll(".slide [data-src]")) it.src = it.dataset.src;
    await Promise.all([...document.images].map((it) => it.decode().catch(() => {})));
  }

  // The worst of some faults; of those that are as bad, the one of the innermost element.
  function worst(faults) {
    const found = faults.reduce((one, other) => (other.by >= (one?.by ?? 0) ? other : one), null);
    return found?.text ?? "";
  }

  function* overflows(slide) {
    for (const it of slide.querySelectorAll(`*:not(:is(${OPAQUE}))`)) {
      if (!seen(it)) continue;
      const box = it.getBoundingClientRect();
      const room = roomOf(it, slide);
      yield* fault(it, box.bottom - room.bottom, "below the room that the slide has");
      yield* fault(it, box.right - room.right, "beyond the right margin");
      yield* fault(it, room.top - box.top, "above the room that the slide has");
      yield* fault(it, room.left - box.left, "beyond the left margin");
      yield* cut(it);
    }
  }

  function* fault(it, by, where) {
    if (by > TOLERANCE) yield { by, text: `${name(it)} reaches ${Math.round(by)} px ${where}` };
  }

  // What lies inside an element that cuts off, or scrolls, and is larger than it.
  function* cut(it) {
    const style = getComputedStyle(it);
    if (it.matches("svg, math, .katex, iframe, video, img, canvas") || it.clientWidth < 2) return;
    const across = it.scrollWidth - it.clientWidth;
    const down = it.scrollHeight - it.clientHeight;
    if (clips(style.overflowX) && across > TOLERANCE) {
      yield { by: across, text: `${name(it)} is cut off at the right: ${across} px are not to be seen` };
    }
    if (clips(style.overflowY) && down > TOLERANCE) {
      yield { by: down, text: `${name(it)} is cut off below: ${down} px are not to be seen` };
    }
  }

  function clips(overflow) {
    return overflow !== "visible";
  }

  // Text flows between the margins; what an author placed by himself, or stretched, may use the whole slide.
  function roomOf(it, slide) {
    const frame = slide.getBoundingClientRect();
    const style = getComputedStyle(slide);
    for (let each = it; each !== slide; each = each.parentElement) {
      if (["absolute", "fixed"].includes(getComputedStyle(each).position) || each.matches(".r-stretch")) return frame;
    }
    const scale = frame.width / slide.offsetWidth || 1;
    const margin = (side) => parseFloat(style[`padding${side}`]) * scale;
    return {
      top: frame.top + margin("Top"),
      bottom: frame.bottom - margin("Bottom"),
      left: frame.left + margin("Left"),
      right: frame.right - margin("Right"),
    };
  }

  function* smallTexts(slide) {
    const texts = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode.data.trim();
      const it = texts.currentNode.parentElement;
      if (!text || it.closest(SCRIPTS) || !seen(it)) continue;
      const size = parseFloat(getComputedStyle(it).fontSize) * scaleOf(it);
      // Half a tenth is rounding, and the figure that is told has one decimal.
      const block = it.closest("pre, p, li, td, th, dd, dt, h1, h2, h3, h4, h5, h6") ?? it;
      const told = `${quoted(block.textContent.trim())} is ${size.toFixed(1)} px high`;
      if (size < readable - 0.05) yield { by: readable - size, text: told };
    }
  }

  // How much larger or smaller than its style says an element is painted. Sizes of boxes would not tell it: those of
  // short words are rounded too much.
  function scaleOf(it) {
    if (it instanceof SVGElement) {
      const { a, b } = it.getScreenCTM?.() ?? { a: 1, b: 0 };
      return Math.hypot(a, b);
    }
    return transformed(it) * (it.currentCSSZoom ?? 1);
  }

  function transformed(it) {
    if (!it) return 1;
    if (!scales.has(it)) {
      const { transform, scale } = getComputedStyle(it);
      const { a, b } = new DOMMatrix(transform);
      const own = Math.hypot(a, b) * (scale === "none" ? 1 : parseFloat(scale));
      scales.set(it, own * transformed(it.parentElement));
    }
    return scales.get(it);
  }

  function* broken(slide) {
    for (const it of slide.querySelectorAll("img")) {
      if (it.complete && !it.naturalWidth && it.src.startsWith("file:")) yield it.getAttribute("src");
    }
  }

  function seen(it) {
    const { width, height } = it.getBoundingClientRect();
    return width > 1 && height > 1 && it.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  }

  function name(it) {
    if (it.localName === "img") return `${NAMES.img} ${it.getAttribute("src")}`;
    const what = NAMES[it.localName] ?? `<${it.localName}>`;
    const text = it.textContent.trim();
    return text ? `${what} (${quoted(text)})` : what;
  }

  function quoted(text) {
    const line = text.replace(/\s+/g, " ");
    return `"${line.length > 32 ? `${line.slice(0, 31)}…` : line}"`;
  }
}
