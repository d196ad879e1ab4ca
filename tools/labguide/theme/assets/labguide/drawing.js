// Draws formulas (KaTeX) and diagrams (Mermaid), on pages and in decks. A library is loaded from this site, and only
// where something is to be drawn; without scripts a reader sees what its author wrote.
"use strict";

window.labguideDrawing = (() => {
  const folder = new URL("../drawing/", document.currentScript.src);
  const loaded = {};
  let drawn = 0;

  function load(path) {
    loaded[path] ??= new Promise((resolve, reject) => {
      const style = path.endsWith(".css");
      const node = document.createElement(style ? "link" : "script");
      Object.assign(node, { onload: resolve, onerror: reject }, style && { rel: "stylesheet" });
      node[style ? "href" : "src"] = new URL(path, folder).href;
      document.head.append(node);
    });
    return loaded[path];
  }

  const isDark = () =>
    (document.body.dataset.mdColorScheme ?? document.documentElement.dataset.mdColorScheme) === "slate";

  // ---- Formulas: `\(...\)` in a line, `\[...\]` on lines of its own ----

  async function drawFormulas(root) {
    const formulas = [...root.querySelectorAll(".arithmatex:not([data-drawn])")];
    if (!formulas.length) {
      return;
    }
    await Promise.all([load("katex/katex.min.css"), load("katex/katex.min.js")]);
    for (const formula of formulas.filter((it) => !it.dataset.drawn)) {
      const written = formula.textContent.trim();
      const [, open, text] = /^(\\\(|\\\[|\$\$)([^]*)(?:\\\)|\\\]|\$\$)$/.exec(written) ?? [, "\\(", written];
      formula.dataset.drawn = "formula";
      katex.render(text, formula, { displayMode: open !== "\\(", throwOnError: false, errorColor: "var(--formula-error)" });
    }
    await document.fonts.ready;
  }

  // ---- Diagrams: measured in the open, so that those of hidden slides are right too; drawn anew in other colours ----

  const SELECTOR = "pre.mermaid, div.labguide-diagram";
  const sources = new Map();

  async function drawDiagrams(root) {
    const found = [...root.querySelectorAll(SELECTOR)].filter((it) => !sources.has(it));
    found.forEach((it) => sources.set(it, it.textContent));
    if (found.length) {
      await drawAll(found);
    }
  }

  async function drawAll(diagrams) {
    await load("mermaid/mermaid.min.js");
    mermaid.initialize(settings());
    for (const diagram of diagrams) {
      const source = sources.get(diagram);
      try {
        const { svg } = await mermaid.render(`diagram-${++drawn}`, source);
        diagram.innerHTML = svg;
        name(diagram.querySelector("svg"));
        diagram.dataset.drawn = "diagram";
      } catch (error) {
        document.getElementById(`ddiagram-${drawn}`)?.remove();
        diagram.textContent = `${source}\n\n${error.message ?? error}`;
        diagram.dataset.drawn = "error";
      }
    }
  }

  // The colours of decks and pages, each text at least 7:1 on its ground.
  const COLOURS = {
    light: {
      background: "#ffffff", primaryColor: "#e8ecfa", primaryTextColor: "#17213a", primaryBorderColor: "#3546a6",
      secondaryColor: "#fdf0d2", tertiaryColor: "#f3f5fa", lineColor: "#434c65", textColor: "#17213a",
      noteBkgColor: "#fdf0d2", noteTextColor: "#17213a", noteBorderColor: "#b26a00", edgeLabelBackground: "#ffffff",
      errorTextColor: "#a4161a",
    },
    dark: {
      background: "#11151f", primaryColor: "#27325a", primaryTextColor: "#eef1f8", primaryBorderColor: "#a9b9ff",
      secondaryColor: "#4a3d10", tertiaryColor: "#1c2231", lineColor: "#b3bdd3", textColor: "#eef1f8",
      noteBkgColor: "#4a3d10", noteTextColor: "#eef1f8", noteBorderColor: "#e0a545", edgeLabelBackground: "#11151f",
      errorTextColor: "#ff9f97",
    },
  };

  function settings() {
    const fontFamily = getComputedStyle(document.querySelector(".slide, .md-typeset") ?? document.body).fontFamily;
    return {
      startOnLoad: false,
      securityLevel: "strict",
      theme: "base",
      fontFamily,
      suppressErrorRendering: true,
      themeVariables: { darkMode: isDark(), fontFamily, fontSize: "16px", ...COLOURS[isDark() ? "dark" : "light"] },
    };
  }

  // Who cannot see a diagram hears its title, or else what is written in it.
  function name(svg) {
    const labels = [...svg.querySelectorAll("text, foreignObject")].map((it) => it.textContent.trim());
    const title = svg.querySelector(":scope > title")?.textContent || [...new Set(labels)].filter(Boolean).join(", ");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", title);
    svg.removeAttribute("aria-roledescription");
    svg.removeAttribute("aria-labelledby");
    const { width, height } = svg.viewBox.baseVal;
    svg.style.maxWidth = "";
    svg.style.setProperty("--width", `${Math.round(width)}px`);
    svg.style.setProperty("--height", `${Math.round(height)}px`);
  }

  async function draw(root = document) {
    await Promise.all([drawFormulas(root), drawDiagrams(root)]);
  }

  let dark = isDark();
  const redraw = () => {
    const shown = [...sources.keys()].filter((it) => it.isConnected);
    if (dark !== isDark()) {
      dark = isDark();
      return shown.length ? drawAll(shown) : undefined;
    }
  };
  for (const node of [document.body, document.documentElement].filter(Boolean)) {
    new MutationObserver(redraw).observe(node, { attributeFilter: ["data-md-color-scheme"] });
  }

  if (window.document$) {
    document$.subscribe(() => draw()); // Material exchanges pages without loading them anew
  }
  return { draw };
})();
