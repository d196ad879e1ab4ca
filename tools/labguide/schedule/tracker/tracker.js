// The clock of a class: what is on, what comes next, how late it is. Times are kept in this browser and nowhere else.
//
// Nothing is counted: all that is shown follows from moments that are kept (epoch milliseconds) and from the time of
// day, so a reload, a closed laptop and a second tab change nothing. What is kept is read again before all that is done.
"use strict";

(() => {
  const said = JSON.parse(document.getElementById("schedule").textContent);
  const { words } = said;
  const steps = said.activities.filter((step) => step.kind !== "before");
  const sooner = said.activities.filter((step) => step.kind === "before");
  const meant = (step) => step.minutes ?? 0;
  const known = new Set(steps.map((step) => step.id));
  const store = `labguide.tracker.${said.course}/${said.schedule}`;
  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;
  const KEPT_STEPS_BACK = 100;
  const FORMAT = "labguide-actual-1";
  const $ = (id) => document.getElementById(id);
  const fill = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

  document.documentElement.classList.remove("unscripted");

  // ---- What is kept ----
  //
  // start     when the class is planned to begin, "09:00"
  // paused    since when nothing goes on; null if something does
  // records   by activity: began, ended, paused (ms in all), skipped, short
  // plan      [id, minutes] of all activities when the class began, to tell that the plan has changed
  // told      the plan of which that was told and dismissed
  // aside     where that is put which could not be read, until it was told and dismissed
  // undo      what each step has replaced, the newest last

  const fresh = () => ({ start: said.start, paused: null, records: {}, plan: null, told: null, aside: null, undo: [] });
  let unkept = null; // the state, where the browser keeps nothing
  let seen = { text: null, state: fresh() };

  const isMoment = (value) => value === null || value === undefined || Number.isFinite(value);
  const isRecord = (value) =>
    typeof value === "object" && value !== null && ["began", "ended", "paused"].every((name) => isMoment(value[name]));

  function understood(text) {
    const state = { ...fresh(), ...JSON.parse(text) };
    const right =
      /^\d\d:\d\d$/.test(state.start) &&
      isMoment(state.paused) &&
      Array.isArray(state.undo) &&
      Object.values(state.records).every(isRecord);
    if (!right) {
      throw new SyntaxError("not what this page keeps");
    }
    return state;
  }

  function read() {
    if (unkept) {
      return unkept;
    }
    let text;
    try {
      text = localStorage.getItem(store);
    } catch {
      return (unkept = fresh());
    }
    if (text !== seen.text) {
      seen = { text, state: text === null ? fresh() : readable(text) };
    }
    return seen.state;
  }

  function readable(text) {
    try {
      return understood(text);
    } catch {
      return putAside(text);
    }
  }

  function putAside(text) {
    const aside = `${store}.${Date.now()}`;
    const state = { ...fresh(), aside };
    try {
      localStorage.setItem(aside, text);
      localStorage.setItem(store, JSON.stringify(state));
    } catch {
      unkept = fresh(); // what was kept stays where it is
    }
    return state;
  }

  function write(state) {
    try {
      const text = JSON.stringify(state);
      localStorage.setItem(store, text);
      seen = { text, state };
    } catch {
      unkept = state;
    }
  }

  // Puts a change into a state, and gives the change that takes it back.
  function apply(state, change) {
    const back = {};
    for (const [name, value] of Object.entries(change)) {
      if (name !== "records") {
        back[name] = state[name];
        state[name] = value;
      }
    }
    back.records = {};
    for (const [id, record] of Object.entries(change.records ?? {})) {
      back.records[id] = state.records[id] ?? null;
      if (record) {
        state.records[id] = record;
      } else {
        delete state.records[id];
      }
    }
    return back;
  }

  function commit(what, change) {
    const state = structuredClone(read());
    const back = apply(state, change);
    if (Object.keys(state.records).length && !state.plan) {
      back.plan = state.plan;
      state.plan = here();
    }
    state.undo = [...state.undo, { what, back }].slice(-KEPT_STEPS_BACK);
    write(state);
    draw();
  }

  const here = () => steps.map((step) => [step.id, step.minutes]);

  // ---- What follows from it ----

  const recordOf = (state, step) => state.records[step.id] ?? {};
  const isOn = (record) => Number.isFinite(record.began) && !Number.isFinite(record.ended);
  const isOpen = (record) => !Number.isFinite(record.began) && !record.skipped;
  const isMark = (step) => step.kind === "end" && !step.minutes; // the moment at which a class ends
  const minutesOf = (state, step) =>
    recordOf(state, step).short && step.least !== null ? step.least : (step.minutes ?? 0);

  // The moment nearest to another one at which a clock shows a time; not earlier than `before` hours before it.
  function occurrence(clock, moment, before) {
    const [hours, minutes] = clock.split(":").map(Number);
    const day = new Date(moment);
    const found = [-1, 0, 1].map((days) =>
      new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, hours, minutes).getTime(),
    );
    return found.find((at) => at >= moment - before * HOUR);
  }

  const moments = (state) =>
    Object.values(state.records).flatMap(({ began, ended }) => [began, ended].filter(Number.isFinite));

  function standing(state, now) {
    const kept = moments(state);
    const began = kept.length ? Math.min(...kept) : null;
    const planned = began === null ? occurrence(state.start, now, 3) : occurrence(state.start, began, 12);
    const current = steps.find((step) => isOn(recordOf(state, step))) ?? null;
    const open = steps.filter((step) => isOpen(recordOf(state, step)));
    const spent = current ? worked(recordOf(state, current), state, now) : 0;
    const left = current ? minutesOf(state, current) * MINUTE - spent : 0;
    const over = began !== null && !current && open.length === 0;
    const plannedAt = times(steps, planned, meant);
    const ahead = times(sooner, planned - sooner.reduce((sum, step) => sum + meant(step), 0) * MINUTE, meant);
    const from = began === null ? Math.max(now, planned) : now + Math.max(0, left);
    const expected = times(open, from, (step) => minutesOf(state, step));
    const end = over ? Math.max(...kept) : expected.end;
    return { now, began, planned, current, open, spent, left, over, plannedAt, ahead, expected, end, late: end - plannedAt.end };
  }

  const worked = ({ began, ended, paused }, state, now) =>
    Math.max(0, (ended ?? state.paused ?? now) - began - (paused ?? 0));

  // When each of some activities begins if one follows the other, by their ids, and when the last one ends.
  function times(those, from, minutes) {
    let at = from;
    const begins = new Map();
    for (const step of those) {
      begins.set(step.id, at);
      at += minutes(step) * MINUTE;
    }
    return { begins, end: at };
  }

  // What may be skipped or made shorter, the least loss first.
  const RANKS = { optional: 0, low: 1, shorter: 2, medium: 3 };

  function cuts(state) {
    const found = steps.filter((step) => step.kind === "activity" && !Number.isFinite(recordOf(state, step).began));
    return found
      .flatMap((step) => {
        const record = recordOf(state, step);
        const shorter = step.least !== null && step.minutes - step.least > 0 && !record.skipped;
        const skip = (step.value in RANKS || record.skipped) && !record.short;
        return [
          ...(skip ? [{ how: "skip", step, wins: step.minutes, chosen: !!record.skipped }] : []),
          ...(shorter ? [{ how: "shorten", step, wins: step.minutes - step.least, chosen: !!record.short }] : []),
        ];
      })
      .sort((one, other) => rank(one) - rank(other));
  }

  const rank = ({ how, step }) => RANKS[how === "shorten" ? "shorter" : step.value] ?? 4;

  // What can be won in all: an activity that may be skipped is not counted as shortened as well.
  function winnable(found) {
    const most = new Map();
    for (const { step, wins, chosen } of found) {
      if (!chosen) {
        most.set(step.id, Math.max(most.get(step.id) ?? 0, wins ?? 0));
      }
    }
    return [...most.values()].reduce((sum, wins) => sum + wins, 0);
  }

  // ---- What can be done ----

  // The records of an activity that ends now, if one is on.
  function ending(state, { current, now }) {
    if (!current) {
      return {};
    }
    const record = recordOf(state, current);
    const paused = (record.paused ?? 0) + (state.paused === null ? 0 : Math.max(0, now - state.paused));
    return { [current.id]: { ...record, ended: Math.max(now, record.began), paused } };
  }

  const beginning = (state, step, now) => ({
    [step.id]: { ...recordOf(state, step), began: now, ended: null, paused: 0, skipped: false },
  });

  // The records with which a class goes on: the next activity begins, and marks of an end are passed.
  function following(state, { open, now }) {
    const next = open.find((step) => !isMark(step));
    if (next) {
      return beginning(state, next, now);
    }
    return Object.fromEntries(open.map((step) => [step.id, { began: now, ended: now, paused: 0 }]));
  }

  const deeds = {
    start() {
      const { state, at } = present();
      if (state.paused !== null) {
        deeds.pause();
      } else if (!at.current && at.open.length) {
        commit("start", { records: following(state, at) });
      }
    },
    done() {
      const { state, at } = present();
      if (at.current) {
        commit("done", { paused: null, records: { ...ending(state, at), ...following(state, at) } });
      }
    },
    pause() {
      const { state, at } = present();
      if (!at.current) {
        return;
      }
      if (state.paused === null) {
        commit("pause", { paused: at.now });
        return;
      }
      const record = recordOf(state, at.current);
      const paused = (record.paused ?? 0) + Math.max(0, at.now - state.paused);
      commit("resume", { paused: null, records: { [at.current.id]: { ...record, paused } } });
    },
    begin(step) {
      const { state, at } = present();
      if (isOpen(recordOf(state, step))) {
        commit("begin", { paused: null, records: { ...ending(state, at), ...beginning(state, step, at.now) } });
      }
    },
    skip: (step) => mark(step, "skip", { skipped: true }),
    shorten: (step) => mark(step, "shorten", { short: true }),
    take_back: (step) => mark(step, "take_back", { skipped: false, short: false }),
    undo() {
      const state = structuredClone(read());
      const last = state.undo.pop();
      if (last) {
        apply(state, last.back);
        write(state);
        say(fill(words.said_undone, { what: words[`what_${last.what}`] }));
        draw();
      }
    },
    screen() {
      if (document.fullscreenElement) {
        document.exitFullscreen();
      } else {
        $("stage").requestFullscreen?.();
      }
    },
    save: () => save(),
    load: () => $("file").click(),
    print: () => print(),
    reset() {
      const count = Object.keys(read().records).length;
      text($("confirm-text"), fill(words.confirm_text, { n: count }));
      $("confirm").showModal();
    },
    reset_now() {
      $("confirm").close();
      const { records } = read();
      const none = Object.fromEntries(Object.keys(records).map((id) => [id, null]));
      commit("reset", { start: said.start, paused: null, plan: null, told: null, records: none });
      say(words.said_reset);
    },
    cancel: () => $("confirm").close(),
    help() {
      $("keys").scrollIntoView();
      $("keys").focus();
    },
  };

  function mark(step, what, change) {
    const record = recordOf(read(), step);
    if (!Number.isFinite(record.began)) {
      commit(what, { records: { [step.id]: { ...record, ...change } } });
      say(fill(words.said_pace, { pace: pace(present().at.late) }));
    }
  }

  function present() {
    const state = read();
    return { state, at: standing(state, Date.now()) };
  }

  function startAt(clock) {
    if (/^\d\d:\d\d$/.test(clock) && clock !== read().start) {
      commit("start_at", { start: clock });
      say(`${fill(words.said_start, { time: clock })} ${fill(words.said_pace, { pace: pace(present().at.late) })}`);
    }
  }

  // ---- Actual times as a file ----

  const two = (number) => String(Math.trunc(Math.abs(number))).padStart(2, "0");

  // With the time zone of this computer: `2026-11-27T09:00:12+08:00`.
  function stamp(moment) {
    if (!Number.isFinite(moment)) {
      return null;
    }
    const day = new Date(moment);
    const zone = -day.getTimezoneOffset();
    const date = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
    const time = `${two(day.getHours())}:${two(day.getMinutes())}:${two(day.getSeconds())}`;
    return `${date}T${time}${zone < 0 ? "-" : "+"}${two(zone / 60)}:${two(zone % 60)}`;
  }

  function saved() {
    const { state, at } = present();
    const gone = Object.keys(state.records).filter((id) => !known.has(id));
    const all = [...steps, ...gone.map((id) => ({ id, title: id, minutes: null }))];
    const kept = all.filter((step) => state.records[step.id]);
    return {
      format: FORMAT,
      schedule: said.schedule,
      course: said.course,
      start: stamp(at.planned),
      pausedSince: stamp(state.paused),
      activities: kept.map((step) => entry(step, recordOf(state, step), state.paused, at.now)),
    };
  }

  // `paused` is in seconds, without a pause that still lasts.
  const entry = (step, record) => ({
    identity: step.id,
    title: step.title,
    planned: step.minutes,
    began: stamp(record.began),
    ended: stamp(record.ended),
    paused: Math.round((record.paused ?? 0) / 1000),
    ...(record.skipped ? { skipped: true } : {}),
    ...(record.short ? { shortened: true } : {}),
  });

  function save() {
    const { at } = present();
    const name = `${said.schedule.replaceAll("/", "-")}-${stamp(at.planned).slice(0, 16).replace(/[T:]/g, "-")}.json`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${JSON.stringify(saved(), null, 2)}\n`], { type: "application/json" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), MINUTE);
    tell(fill(words.said_saved, { file: name }));
  }

  class Refused extends Error {}

  function loaded(content, file) {
    let found;
    try {
      found = JSON.parse(content);
    } catch {
      throw new Refused(fill(words.wrong_json, { file }));
    }
    if (found?.format !== FORMAT || !Array.isArray(found.activities)) {
      throw new Refused(fill(words.wrong_format, { file }));
    }
    if (found.schedule !== said.schedule) {
      throw new Refused(fill(words.wrong_schedule, { file, other: found.schedule }));
    }
    const records = Object.fromEntries(found.activities.map((each) => [each?.identity, record(each, file)]));
    if (Object.values(records).filter(isOn).length > 1) {
      throw new Refused(fill(words.wrong_twice, { file }));
    }
    return { found, records };
  }

  function record(each, file) {
    const moment = (written) => (written === null || written === undefined ? null : Date.parse(written));
    const began = moment(each?.began);
    const ended = moment(each?.ended);
    const paused = 1000 * (each?.paused ?? 0);
    const right = [began, ended].every(isMoment) && paused >= 0 && (ended === null || (began !== null && began <= ended));
    if (typeof each?.identity !== "string" || !right) {
      throw new Refused(fill(words.wrong_time, { file, id: each?.identity ?? "" }));
    }
    return { began, ended, paused, skipped: !!each.skipped, short: !!each.shortened };
  }

  function load(content, file) {
    try {
      const { found, records } = loaded(content, file);
      const none = Object.fromEntries(Object.keys(read().records).map((id) => [id, null]));
      const start = /T(\d\d:\d\d)/.exec(found.start ?? "")?.[1] ?? said.start;
      const since = Date.parse(found.pausedSince ?? "");
      const paused = Number.isFinite(since) && Object.values(records).some(isOn) ? since : null;
      const plan = found.activities.filter(({ identity }) => known.has(identity));
      const then = new Map(plan.map(({ identity, planned }) => [identity, planned ?? null]));
      const before = steps.map(({ id, minutes }) => [id, then.has(id) ? then.get(id) : minutes]);
      commit("load", { start, paused, plan: before, told: null, records: { ...none, ...records } });
      tell(fill(words.said_loaded, { n: Object.keys(records).length }));
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      tell(error.message);
    }
  }

  // ---- What is shown ----

  // Only what differs is written: a screen reader hears no more, and 300 rows cost nothing.
  function text(node, value) {
    if (node.textContent !== value) {
      node.textContent = value;
    }
  }

  function attribute(node, name, value) {
    if (value === null) {
      node.removeAttribute(name);
    } else if (node.getAttribute(name) !== value) {
      node.setAttribute(name, value);
    }
  }

  function hide(node, hidden) {
    if (node.hidden !== hidden) {
      node.hidden = hidden;
    }
  }

  const clock = (moment) => `${two(new Date(moment).getHours())}:${two(new Date(moment).getMinutes())}`;

  // With the day, counted from the one on which the class is planned to begin: `00:15 +1`.
  function clockOn(moment, from) {
    const midnight = (at) => new Date(at).setHours(0, 0, 0, 0);
    const days = Math.round((midnight(moment) - midnight(from)) / (24 * HOUR));
    return clock(moment) + (days ? ` ${days > 0 ? "+" : ""}${days}` : "");
  }

  const whole = (span) => Math.trunc(Math.abs(span) / MINUTE);
  const minutes = (count) => fill(words.minutes, { n: Number(count.toFixed(1)) });

  // `4:32`, above an hour `1:04:32`; seconds that are left count until they are over, those that are gone when they are.
  function counted(span) {
    const seconds = span >= 0 ? Math.ceil(span / 1000) : Math.floor(-span / 1000);
    const [hours, rest] = [Math.trunc(seconds / 3600), seconds % 3600];
    const short = `${hours ? two(rest / 60) : Math.trunc(rest / 60)}:${two(rest % 60)}`;
    return hours ? `${hours}:${short}` : short;
  }

  function pace(late) {
    const n = whole(late);
    return n === 0 ? words.on_time : fill(late > 0 ? words.behind : words.ahead, { n });
  }

  // What the stage says: mood, who, what, the large number and what it counts.
  function scene(state, at) {
    const next = at.open[0];
    if (at.current) {
      return running(state, at);
    }
    if (at.over) {
      const took = counted(at.end - at.began);
      return { mood: "over", who: words.over, what: said.title, time: took, of: words.took_in_all };
    }
    if (at.began !== null) {
      return { mood: "waiting", who: words.idle, what: next.title, time: counted(0), of: "" };
    }
    const wait = at.planned - at.now;
    const early = wait >= 0;
    const what = next ? fill(words.first, { title: next.title }) : words.no_steps;
    const time = `${early ? "" : "+"}${counted(wait)}`;
    return { mood: "waiting", who: before(), what, time, of: early ? words.until : words.since_start };
  }

  function before() {
    const titles = sooner.map((step) => step.title);
    return titles.length ? fill(words.before_class, { titles: titles.join(words.and) }) : words.waiting;
  }

  function running(state, at) {
    const step = at.current;
    const planned = minutesOf(state, step);
    const shown = { who: step.who, what: step.title };
    if (state.paused !== null) {
      const since = fill(words.paused, { time: clock(state.paused) });
      shown.who = step.who ? `${step.who} · ${since}` : since;
    }
    const mood = state.paused !== null ? "paused" : tension(at.left, planned);
    if (!planned) {
      return { ...shown, mood, time: counted(-at.spent), of: words.so_far };
    }
    const beyond = at.left < 0;
    const of = fill(beyond ? words.beyond : words.left, { minutes: minutes(planned) });
    return { ...shown, mood, time: `${beyond ? "+" : ""}${counted(at.left)}`, of };
  }

  function tension(left, planned) {
    if (!planned) {
      return "calm";
    }
    return left < 0 ? "beyond" : left <= Math.min(2 * MINUTE, (planned * MINUTE) / 4) ? "soon" : "calm";
  }

  function drawStage(state, at) {
    const shown = scene(state, at);
    attribute($("stage"), "data-mood", shown.mood);
    text($("who"), shown.who);
    text($("what"), shown.what);
    $("stage").style.setProperty("--long", String(shrunk(shown.what)));
    text($("time"), shown.time);
    $("time").style.setProperty("--signs", String(shown.time.length));
    text($("of"), shown.of);
    text($("clock"), clock(at.now));
    text($("pace"), pace(at.late));
    attribute($("pace"), "data-late", whole(at.late) === 0 ? "no" : at.late > 0 ? "behind" : "ahead");
    const ends = { time: clockOn(at.end, at.planned), planned: clockOn(at.plannedAt.end, at.planned) };
    text($("ends"), fill(at.over ? words.ended : words.ends, ends));
    drawNext(state, at);
    drawShows(at.current ?? at.open[0]);
    const share = progress(state, at);
    attribute($("line"), "aria-valuenow", String(Math.round(share)));
    $("fill").style.width = `${share.toFixed(1)}%`;
    document.title = `${at.current ? `${shown.time} · ` : ""}${shown.what}`;
  }

  // A long title is set smaller, so that all of it is on the first screen; a Chinese character is as wide as two letters.
  function shrunk(title) {
    const width = [...title].reduce((sum, sign) => sum + (sign > "\u2e7f" ? 2 : 1), 0);
    return width <= 60 ? 1 : Math.max(0.5, Number(Math.sqrt(60 / width).toFixed(2)));
  }

  function drawNext(state, at) {
    const next = at.open[at.current ? 0 : 1];
    hide($("next"), at.over || !steps.length);
    const parts = next && [next.title, next.who, next.minutes === null ? "" : minutes(minutesOf(state, next))];
    text($("next"), next ? `${words.next} ${parts.filter(Boolean).join(" · ")}` : words.next_none);
  }

  let linked; // the activity whose links are shown
  function drawShows(step) {
    if (linked !== step?.id) {
      linked = step?.id;
      $("shows").replaceChildren(...(step?.links ?? []).map(link));
      $("shows").hidden = !step?.links.length;
    }
  }

  function link([name, address]) {
    const made = document.createElement("a");
    made.href = address;
    made.target = "_blank";
    made.textContent = name;
    return made;
  }

  // How much of the class is done, in per cent of the minutes that it has with what was skipped and shortened.
  function progress(state, at) {
    const all = steps.filter((step) => !recordOf(state, step).skipped);
    const sum = (those) => those.reduce((total, step) => total + minutesOf(state, step), 0);
    const gone = sum(all) - sum(at.open) - Math.max(0, at.left) / MINUTE;
    return at.over ? 100 : sum(all) ? Math.min(100, Math.max(0, (100 * gone) / sum(all))) : 0;
  }

  function drawButtons(state, at) {
    const can = {
      start: !at.current && at.open.length > 0,
      done: !!at.current,
      pause: !!at.current,
      undo: state.undo.length > 0,
      screen: !!document.fullscreenEnabled,
      save: Object.keys(state.records).length > 0,
      reset: Object.keys(state.records).length > 0 || state.start !== said.start,
    };
    for (const [name, able] of Object.entries(can)) {
      for (const button of document.querySelectorAll(`[data-do="${name}"]`)) {
        // Not `disabled`: that takes the focus away from the button that was just pressed.
        attribute(button, "aria-disabled", String(!able));
      }
    }
    text($("pause"), state.paused === null ? words.pause : words.resume);
    const last = state.undo.at(-1);
    text($("undo"), last ? fill(words.undo_of, { what: words[`what_${last.what}`] }) : words.undo);
  }

  function drawStart(state, at) {
    if (document.activeElement !== $("start") && $("start").value !== state.start) {
      $("start").value = state.start;
    }
    const better = clock(at.began ?? at.now);
    hide($("set-start"), better === state.start);
    text($("set-start"), fill(words.set_start, { time: better }));
    attribute($("set-start"), "data-time", better);
  }

  function drawCuts(state, at) {
    const behind = whole(at.late);
    const late = behind > 0 && at.late > 0;
    const found = cuts(state).filter((cut) => late || cut.chosen);
    hide($("cuts"), at.over);
    const some = found.some((cut) => !cut.chosen);
    const message = !late ? words.cuts_fine : some ? words.cuts_behind : words.cuts_none;
    text($("cuts-said"), fill(message, { n: behind, m: winnable(found) }));
    redraw($("cuts-list"), JSON.stringify(found.map((cut) => [cut.step.id, cut.how, cut.chosen])), () => found.map(item));
  }

  // New nodes where something differs, with the focus on what stood there before.
  function redraw(node, key, make) {
    if (node.dataset.shown === key) {
      return;
    }
    const focused = node.contains(document.activeElement) && document.activeElement.dataset.key;
    node.dataset.shown = key;
    node.replaceChildren(...make());
    if (focused) {
      const same = [...node.querySelectorAll("button")];
      (same.find((button) => button.dataset.key === focused) ?? same[0])?.focus();
    }
  }

  function item({ how, step, wins, chosen }) {
    const row = document.createElement("li");
    const what = document.createElement("span");
    what.textContent = step.title;
    const value = document.createElement("span");
    value.className = "value";
    value.dataset.value = step.value;
    value.textContent = words[`value_${step.value}`] ?? "";
    const effect = document.createElement("span");
    effect.className = "effect";
    effect.textContent = wins ? fill(chosen ? words.won : words.wins, { n: Number(wins.toFixed(1)) }) : words.untimed;
    const label = chosen ? words.take_back : how === "skip" ? words.skip : fill(words.shorten, { n: step.least });
    row.append(knob(chosen ? "take_back" : how, step, label, how), what, value, effect);
    row.classList.toggle("chosen", chosen);
    return row;
  }

  function knob(what, step, label, key) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.do = what;
    button.dataset.id = step.id;
    button.dataset.key = `${key} ${step.id}`;
    button.textContent = label;
    button.setAttribute("aria-label", `${label}: ${step.title}`);
    return button;
  }

  const rows = [...document.querySelectorAll("#rows tr")].map((row) => ({
    row,
    step: said.activities.find((step) => step.id === row.dataset.id),
    cell: Object.fromEntries(["at", "actual", "minutes", "took", "difference"].map((name) => [name, row.querySelector(`.${name}`)])),
    button: Object.fromEntries([...row.querySelectorAll("button")].map((button) => [button.dataset.do, button])),
  }));

  function drawRows(state, at) {
    for (const each of rows) {
      if (each.step.kind === "before") {
        text(each.cell.at, clockOn(at.ahead.begins.get(each.step.id), at.planned));
      } else {
        drawRow(each, state, at);
      }
    }
    drawTotal(state, at);
  }

  function drawRow({ row, step, cell, button }, state, at) {
    const record = recordOf(state, step);
    const status = record.skipped ? "skipped" : isOpen(record) ? "open" : isOn(record) ? "on" : "done";
    attribute(row, "data-status", status);
    attribute(row, "aria-current", status === "on" ? "step" : null);
    text(cell.at, clockOn(at.plannedAt.begins.get(step.id), at.planned));
    text(cell.actual, actual(status, record, step, at));
    text(cell.minutes, step.minutes === null ? "–" : planned(record, step));
    const took = status === "done" ? worked(record, state, at.now) / MINUTE : null;
    text(cell.took, took === null ? "" : minutes(took));
    text(cell.difference, took === null || step.minutes === null ? "" : signed(took - step.minutes));
    hide(button.begin, status !== "open" || isMark(step));
    hide(button.skip, status !== "open" || isMark(step));
    hide(button.take_back, !(status === "skipped" || (status === "open" && record.short)));
  }

  const planned = (record, step) =>
    record.short && step.least !== null
      ? `${minutes(step.minutes)}, ${fill(words.shortened, { minutes: minutes(step.least) })}`
      : minutes(step.minutes);

  function actual(status, record, step, at) {
    const shown = {
      skipped: () => words.skipped,
      open: () => fill(words.expected, { time: clockOn(at.expected.begins.get(step.id), at.planned) }),
      on: () => `${clockOn(record.began, at.planned)} ${words.running}`,
      done: () => `${clockOn(record.began, at.planned)}–${clockOn(record.ended, at.planned)}`,
    };
    return shown[status]();
  }

  function signed(count) {
    const n = Number(count.toFixed(1));
    return n === 0 ? "0" : `${n > 0 ? "+" : "−"}${Math.abs(n)}`;
  }

  function drawTotal(state, at) {
    const done = steps.filter((step) => Number.isFinite(recordOf(state, step).ended));
    const took = done.reduce((sum, step) => sum + worked(recordOf(state, step), state, at.now), 0) / MINUTE;
    const meant = done.reduce((sum, step) => sum + (step.minutes ?? 0), 0);
    text($("total").querySelector(".took"), done.length ? minutes(took) : "");
    text($("total").querySelector(".difference"), done.length ? signed(took - meant) : "");
  }

  // ---- What has to be told ----

  function drawNotices(state, at) {
    const told = [
      ...(unkept ? [{ key: "unkept", message: words.unkept }] : []),
      ...(state.aside ? [{ key: "aside", message: fill(words.broken, { store: state.aside }), dismiss: { aside: null } }] : []),
      ...old(state, at),
      ...changed(state),
    ];
    hide($("notices"), !told.length);
    redraw($("notices"), JSON.stringify(told.map(({ message }) => message)), () => told.map(notice));
  }

  // Times of an earlier day: who opens the page for another class has to know.
  function old(state, at) {
    const newest = Math.max(...moments(state), state.paused ?? 0);
    if (at.began === null || at.now - newest < 12 * HOUR) {
      return [];
    }
    const day = stamp(at.began).slice(0, 10);
    return [{ key: "old", message: fill(words.old, { day }), deeds: { save: words.save, reset: words.new_class } }];
  }

  function changed(state) {
    const now = JSON.stringify(here());
    if (!state.plan || state.told === now) {
      return [];
    }
    const then = new Map(state.plan);
    const counts = {
      changed_new: steps.filter((step) => !then.has(step.id)).length,
      changed_gone: [...then.keys()].filter((id) => !known.has(id)).length,
      changed_minutes: steps.filter((step) => then.has(step.id) && then.get(step.id) !== step.minutes).length,
    };
    const what = Object.entries(counts).flatMap(([word, n]) => (n ? [fill(words[word], { n })] : []));
    const gone = Object.keys(state.records).filter((id) => !known.has(id));
    const kept = gone.length ? ` ${fill(words.gone_kept, { names: gone.join(words.and) })}` : "";
    const message = what.length ? fill(words.changed, { what: what.join(words.and) }) : "";
    return message || kept ? [{ key: "changed", message: `${message}${kept}`, dismiss: { told: now } }] : [];
  }

  function notice({ key, message, deeds: offered = {}, dismiss }) {
    const box = document.createElement("p");
    box.className = "notice";
    box.append(message);
    for (const [what, label] of Object.entries(offered)) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.do = what;
      button.dataset.key = `${key} ${what}`;
      button.textContent = label;
      box.append(" ", button);
    }
    if (dismiss) {
      box.append(" ", closer(dismiss));
    }
    return box;
  }

  function closer(dismiss) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.close;
    button.addEventListener("click", () => {
      write({ ...read(), ...dismiss });
      draw();
    });
    return button;
  }

  const say = (message) => text($("said"), message);
  const tell = (message) => text($("told"), message);

  // What a screen reader hears: changes, and the last minute; not every second.
  let heard = null;
  function announce(state, at) {
    const phase = !at.current || !minutesOf(state, at.current) ? "" : at.left < 0 ? "up" : at.left <= MINUTE ? "minute" : "";
    const now = { on: at.current?.id ?? "", paused: state.paused !== null, over: at.over, phase };
    const was = heard;
    heard = now;
    if (!was || JSON.stringify(was) === JSON.stringify(now)) {
      return;
    }
    if (now.over && !was.over) {
      say(fill(words.said_over, { pace: pace(at.late) }));
    } else if (now.on && now.on !== was.on) {
      const { title, minutes: count } = at.current;
      say(fill(words.said_now, { title, minutes: count ? minutes(minutesOf(state, at.current)) : "" }));
    } else if (now.paused !== was.paused) {
      say(now.paused ? words.said_paused : words.said_resumed);
    } else if (phase) {
      say(phase === "up" ? words.said_up : words.said_minute);
    }
  }

  function draw() {
    const { state, at } = present();
    drawStage(state, at);
    drawButtons(state, at);
    drawStart(state, at);
    drawCuts(state, at);
    drawRows(state, at);
    drawNotices(state, at);
    announce(state, at);
    stayAwake(at.current !== null);
  }

  // The screen of a laptop at a projector does not go dark while a class goes on, where the browser can see to that.
  let awake = null;
  function stayAwake(wanted) {
    if (wanted && !awake && document.visibilityState === "visible" && navigator.wakeLock) {
      awake = navigator.wakeLock.request("screen").catch(() => null);
    } else if (awake && (!wanted || document.visibilityState !== "visible")) {
      awake.then((lock) => lock?.release());
      awake = null;
    }
  }

  // ---- Hands ----

  const KEYS = { s: "start", d: "done", p: "pause", u: "undo", f: "screen", e: "save", r: "reset", "?": "help" };
  const switchStore = "labguide.tracker.single-keys";

  // With an input method for Chinese the key has no letter; its place on the keyboard says which one it is.
  const letter = (event) =>
    event.key === "?" || /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace(/^Key/, "").toLowerCase();

  document.addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.metaKey || event.altKey || event.repeat || $("confirm").open;
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select");
    const deed = KEYS[letter(event)];
    if (!busy && !typing && deed && $("single-keys").checked && able(deed)) {
      event.preventDefault();
      deeds[deed]();
    }
  });

  const able = (deed) => document.querySelector(`[data-do="${deed}"]`)?.getAttribute("aria-disabled") !== "true";

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button && button.getAttribute("aria-disabled") !== "true") {
      const id = button.dataset.id ?? button.closest("tr")?.dataset.id;
      deeds[button.dataset.do](steps.find((step) => step.id === id));
    }
  });

  $("start").addEventListener("change", (event) => startAt(event.target.value));
  $("set-start").addEventListener("click", (event) => startAt(event.target.dataset.time));
  $("file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) {
      load(await file.text(), file.name);
    }
  });
  $("single-keys").addEventListener("change", (event) => {
    try {
      localStorage.setItem(switchStore, event.target.checked ? "on" : "off");
    } catch {
      // Then it holds until the page is closed.
    }
  });
  try {
    $("single-keys").checked = localStorage.getItem(switchStore) !== "off";
  } catch {
    // As it stands in the page.
  }

  // What is on fills the screen that is left below the bar.
  const bar = document.querySelector(".bar");
  const measure = () => document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`);
  new ResizeObserver(measure).observe(bar);
  measure();

  window.addEventListener("storage", draw);
  window.addEventListener("pageshow", draw);
  window.addEventListener("focus", draw);
  document.addEventListener("visibilitychange", draw);
  draw();
  setInterval(draw, 1000);
})();
