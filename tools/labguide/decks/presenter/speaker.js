// The speaker's view: `deck.html?speaker` is this page in place of the slides. It has the notes, the times and what comes
// next, and moves the deck's own window. On a phone it is two large buttons, the notes and the time.
"use strict";

if (window.DeckLink?.role === "speaker") {
  (() => {
    const { told, server, hear, say, listen, send, peers } = DeckLink;
    const words = told.words;
    const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

    // ---- What the deck holds, read from its slides before they make room ----

    const shown = (section) => section.dataset.visibility !== "hidden";
    const columns = [...document.querySelectorAll(".deck > .slides > section")].filter(shown);
    const slides = columns.flatMap((column, h) => {
      const below = [...column.querySelectorAll(":scope > section")].filter(shown);
      return (below.length ? below : [column]).map((section, v) => read(section, h, v));
    });
    slides.forEach((slide, index) => {
      slide.title ||= fill(words.slide, { number: index + 1 });
    });

    function read(section, h, v) {
      const title = section.querySelector(".slide :is(h1, h2, h3, h4, h5, h6)")?.textContent.trim();
      const said = Number.parseFloat(section.dataset.seconds);
      return { h, v, id: section.id, title, seconds: said >= 0 ? said : null, notes: section.querySelector("aside.notes") };
    }

    let sum = 0; // seconds from the deck's beginning to the end of each slide, as long as all before it are known
    for (const slide of slides) {
      sum = slide.seconds === null ? NaN : sum + slide.seconds;
      slide.until = sum;
    }
    const total = told.seconds || slides.at(-1)?.until || NaN;

    const template = document.getElementById("speaker-view");
    document.body.className = "speaker";
    document.body.replaceChildren(template.content.cloneNode(true), document.getElementById("__deck"));
    document.title = `${words.view} · ${document.title}`;
    const parts = Object.fromEntries([...document.querySelectorAll("[data-part]")].map((it) => [it.dataset.part, it]));

    function put(part, text) {
      if (parts[part].textContent !== text) {
        parts[part].textContent = text;
      }
    }

    // ---- What is kept over a reload ----

    const KEY = `labguide-speaker ${told.deck}`;
    const SHORT = 10 * 60e3; // after a longer absence the timer waits, for nobody spoke meanwhile
    const LONG = 12 * 3600e3; // after a day it begins anew

    function kept() {
      try {
        return JSON.parse(localStorage.getItem(KEY)) ?? {};
      } catch {
        return {};
      }
    }

    function keep() {
      try {
        const timer = { elapsed: elapsed(), entered: timerState.entered, running: timerState.since !== null };
        localStorage.setItem(KEY, JSON.stringify({ ...timer, at: Date.now(), index, size }));
      } catch {
        // A browser that keeps nothing: the timer begins anew with the page.
      }
    }

    // ---- The timer: seconds since the talk began, without the pauses ----

    const before = kept();
    const away = Date.now() - (before.at ?? 0);
    const timerState = { elapsed: 0, entered: 0, since: null };
    if (away < LONG) {
      const on = before.running && away < SHORT;
      timerState.elapsed = (before.elapsed || 0) + (on ? away / 1000 : 0);
      timerState.entered = before.entered || 0;
      timerState.since = on ? performance.now() : null;
    }

    function elapsed() {
      const { since } = timerState;
      return timerState.elapsed + (since === null ? 0 : (performance.now() - since) / 1000);
    }

    function setTimer(seconds, running, entered) {
      Object.assign(timerState, { elapsed: seconds, entered, since: running ? performance.now() : null });
      keep();
      tick();
    }

    function changeTimer(seconds, running, entered) {
      setTimer(seconds, running, entered);
      say({ kind: "clock", elapsed: seconds, running, entered });
    }

    function toggleTimer() {
      changeTimer(elapsed(), timerState.since === null, timerState.entered);
    }

    function reset() {
      if (elapsed() < 1 || confirm(words.reset_sure)) {
        changeTimer(0, false, 0);
      }
    }

    // ---- Where the deck is ----

    let index = Math.min(Math.max(Number(before.index) || 0, 0), slides.length - 1);
    let f = -1;
    let black = false;
    let heardAt = -Infinity;
    let decks = 0;
    let online = true;

    const connected = () => (server ? online && decks > 0 : performance.now() - heardAt < 5000);

    function move(how) {
      if (connected()) {
        say({ kind: "move", how });
        return;
      }
      go(index + (how === "next" ? 1 : -1));
    }

    function go(to) {
      const target = slides[Math.min(Math.max(to, 0), slides.length - 1)];
      if (connected()) {
        say({ kind: "go", h: target.h, v: target.v });
      } else {
        arrive(target.h, target.v, -1);
      }
    }

    function arrive(h, v, fragment) {
      const found = slides.findIndex((slide) => slide.h === h && slide.v === (v || 0));
      if (found < 0) {
        return;
      }
      const moved = found !== index;
      const first = timerState.since === null && elapsed() === 0 && found > index && heardAt > -Infinity;
      const step = moved || fragment !== f;
      [index, f] = [found, fragment];
      if (moved) {
        timerState.entered = elapsed();
        if (first) {
          changeTimer(0, true, 0);
        }
      }
      if (step) {
        draw(moved);
      }
      keep();
    }

    hear((message) => {
      if (message.picture) {
        pictured(message);
      } else if (message.kind === "where") {
        heardAt = performance.now();
        black = Boolean(message.black);
        arrive(message.h, message.v, message.f ?? -1);
      } else if (message.kind === "clock") {
        setTimer(Number(message.elapsed) || 0, Boolean(message.running), Number(message.entered) || 0);
      } else if (message.kind === "decks") {
        decks = message.count;
      } else if (message.kind === "online" || message.kind === "offline") {
        online = message.kind === "online";
      }
      drawStatus();
    });

    // ---- The pictures of this slide and of what comes next; a phone has no room for them ----

    const roomy = matchMedia("(min-width: 761px) and (min-height: 521px)");
    const HIDE = ["controls", "progress", "slideNumber", "keyboard", "touch", "hash", "history", "autoPlayMedia"];
    const STILL = ["transition", "backgroundTransition"];
    const frames = {};

    function makeFrames() {
      if (!roomy.matches || frames.current) {
        return;
      }
      for (const name of ["current", "next"]) {
        const frame = document.createElement("iframe");
        const options = [...HIDE.map((it) => `${it}=false`), ...STILL.map((it) => `${it}=none`), "autoSlide=0"];
        frame.title = name === "current" ? words.current : words.next;
        frame.inert = true;
        frame.src = `${location.pathname.split("/").at(-1)}?picture=${name}&${options.join("&")}`;
        frames[name] = { frame, ready: false };
        parts[name].append(frame);
      }
    }

    function drawFrames() {
      const { h, v } = slides[index];
      for (const [name, { frame, ready }] of Object.entries(frames)) {
        if (ready) {
          send(frame.contentWindow, { kind: "show", h, v, f, ahead: name === "next" });
        }
      }
    }

    function pictured({ picture, kind, h, v, end }) {
      if (!frames[picture]) {
        return;
      }
      if (kind === "ready") {
        frames[picture].ready = true;
        drawFrames();
      } else if (picture === "next") {
        nextIs(end ? null : slides.find((slide) => slide.h === h && slide.v === (v || 0)));
      }
    }

    function nextIs(slide) {
      parts.next.classList.toggle("speaker-end", slide === null);
      parts.next.dataset.end = slide === null ? words.end : "";
      put("next-title", slide ? ` · ${slide === slides[index] ? words.next_step : slide.title}` : "");
    }

    // ---- What is seen of it ----

    function draw(moved) {
      const slide = slides[index];
      const place = fill(words.slide_of, { number: index + 1, all: slides.length });
      put("number", place);
      put("title", slide.title);
      parts.slides.value = String(index);
      if (moved) {
        drawNotes(slide.notes);
        put("said", `${place}: ${slide.title}`);
      }
      if (!frames.current) {
        nextIs(slides[index + 1] ?? null);
      }
      drawFrames();
      tick();
    }

    function drawNotes(notes) {
      if (notes) {
        parts.notes.replaceChildren(...notes.cloneNode(true).childNodes);
      } else {
        put("notes", words.no_slide_notes);
      }
      parts.notes.classList.toggle("speaker-none", !notes);
      parts.notes.scrollTop = 0;
      labguideDrawing.draw(parts.notes);
      for (const link of parts.notes.querySelectorAll("a[href]")) {
        if (!link.getAttribute("href").startsWith("#")) {
          Object.assign(link, { target: "_blank", rel: "noopener" });
        }
      }
    }

    function clock(seconds) {
      const whole = Math.floor(Math.abs(seconds) + 0.001);
      const two = (number) => String(number).padStart(2, "0");
      const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
      return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
    }

    const hands = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

    function tick() {
      const slide = slides[index];
      const now = elapsed();
      const spent = Math.max(0, now - timerState.entered);
      put("now", hands.format(new Date()));
      put("elapsed", clock(now));
      put("total", total ? fill(words.of, { total: clock(total) }) : "");
      put("spent", clock(spent));
      put("planned", slide.seconds === null ? "" : fill(words.of, { total: clock(Math.round(slide.seconds)) }));
      const rest = slide.seconds === null ? words.untimed : left(slide.seconds - spent);
      put("rest", rest);
      put("until", Number.isNaN(slide.until) ? "" : until(slide.until, now));
      parts["slide-box"].classList.toggle("speaker-over", slide.seconds !== null && spent > slide.seconds);
      drawPace(slide, now);
      document.querySelector('[data-do="timer"]').textContent = timerState.since === null ? words.start : words.pause;
    }

    function left(seconds) {
      return seconds < 0 ? `! ${fill(words.over, { time: clock(seconds) })}` : fill(words.left, { time: clock(seconds) });
    }

    // Clock times only while time runs: in a pause, they would move with every second.
    function until(end, now) {
      const values = { elapsed: clock(Math.round(end)), clock: hands.format(new Date(Date.now() + (end - now) * 1000)) };
      return fill(timerState.since === null ? words.until_elapsed : words.until, values);
    }

    const SHAPES = { waiting: "○", paused: "‖", on: "✓", ahead: "▲", behind: "▼" };
    let paceSaid = "";

    function drawPace(slide, now) {
      const [state, by] = pace(slide, now);
      const text = fill(words[`pace_${state}`] ?? "", { time: clock(by) });
      parts["pace-box"].dataset.state = state;
      parts["pace-box"].hidden = state === "unknown";
      put("shape", SHAPES[state] ?? "");
      put("pace", text);
      if (state !== paceSaid && paceSaid && timerState.since !== null) {
        put("said", text);
      }
      paceSaid = state;
    }

    // Ahead if this slide is not due yet, behind if it should be over by now.
    function pace(slide, now) {
      if (timerState.since === null) {
        return [now === 0 ? "waiting" : "paused", 0];
      }
      if (Number.isNaN(slide.until)) {
        return ["unknown", 0];
      }
      const begin = slide.until - slide.seconds;
      return now > slide.until ? ["behind", now - slide.until] : now < begin ? ["ahead", begin - now] : ["on", 0];
    }

    function drawStatus() {
      const here = connected();
      put("status", here ? words.connected : server && !online ? words.offline : words.alone);
      put("black", black ? words.black_on : "");
      document.querySelector('[data-do="deck"]').hidden = here;
      const button = document.querySelector('[data-do="black"]');
      button.setAttribute("aria-pressed", String(black));
      button.disabled = !here;
    }

    // ---- Buttons and keys ----

    let size = Number(before.size) || 0;

    function resize(by) {
      size = Math.min(Math.max(size + by, -3), 8);
      parts.notes.style.setProperty("--steps", size);
      keep();
    }

    function openDeck() {
      const { h, v } = slides[index];
      const view = window.open(`${location.pathname.split("/").at(-1)}#/${h}/${v}`, `deck ${told.deck}`);
      if (view && !server) {
        peers.add(view);
      }
    }

    const actions = {
      next: () => move("next"),
      prev: () => move("prev"),
      first: () => go(0),
      last: () => go(slides.length - 1),
      timer: toggleTimer,
      reset,
      smaller: () => resize(-1),
      larger: () => resize(1),
      black: () => say({ kind: "black" }),
      deck: openDeck,
      scheme: deckScheme.toggle,
      up: () => parts.notes.scrollBy(0, -80),
      down: () => parts.notes.scrollBy(0, 80),
    };

    const KEYS = {
      ...{ ArrowRight: "next", PageDown: "next", " ": "next", n: "next", Home: "first", End: "last" },
      ...{ ArrowLeft: "prev", PageUp: "prev", Backspace: "prev", p: "prev", ArrowUp: "up", ArrowDown: "down" },
      ...{ t: "timer", r: "reset", b: "black", ".": "black", "+": "larger", "=": "larger", "-": "smaller", d: "scheme" },
    };

    addEventListener("keydown", (event) => {
      const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const busy = event.target.closest?.("select") || (event.key === " " && event.target.closest?.("button, summary"));
      if (!(name in KEYS) || busy || event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }
      event.preventDefault();
      actions[KEYS[name]]();
    });

    document.body.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      const link = event.target.closest('a[href^="#/"]');
      if (button) {
        actions[button.dataset.do]();
      } else if (link) {
        event.preventDefault();
        follow(decodeURIComponent(link.getAttribute("href").slice(2)));
      }
    });

    function follow(name) {
      const [h, v = 0] = name.split("/").map(Number);
      const found = slides.findIndex((slide) => slide.id === name || (slide.h === h && slide.v === v));
      if (found >= 0) {
        go(found);
      }
    }

    parts.slides.append(...slides.map((slide, number) => new Option(`${number + 1}. ${slide.title}`, number)));
    parts.slides.addEventListener("change", () => go(Number(parts.slides.value)));
    roomy.addEventListener("change", makeFrames);

    // ---- Begin ----

    makeFrames();
    resize(0);
    draw(true);
    drawStatus();
    listen();
    say({ kind: "hello" });
    setInterval(tick, 250);
    setInterval(() => {
      keep();
      drawStatus();
      if (!server) {
        say({ kind: "hello" }); // is the other window still there?
      }
    }, 1500);

    // Where the browser allows it, the phone's screen stays on.
    const stayAwake = () => navigator.wakeLock?.request("screen").catch(() => {});
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && stayAwake());
    stayAwake();
  })();
}
