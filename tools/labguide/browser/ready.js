// Resolves when a page shows all that it will show: by events and promises, never after some seconds.
async () => {
  const root = document.documentElement;
  if (document.readyState !== "complete") {
    await new Promise((loaded) => addEventListener("load", loaded, { once: true }));
  }
  // A deck: reveal.js has laid out its slides, on paper one page each.
  if (window.Reveal?.getConfig && document.querySelector(".reveal")) {
    if (!Reveal.isReady()) await new Promise((ready) => Reveal.on("ready", ready));
    const printing = new URLSearchParams(location.search).has("print-pdf");
    if (printing && !window.labguideHeard?.has("pdf-ready")) {
      await new Promise((ready) => document.addEventListener("pdf-ready", ready, { once: true }));
    }
  }
  // Formulas and diagrams that a script of the page draws: each of them says when it is drawn, or cannot be.
  if (window.labguideDrawing) {
    await labguideDrawing.draw();
    await until(() => !document.querySelector(":is(.arithmatex, pre.mermaid, .labguide-diagram):not([data-drawn])"));
  }
  // A page that draws something else says so itself: `<html data-ready="false">`, until it is "true".
  await until(() => (root.dataset.ready ?? "true") === "true");
  const pictures = [...document.images];
  for (const it of pictures) it.loading = "eager";
  await Promise.all(pictures.map((it) => it.decode().catch(() => {})));
  await document.fonts.ready;
  // A frame in which all of it is laid out, and one after that in which scripts have answered to it.
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);

  function until(holds) {
    return new Promise((done) => {
      const look = () => holds() && (observer.disconnect(), done());
      const observer = new MutationObserver(look);
      observer.observe(root, { attributes: true, childList: true, subtree: true });
      look();
    });
  }
}
