// What a student has done, kept in this browser and nowhere else: pages and tasks can be ticked, the navigation shows
// it, and it can be saved as a file and loaded again. Without this script nothing of it is there.
"use strict";

(() => {
  const said = JSON.parse(document.getElementById("__labguide")?.textContent || "{}");
  if (!said.progress) {
    return;
  }
  const { words, progress } = said;
  const store = `labguide.progress.${progress.course}`;
  const base = new URL(said.base, location.href);
  const keys = new Map(Object.entries(progress.pages).map(([url, key]) => [new URL(url, base).href, key]));
  const all = new Set(keys.values());
  const here = all.has(progress.here) ? progress.here : undefined;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // ---- What is kept: by each page and each task, the day on which it was ticked ----

  const isTicks = (value) =>
    typeof value === "object" && value !== null && Object.values(value).every((day) => typeof day === "string");

  function understood(text) {
    const found = JSON.parse(text);
    if (!isTicks(found?.pages) || !isTicks(found.tasks)) {
      throw new SyntaxError("no progress");
    }
    return found;
  }

  let unkept = null; // where the browser keeps nothing

  function read() {
    if (unkept) {
      return unkept;
    }
    try {
      return understood(localStorage.getItem(store));
    } catch {
      return { course: progress.course, pages: {}, tasks: {} };
    }
  }

  function write(ticks) {
    try {
      localStorage.setItem(store, JSON.stringify(ticks));
      return true;
    } catch {
      unkept = ticks;
      return false;
    }
  }

  function tick(kind, key, done) {
    const ticks = read();
    if (done) {
      ticks[kind][key] ??= new Date().toISOString().slice(0, 10);
    } else {
      delete ticks[kind][key];
    }
    const kept = write(ticks);
    draw();
    if (!kept) {
      tell(words.progress_unkept);
    }
  }

  function merge(text) {
    const loaded = understood(text);
    if (loaded.course !== progress.course) {
      return fill(words.progress_other, { course: loaded.course });
    }
    const ticks = read();
    let count = 0;
    for (const kind of ["pages", "tasks"]) {
      const before = Object.keys(ticks[kind]).length;
      ticks[kind] = { ...loaded[kind], ...ticks[kind] };
      count += Object.keys(ticks[kind]).length - before;
    }
    const kept = write(ticks);
    return kept ? fill(words.progress_loaded, { count }) : words.progress_unkept;
  }

  // ---- What is shown ----

  function made(name, attributes, ...children) {
    const element = Object.assign(document.createElement(name), attributes);
    element.append(...children);
    return element;
  }

  const status = made("p", { className: "labguide-progress__status", role: "status" });
  const tell = (text) => (status.textContent = text);
  const gone = made("p", { hidden: true });
  const box = made("input", { type: "checkbox" });
  box.addEventListener("change", () => tick("pages", here, box.checked));

  function save() {
    const content = JSON.stringify(read(), null, 2);
    const link = made("a", { download: `${progress.course}-progress.json` });
    link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  const chosen = made("input", { type: "file", accept: ".json,application/json", hidden: true });
  chosen.addEventListener("change", async () => {
    try {
      const text = merge(await chosen.files[0].text());
      draw();
      tell(text);
    } catch {
      tell(words.progress_bad);
    }
    chosen.value = "";
  });

  const button = (text, onclick) => made("button", { type: "button", className: "md-button", onclick }, text);
  const panel = made(
    "section",
    { className: "labguide-progress" },
    made("h2", { className: "labguide-progress__title" }, words.progress_title),
    ...(here ? [made("p", {}, made("label", {}, box, ` ${words.progress_page}`))] : []),
    status,
    gone,
    made(
      "p",
      {},
      button(words.progress_save, save),
      " ",
      button(words.progress_load, () => chosen.click()),
      chosen,
    ),
    made("p", { className: "labguide-progress__note" }, words.progress_note),
  );
  panel.setAttribute("aria-label", words.progress_title);

  const count = made("span", {});
  const bar = made("progress", { max: Math.max(1, all.size) });
  bar.setAttribute("aria-label", words.progress_title);
  const summary = made("li", { className: "md-nav__item labguide-progress__summary" }, count, bar);

  const tasks = new Map();

  function findTasks() {
    let section = "";
    let number = 0;
    for (const element of document.querySelectorAll(".md-content :is(h1, h2, h3, h4, h5, h6)[id], .task-list-item")) {
      if (!element.matches(".task-list-item")) {
        [section, number] = [element.id, 0];
        continue;
      }
      const input = element.querySelector("input[type=checkbox]");
      const key = `${progress.here}#${section}:${(number += 1)}`;
      if (input && progress.here && !input.defaultChecked) {
        input.disabled = false;
        input.setAttribute("aria-label", element.innerText.split("\n")[0].trim());
        input.addEventListener("change", () => tick("tasks", key, input.checked));
        tasks.set(input, key);
      }
    }
  }

  function draw() {
    const ticks = read();
    const done = [...all].filter((key) => key in ticks.pages);
    const text = fill(words.progress_count, { done: done.length, all: all.size });
    count.textContent = text;
    tell(text);
    bar.value = done.length;
    box.checked = here in ticks.pages;
    for (const [input, key] of tasks) {
      input.checked = key in ticks.tasks;
    }
    const lost = Object.keys(ticks.pages).filter((key) => !all.has(key));
    gone.hidden = !lost.length;
    gone.textContent = fill(words.progress_gone, { pages: lost.join(", ") });
    for (const link of document.querySelectorAll(".md-sidebar--primary a.md-nav__link[href]")) {
      const isDone = !link.hash && keys.get(link.href.split("?")[0]) in ticks.pages;
      const mark = link.querySelector(".labguide-progress__mark");
      if (isDone && !mark) {
        const sign = made("span", { className: "labguide-progress__mark", role: "img" }, "✓");
        sign.setAttribute("aria-label", words.progress_mark);
        link.append(sign);
      } else if (!isDone) {
        mark?.remove();
      }
    }
  }

  document.querySelector(".md-sidebar--primary .md-nav__list")?.prepend(summary);
  if (here || progress.home) {
    document.querySelector(".md-content__inner")?.append(panel);
  }
  findTasks();
  draw();
  addEventListener("storage", ({ key }) => key === store && draw());
  addEventListener("pageshow", ({ persisted }) => persisted && draw());
})();
