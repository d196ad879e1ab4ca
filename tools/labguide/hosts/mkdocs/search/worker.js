// The search of one language, in place of the theme's: it is asked by the theme's script, and answers in its words.
// Where blanks part the words, the theme's own search is asked, and only pages in another language are put last.
"use strict";

(() => {
  const [SETUP, READY, QUERY, RESULT] = [0, 1, 2, 3]; // the theme's numbers
  const here = globalThis.document?.currentScript?.src ?? location.href; // a frame's script knows its own address
  const at = (path) => new URL(path, here).href;
  const site = "../../../";
  let engine;
  let theirs = false;

  // In a frame the theme's search finds its languages beside the first script, so it has to be that.
  const load = (address) =>
    globalThis.document
      ? new Promise((resolve, reject) => {
          const script = document.createElement("script");
          Object.assign(script, { src: address, onload: resolve, onerror: reject });
          document.head.prepend(script);
        })
      : importScripts(address);

  const other = (page) => page.some(({ fallback }) => fallback);

  // Pages in another language come last, with the lowest scores: the theme opens what has the highest.
  const ranked = (pages) => [
    ...pages.filter((page) => !other(page)),
    ...pages.filter(other).map((page) => page.map((each) => ({ ...each, score: each.score / 1e9 }))),
  ];

  // What the theme's search answers goes through here.
  function askTheirs() {
    const answer = postMessage.bind(globalThis);
    globalThis.postMessage = ({ type, data }) =>
      answer({ type, data: type === RESULT ? { ...data, items: ranked(data.items) } : data });
    theirs = true;
  }

  // lunr tells the nodes of its index apart by a text in which ids run into digits of terms, so it takes some for others.
  // Then it looks for terms that stand nowhere, and a query of one letter may fail. Here each id ends with a sign.
  function tellNodesApart({ TokenSet }) {
    TokenSet.prototype.toString = function () {
      const edges = Object.keys(this.edges).sort().map((letter) => `${letter}${this.edges[letter].id};`);
      return this._str || `${this.final ? 1 : 0}${edges.join("")}`;
    };
  }

  async function setUp(data) {
    const { joined, theme } = data.config.labguide;
    if (joined) {
      await load(at("minisearch.js"));
      await load(at("engine.js"));
      engine = new LabguideSearch.Engine(data);
      postMessage({ type: READY });
    } else {
      await load(at(site + theme));
      tellNodesApart(globalThis.lunr);
      askTheirs();
      dispatchEvent(new MessageEvent("message", { data: { type: SETUP, data } }));
    }
  }

  function answer(query) {
    try {
      return engine.search(query);
    } catch (error) {
      console.error(error);
      return { items: [] };
    }
  }

  addEventListener("message", ({ data: { type, data } }) => {
    if (theirs) {
      return;
    }
    if (type === SETUP) {
      setUp(data);
    } else if (type === QUERY) {
      postMessage({ type: RESULT, data: answer(data) });
    }
  });
})();
