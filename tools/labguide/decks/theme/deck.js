// Starts a deck. On a phone held upright it is a page to read, from top to bottom; elsewhere reveal.js presents it.
"use strict";

const WIDTH = 1280;
const HEIGHT = 720;
// Code and tables shrink to fit their slide, but not below what the last row can read.
const SCALES = [1, 0.92, 0.84, 0.76, 0.68, 0.6, 0.54];

const deck = document.querySelector(".deck");
const query = new URLSearchParams(location.search);
const embedded = window.top !== window; // in the speaker view, for one
const upright = matchMedia("(max-width: 600px) and (orientation: portrait)").matches;

document.body.classList.toggle("embedded", embedded);
if (!window.Reveal || (upright && !embedded && !query.has("print-pdf"))) {
  read();
} else {
  present();
}
screen.orientation?.addEventListener("change", () => location.reload());

function read() {
  deck.classList.add("reading");
  const show = () => slideAt(location.hash)?.scrollIntoView();
  addEventListener("hashchange", show);
  show();
  keepSlide(() => location.hash);
}

function present() {
  deck.classList.add("presenting");
  document.querySelectorAll(".slide").forEach(prepare);
  deck.classList.add("reveal");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const seconds = Number(deck.dataset.seconds);
  Reveal.initialize({
    width: WIDTH,
    height: HEIGHT,
    margin: 0,
    minScale: 0.1,
    maxScale: 4,
    center: false,
    hash: true,
    slideNumber: "c/t",
    controlsTutorial: false,
    transition: "none",
    backgroundTransition: "none",
    autoAnimate: !calm,
    scrollActivationWidth: null,
    pdfMaxPagesPerSlide: 1,
    pdfSeparateFragments: false,
    ...(seconds > 0 && { totalTime: seconds }),
    plugins: [RevealNotes],
  });
  keepSlide(() => "#" + address(Reveal.getCurrentSlide()));
}

// While all slides stand one below the other, at their full size: measure them and give reveal.js their grounds.
function prepare(slide) {
  const section = slide.parentElement;
  const ground = getComputedStyle(slide).getPropertyValue("--ground").trim();
  if (ground && !section.dataset.backgroundColor) {
    section.dataset.backgroundColor = ground;
  }
  if (slide.querySelector("pre, table")) {
    fit(slide);
  }
}

function fit(slide) {
  for (const scale of SCALES) {
    slide.style.setProperty("--fit", scale);
    if (fits(slide)) {
      return;
    }
  }
  slide.classList.add("wrapped");
}

function fits(slide) {
  const inner = slide.getBoundingClientRect().bottom - parseFloat(getComputedStyle(slide).paddingBottom);
  const bottom = slide.lastElementChild.getBoundingClientRect().bottom;
  const blocks = [...slide.querySelectorAll("pre, table, .recorded-html")];
  return bottom <= inner + 1 && blocks.every((it) => it.scrollWidth <= it.clientWidth + 1);
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
