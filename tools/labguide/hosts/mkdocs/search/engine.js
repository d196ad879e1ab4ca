// Finds words in a language that puts no blanks between them: each pair of neighbouring characters is indexed, and what
// is found is held against the text. It answers as the theme's own search does, so the theme shows it in the same way.
"use strict";

globalThis.LabguideSearch = (() => {
  // Letters of scripts that are written without blanks, and Korean, whose words take endings and grow together.
  const JOINED = "\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}ー\\p{sc=Hang}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}\\p{sc=Tibt}";
  const LETTER = `(?:(?![${JOINED}])[\\p{L}\\p{N}\\p{M}])`;
  const PARTS = new RegExp(`[${JOINED}]+|${LETTER}+`, "gu");
  const RUNS = new RegExp(`[${JOINED}]+|[^${JOINED}]+`, "gu");
  const joined = new RegExp(`[${JOINED}]`, "u");
  const letter = new RegExp(LETTER, "u");
  const MARKUP = /<[^>]*>|&(?:\w+|#\w+);/g;
  const FIELDS = ["title", "text", "tags"];
  const ENOUGH = 0.6; // of a run's pairs, where no text has the whole run

  // ---- Text ----

  // A letter if another stands for it that takes as much room, so that all others stay where they are.
  const same = (letter, other) => (other.length === letter.length ? other : letter);
  const small = (text) => same(text, text.toLowerCase());

  // The same letters whatever their case and width, each where it stood.
  const fold = (text) => {
    const lower = small(text);
    const even = lower === text && text !== text.toLowerCase() ? [...text].map(small).join("") : lower;
    return even.replace(/[\u00a0\u3000\uf900-\ufaff\uff00-\uffef]/g, (each) => same(each, small(each.normalize("NFKC"))));
  };

  // What a reader sees of HTML, each letter where it stood.
  const visible = (html) => fold(html.replace(MARKUP, (markup) => " ".repeat(markup.length)));

  function pairs(run) {
    const letters = [...run];
    return letters.slice(1).map((each, index) => letters[index] + each);
  }

  // All that is indexed of a text. The last letter of a run begins no pair, and is found alone.
  const tokens = (text) =>
    (text.match(PARTS) ?? []).flatMap((part) => (joined.test(part) ? [...pairs(part), [...part].at(-1)] : [part]));

  // ---- What is asked ----

  const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

  // A word as it may stand in a text: with or without a blank where the script changes, and with an ending.
  function pattern(word) {
    const written = word.split(/\s+/).map((each) => (each.match(RUNS) ?? []).map(escaped).join("\\s*"));
    return new RegExp(written.join("\\s+") + (joined.test(word.at(-1)) ? "" : `${LETTER}*`), "gu");
  }

  function asked(query) {
    const words = [];
    for (const [, minus, phrase, plain] of query.matchAll(/(-?)(?:"([^"]+)"|([^\s"]+))/g)) {
      const typed = (phrase ?? plain.replace(/^[+*~^]+|[*~^]+$/g, "")).trim();
      const folded = fold(typed);
      const parts = folded.match(PARTS);
      if (parts) {
        words.push({ typed, parts, pattern: pattern(folded), whole: phrase !== undefined, without: minus === "-" });
      }
    }
    return words;
  }

  // ---- Where it stands ----

  // Places of a pattern in a folded text: a word in letters begins where a word begins.
  function places(text, wanted) {
    const found = [];
    for (const match of text.matchAll(wanted)) {
      const begins = joined.test(match[0][0]) || !match.index || !letter.test(text[match.index - 1]);
      if (begins && match[0]) {
        found.push([match.index, match.index + match[0].length]);
      }
    }
    return found;
  }

  function merged(found) {
    const all = [];
    for (const [from, to] of found.sort((a, b) => a[0] - b[0])) {
      if (all.length && from <= all.at(-1)[1]) {
        all.at(-1)[1] = Math.max(all.at(-1)[1], to);
      } else {
        all.push([from, to]);
      }
    }
    return all;
  }

  // A piece of HTML with its places marked; a mark ends where an element begins or ends.
  function marked(html, from, to, found) {
    let text = "";
    let at = from;
    for (const [begin, end] of found.filter(([begin, end]) => begin >= from && end <= to)) {
      text += html.slice(at, begin);
      const inner = html.slice(begin, end).split(/(<[^>]*>)/);
      text += inner.map((each) => (each && !each.startsWith("<") ? `<mark>${each}</mark>` : each)).join("");
      at = end;
    }
    return text + html.slice(at, to);
  }

  // Paragraphs, lists and listings: where each begins and ends.
  function blocks(html) {
    const found = [];
    let depth = 0;
    let begin = 0;
    for (const { 0: tag, index } of html.matchAll(/<[^>]*>/g)) {
      depth += tag.startsWith("</") ? -1 : 1;
      if (depth === 1 && !tag.startsWith("</") && index > begin) {
        found.push([begin, index]);
        begin = index;
      } else if (depth === 0) {
        found.push([begin, index + tag.length]);
        begin = index + tag.length;
      }
    }
    return begin < html.length ? [...found, [begin, html.length]] : found;
  }

  // The first two blocks in which something stands, as the theme has it.
  function teaser(html, found) {
    const shown = blocks(html).filter(([from, to]) => found.some(([begin, end]) => begin >= from && end <= to));
    const chosen = shown.length ? shown.slice(0, 2) : blocks(html).slice(0, 1);
    return chosen.map(([from, to]) => marked(html, from, to, found)).join("");
  }

  // ---- The index ----

  class Engine {
    #sections;
    #index;
    #suggests;

    // `fields` and `docs` are as the theme's search has them.
    constructor({ config, docs, options }) {
      this.#suggests = Boolean(options?.suggest);
      const pages = new Map();
      this.#sections = docs.map((doc, id) => {
        const [path] = doc.location.split("#");
        const page = pages.get(path) ?? id;
        pages.set(path, page);
        const [title, text, tags] = [doc.title, doc.text, (doc.tags ?? []).join(" ")].map(visible);
        return { id, doc, page, title, text, tags };
      });
      const boost = Object.fromEntries(FIELDS.map((name) => [name, config.fields?.[name]?.boost ?? 1]));
      this.#index = new MiniSearch({
        fields: FIELDS,
        tokenize: tokens,
        processTerm: (term) => term,
        searchOptions: {
          boost,
          tokenize: (term) => [term],
          boostDocument: (id) => this.#sections[id].doc.boost ?? 1,
        },
      });
      this.#index.addAll(this.#sections);
    }

    search(query) {
      const words = asked(query);
      const wanted = words.filter(({ without }) => !without);
      const hits = this.#hits(wanted);
      for (const word of words.filter(({ without }) => without)) {
        this.#with(word).forEach((_, id) => hits.delete(id));
      }
      const pages = this.#ranked(hits, wanted.length);
      const items = pages.map((page, rank) => this.#shown(page, wanted, pages.length - rank));
      return { items, ...(this.#suggests && { suggest: this.#suggestions(query, pages) }) };
    }

    // By section, the words that it has, each with its score.
    #hits(words) {
      const hits = new Map();
      for (const word of words) {
        const whole = this.#with(word);
        const found = whole.size || word.whole ? whole : this.#with(word, ENOUGH);
        found.forEach((score, id) => {
          hits.set(id, (hits.get(id) ?? new Map()).set(word, whole.size ? score : score / 2));
        });
      }
      return hits;
    }

    // The sections that have all parts of a word, or at least a share of the pairs in its runs.
    #with({ parts, pattern, whole }, share = 1) {
      const all = [...new Set(parts.filter((part) => joined.test(part)).flatMap(pairs))];
      const queries = parts.map((part) => this.#query(part, share));
      const found = new Map();
      for (const { id, score, terms } of this.#index.search({ combineWith: "AND", queries })) {
        const section = this.#sections[id];
        const exact = FIELDS.some((field) => places(section[field], pattern).length);
        const enough = all.filter((pair) => terms.includes(pair)).length >= all.length * share;
        if (exact || (!whole && enough && (share < 1 || this.#holds(section, parts)))) {
          found.set(id, exact ? score * 2 : score);
        }
      }
      return found;
    }

    #query(part, share) {
      const queries = joined.test(part) ? pairs(part) : [];
      return queries.length ? { queries, combineWith: share < 1 ? "OR" : "AND" } : { queries: [part], prefix: true };
    }

    // Pairs may stand apart in a text; whole runs are what was asked for.
    #holds(section, parts) {
      const runs = parts.filter((part) => joined.test(part));
      return runs.every((run) => FIELDS.some((field) => section[field].includes(run)));
    }

    // Pages with their sections, best first: those in this language, then what has more of the words.
    #ranked(hits, asked) {
      const pages = new Map();
      for (const [id, words] of hits) {
        const section = this.#sections[id];
        const page = pages.get(section.page) ?? { first: this.#sections[section.page], words: new Set(), sections: [] };
        const score = [...words.values()].reduce((sum, each) => sum + each, 0);
        const share = +(section.page === id) + words.size / asked;
        page.sections.push({ section, words, score: score * (1 + share ** 2) });
        words.forEach((_, word) => page.words.add(word));
        pages.set(section.page, page);
      }
      const better = (a, b) => b.words.size - a.words.size || b.score - a.score;
      for (const page of pages.values()) {
        page.sections.sort(better);
      }
      const other = ({ first }) => +Boolean(first.doc.fallback);
      const most = (a, b) => other(a) - other(b) || b.words.size - a.words.size;
      return [...pages.values()].sort((a, b) => most(a, b) || better(a.sections[0], b.sections[0]));
    }

    // A page as the theme shows it. Its scores keep everything in order: the theme opens what has the highest.
    #shown({ first, sections }, words, rank) {
      const items = sections.map(({ section, words: found }, place) => ({
        ...this.#highlighted(section, [...found.keys()]),
        score: rank + 1 / (1 + place),
        terms: Object.fromEntries(words.flatMap((word) => word.typed.match(RUNS).map((run) => [run.trim(), found.has(word)]))),
      }));
      return sections.some(({ section }) => section === first) ? items : [...items, { ...first.doc, score: 0, terms: {} }];
    }

    #highlighted(section, words) {
      const ways = words.flatMap((word) => this.#ways(section, word));
      const found = (field) => merged(ways.flatMap((way) => places(section[field], way)));
      const { title, text } = section.doc;
      return {
        ...section.doc,
        title: marked(title, 0, title.length, found("title")),
        text: teaser(text, found("text")),
      };
    }

    // How a section has a word: whole, else in its parts, else in pairs of its runs.
    #ways(section, { parts, pattern: whole }) {
      const has = (way) => FIELDS.some((field) => places(section[field], way).length);
      const some = parts.filter((part) => joined.test(part)).flatMap(pairs);
      return [[whole], parts.map(pattern), some.map(pattern)].find((ways) => ways.some(has)) ?? [];
    }

    // How the last word goes on in the titles that were found.
    #suggestions(query, pages) {
      const last = query.split(/[\s-]+/).at(-1);
      const [part] = fold(last).match(PARTS)?.slice(-1) ?? [];
      if (!part) {
        return [];
      }
      const more = new RegExp(`${escaped(part)}(${joined.test(part) ? `[${JOINED}]{1,8}` : `${LETTER}+`})`, "u");
      const ends = pages.flatMap(({ sections }) => sections.map(({ section }) => section.title.match(more)?.[1]));
      const end = ends.find(Boolean);
      return end ? [last + end] : [];
    }
  }

  return { Engine, tokens, visible };
})();
