// Lets the search of a site that was opened from the disk find something: there a browser starts no worker, so what
// one would do is done in a hidden frame. From a server nothing changes. The theme's worker looks for this name.
"use strict";

if (location.protocol === "file:") {
  window.IFrameWorker = class IFrameWorker extends EventTarget {
    #frame = document.createElement("iframe");
    #begun;

    constructor(address) {
      super();
      this.#frame.hidden = true;
      document.body.append(this.#frame);
      const { contentWindow: inside, contentDocument: page } = this.#frame;
      page.open();
      page.write("<!doctype html><title></title>");
      page.close();

      const load = (source) =>
        new Promise((resolve, reject) => {
          const script = page.createElement("script");
          script.src = source;
          script.onload = resolve;
          script.onerror = () => reject(new Error(`cannot load ${source}`));
          page.head.append(script);
        });
      inside.importScripts = async (...sources) => {
        for (const source of sources) {
          await load(source);
        }
      };
      inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.#begun = load(new URL(address, document.baseURI).href);
      this.#begun.catch((error) => this.dispatchEvent(new ErrorEvent("error", { error, message: error.message })));
    }

    postMessage(data) {
      const { contentWindow: inside } = this.#frame;
      this.#begun.then(() => inside.dispatchEvent(new inside.MessageEvent("message", { data })), () => {});
    }

    terminate() {
      this.#frame.remove();
    }
  };
  window.Worker = window.IFrameWorker;
}
