// Asks the search of a site as a browser's worker would, in node: `node search.js SITE` reads a JSON object from standard
// input, {worker, index, queries}, and writes the pages found by each query, best first, and what it took.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL, fileURLToPath } = require("node:url");
const vm = require("node:vm");

const site = process.argv[2];
const { worker, index: file, queries } = JSON.parse(fs.readFileSync(0, "utf-8"));
const [SETUP, READY, QUERY, RESULT] = [0, 1, 2, 3];

const listeners = [];
let answered;
const scope = { console: { ...console, log() {}, warn() {} }, URL, MessageEvent, lib: null };
Object.assign(scope, {
  self: scope,
  location: { href: pathToFileURL(path.join(site, worker)).href },
  addEventListener: (_, listener) => listeners.push(listener),
  dispatchEvent: (event) => listeners.forEach((listener) => listener(event)),
  postMessage: (message) => answered(message),
  importScripts: (...addresses) => addresses.forEach(run),
});
vm.createContext(scope);

function run(address) {
  const found = fileURLToPath(new URL(address, scope.location.href));
  vm.runInContext(fs.readFileSync(found, "utf-8"), scope, { filename: found });
}

const ask = (type, data) =>
  new Promise((resolve) => {
    answered = resolve;
    scope.dispatchEvent({ data: { type, data } });
  });

(async () => {
  run(worker && scope.location.href);
  const { config, docs } = JSON.parse(fs.readFileSync(path.join(site, file), "utf-8"));
  const begun = performance.now();
  await ask(SETUP, { config, docs, options: {} });
  const ready = performance.now();
  const found = [];
  for (const query of queries) {
    const { data } = await ask(QUERY, query);
    found.push(data.items.map((items) => items[0].location.split("#")[0]));
  }
  const asked = (performance.now() - ready) / queries.length;
  process.stdout.write(JSON.stringify({ found, ready: ready - begun, asked }));
})();
