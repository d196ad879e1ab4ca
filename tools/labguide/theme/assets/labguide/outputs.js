// Opens figures that need scripts of their own in frames. Without scripts, the links to them stay.
"use strict";

(() => {
  const printing = new URLSearchParams(location.search).has("print-pdf");

  function open(link) {
    const frame = document.createElement("iframe");
    frame.className = link.className;
    frame.title = link.textContent;
    frame.dataset.recorded = link.dataset.recorded ?? "";
    frame.loading = printing ? "eager" : "lazy";
    if (location.protocol !== "file:") {
      frame.sandbox = "allow-scripts allow-popups allow-downloads"; // a file may load nothing in a sandbox
    }
    frame.src = link.href;
    link.replaceWith(frame);
  }

  // On a slide a figure is larger than on a page, as far as there is room. It only ever shrinks, so it comes to rest.
  function fit(frame, height) {
    const room = frame.closest(".presenting .slide > p")?.clientHeight;
    if (room) {
      frame.style.zoom = Math.max(0.5, Math.min(1.5, frame.style.zoom || 1.5, room / height));
    }
  }

  // A figure tells how high it is: see `weaving/frames.py`.
  addEventListener("message", ({ source, data }) => {
    const height = Number(data?.labguideHeight);
    const frame = [...document.querySelectorAll("iframe.recorded-frame")].find((it) => it.contentWindow === source);
    if (frame && height > 0) {
      frame.style.setProperty("--height", `${Math.min(height, 4000)}px`);
      fit(frame, height);
    }
  });

  const openAll = () => document.querySelectorAll("a.recorded-frame").forEach(open);
  if (window.document$) {
    document$.subscribe(openAll); // Material exchanges pages without loading them anew
  } else if (document.readyState === "loading") {
    addEventListener("DOMContentLoaded", openAll);
  } else {
    openAll();
  }
})();
