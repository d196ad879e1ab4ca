// Lets those who do not see a deck read it: a slide is a named group, a change of slides is said in short, and buttons
// speak the deck's language. reveal.js makes the deck an "application", in which a screen reader cannot read.
"use strict";

window.deckAccess = (() => {
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function title(section) {
    const heading = section.querySelector("h1, h2, h3, h4, h5, h6");
    return heading ? textOf(heading) : "";
  }

  // What is written in an element, formulas once; also where it is not shown at this moment.
  const BLOCKS = "p, li, td, th, dt, dd, h1, h2, h3, h4, h5, h6, label, div, pre, summary, text, section";

  function textOf(element) {
    let texts = "";
    let last = null;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { data, parentElement } = walker.currentNode;
      if (!parentElement.closest("style, script, .katex-html, annotation")) {
        const block = parentElement.closest(BLOCKS);
        texts += (block === last ? "" : " ") + data;
        last = block;
      }
    }
    return texts.replace(/\s+/g, " ").trim();
  }

  function start(deck, words) {
    const wrapper = deck;
    name(Reveal.getSlides(), words);
    keepReadable(wrapper, words);
    nameControls(wrapper, words);
    speak(words);
    letScroll(words);
  }

  function name(slides, words) {
    slides.forEach((section, index) => {
      const place = filled(words.slide_of, { number: index + 1, total: slides.length });
      section.setAttribute("role", "group");
      section.setAttribute("aria-roledescription", words.slide);
      section.setAttribute("aria-label", [place, title(section)].filter(Boolean).join(": "));
    });
  }

  // reveal.js may set the role again at any time, and puts its field and its curtain in when they are asked for.
  function keepReadable(wrapper, words) {
    const mend = () => {
      if (wrapper.getAttribute("role") === "application") {
        wrapper.removeAttribute("role");
      }
      const field = wrapper.querySelector(".jump-to-slide-input");
      if (field && field.placeholder !== words.jump) {
        field.placeholder = words.jump;
        field.setAttribute("aria-label", words.jump);
      }
    };
    mend();
    new MutationObserver(mend).observe(wrapper, { attributeFilter: ["role"], childList: true });
  }

  function nameControls(wrapper, words) {
    const controls = wrapper.querySelector(".controls");
    controls?.setAttribute("role", "region");
    controls?.setAttribute("aria-label", words.controls);
    for (const way of ["left", "right", "up", "down"]) {
      controls?.querySelector(`.navigate-${way}`)?.setAttribute("aria-label", words[way]);
    }
    const resume = wrapper.querySelector(".resume-button");
    if (resume) {
      resume.textContent = words.resume;
    }
    const number = wrapper.querySelector(".slide-number");
    number?.setAttribute("aria-hidden", "true"); // the slide itself says its number,
    number?.toggleAttribute("inert", true); // and a link to where one is already needs no stop of the keyboard
  }

  // reveal.js would say the whole text of each slide: its own line is silent, and this one says where one is.
  function speak(words) {
    const status = document.querySelector(".deck-status");
    document.querySelector(".aria-status")?.setAttribute("hidden", "");
    const say = (text) => (status.textContent = text);
    Reveal.on("slidechanged", ({ currentSlide }) => say(currentSlide.getAttribute("aria-label")));
    Reveal.on("fragmentshown", ({ fragments }) => say(fragments.map((it) => spoken(it, words)).join(" ")));
    Reveal.on("fragmenthidden", () => say(""));
  }

  function spoken(fragment, words) {
    if (!fragment.matches(".code-step")) {
      return textOf(fragment);
    }
    const lines = fragment.dataset.lines;
    return lines ? filled(words.lines, { lines: lines.replaceAll(",", ", ") }) : words.all_lines;
  }

  // What is wider than its place can be scrolled by keyboard, but is no stop for those who can see all of it.
  function letScroll(words) {
    const boxes = document.querySelectorAll(".slide :is(pre, table, .recorded-html, .arithmatex)");
    const mark = () => {
      for (const box of boxes) {
        const scrolls = /auto|scroll/.test(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth + 1;
        scrolls && box.clientWidth ? box.setAttribute("tabindex", "0") : box.removeAttribute("tabindex");
        if (!box.matches("table")) {
          scrolls ? box.setAttribute("role", "group") : box.removeAttribute("role");
          scrolls ? box.setAttribute("aria-label", words.scrolls) : box.removeAttribute("aria-label");
        }
      }
    };
    mark();
    addEventListener("resize", mark);
  }

  return { start, letScroll, textOf, title, filled };
})();
