// Starts a deck. On a phone held upright it is a page to read, from top to bottom; elsewhere reveal.js presents it. It
// starts when formulas and diagrams are drawn and everything fits: `Reveal.isReady()` means that a deck has come to rest.
"use strict";

const WIDTH = 1280;
const HEIGHT = 720;

const deck = document.querySelector(".deck");
const query = new URLSearchParams(location.search);
const { words, options } = JSON.parse(document.getElementById("__deck").textContent);
const embedded = window.top !== window; // in the speaker view, for one
const upright = matchMedia("(max-width: 600px) and (orientation: portrait)").matches;

document.body.classList.toggle("embedded", embedded);
if (document.body.classList.contains("speaker")) {
  // presenter/speaker.js has made it the speaker's view
} else if (!window.Reveal || (upright && !embedded && !query.has("print-pdf"))) {
  deckPaper.start(deck);
  read();
} else {
  deckPaper.start(deck);
  present();
}
if (!document.body.classList.contains("speaker")) {
  screen.orientation?.addEventListener("change", () => location.reload());
}

async function read() {
  deck.classList.add("reading");
  const show = () => slideAt(location.hash)?.scrollIntoView();
  addEventListener("hashchange", show);
  keepSlide(() => location.hash);
  show();
  await labguideDrawing.draw(deck);
  deckAccess.letScroll(words);
  show();
}

async function present() {
  const width = Number(options.width) || WIDTH;
  const height = Number(options.height) || HEIGHT;
  document.body.style.setProperty("--slide-width", `${width}px`);
  document.body.style.setProperty("--slide-height", `${height}px`);
  deck.classList.add("presenting");
  document.body.classList.add("presents");
  layBar();
  deckGrounds.prepare(deck);
  deckSteps.prepare(deck);
  await labguideDrawing.draw(deck);
  document.querySelectorAll(".slide").forEach(deckFit.fit);
  deck.classList.add("reveal");
  follow();
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  Reveal.initialize({
    margin: 0,
    minScale: 0.1,
    maxScale: 8,
    center: false,
    hash: true,
    slideNumber: "c/t",
    controlsTutorial: false,
    transition: "none",
    backgroundTransition: "none",
    pdfMaxPagesPerSlide: 1,
    pdfSeparateFragments: false,
    ...options,
    ...(calm && { autoAnimate: false, transition: "none", backgroundTransition: "none" }),
    width,
    height,
    scrollActivationWidth: null,
    help: false, // dialogs.js has a list of keys in the deck's language
    keyboardCondition,
  });
  keepSlide(() => "#" + address(Reveal.getCurrentSlide()));
}

// Links and foot stand in one line below the slides.
function layBar() {
  const bar = document.createElement("div");
  bar.className = "deck-bar";
  deck.before(bar);
  bar.append(...document.querySelectorAll(".deck-links, .deck-foot"));
}

function follow() {
  Reveal.on("ready", () => {
    Reveal.addKeyBinding({ keyCode: 68 }, deckScheme.toggle); // D
    deckAccess.start(deck, words);
    deckDialogs.start(words);
    deckSteps.show(deck);
  });
  Reveal.on("pdf-ready", () => deckPaper.slides(deck));
  for (const event of ["ready", "slidechanged"]) {
    Reveal.on(event, () => deckGrounds.show(Reveal.getCurrentSlide()));
  }
  for (const event of ["slidechanged", "fragmentshown", "fragmenthidden"]) {
    Reveal.on(event, () => deckSteps.show(Reveal.getCurrentSlide()));
  }
  // Another tab, or a box that is opened, changes how much is on a slide.
  const again = ({ target }) => deckFit.fit(target.closest(".slide"));
  deck.addEventListener("change", (event) => event.target.matches(".tabbed-set > input") && again(event));
  deck.addEventListener("toggle", (event) => event.target.matches(".slide details") && again(event), true);
  // A click leaves the keys to the slide show; who comes by keyboard stays where they are.
  deck.addEventListener("click", ({ detail }) => {
    if (detail && document.activeElement?.matches(".slide :is(input, summary, label, a)")) {
      document.activeElement.blur();
    }
  });
}

// Keys belong to what is open, and Space and Return to what has the focus.
function keyboardCondition({ key, target }) {
  const pressed = key === " " || key === "Enter";
  return !deckDialogs.isOpen() && !(pressed && target?.closest?.("a, button, summary, label, video, audio"));
}

function slideAt(hash) {
  const name = decodeURIComponent(hash.replace(/^#\/?/, ""));
  if (!/^\d+(\/\d+)?$/.test(name)) {
    return document.getElementById(name);
  }
  const [across, down = 0] = name.split("/").map(Number);
  const column = document.querySelectorAll(".slides > section")[across];
  return column?.querySelectorAll(":scope > section")[down] ?? column;
}

function address(section) {
  const { h, v } = Reveal.getIndices(section);
  return "/" + (section.id || (v ? `${h}/${v}` : h || ""));
}

// A deck in another language opens at the slide that is shown in this one.
function keepSlide(hash) {
  for (const link of document.querySelectorAll("a[data-same-slide]")) {
    link.addEventListener("click", () => (link.hash = hash()));
  }
}
