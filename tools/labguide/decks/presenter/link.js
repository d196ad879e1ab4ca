// Ties the windows that show one deck: the one that the audience sees, the speaker's, and the pictures in it.
//
//   the speaker's ── move, go, black, hello ──▶ the deck's
//   the deck's ── where ──▶ the speaker's          numbers only; each window has the slides and the notes itself
//
// Windows of one browser talk by postMessage, which works from the disk too. What `labguide present` serves talks
// through that server, and so do windows on another device.
"use strict";

window.DeckLink = (() => {
  const told = JSON.parse(document.getElementById("deck-presenter").textContent);
  const query = new URLSearchParams(location.search);
  const framed = window.top !== window;
  const role = framed ? "picture" : query.has("speaker") ? "speaker" : "deck";
  const server = document.querySelector('meta[name="labguide-present"]')?.content;
  // From the disk, a window's origin is "null" and can be named to nobody.
  const origin = location.protocol.startsWith("http") ? location.origin : "*";
  const me = Array.from(crypto.getRandomValues(new Uint32Array(2)), (it) => it.toString(36)).join("");
  const peers = new Set(role !== "picture" && window.opener ? [window.opener] : []);
  const hearers = [];
  let sent = Promise.resolve();

  function hear(heard) {
    hearers.push(heard);
  }

  function say(message) {
    const whole = { deck: told.deck, from: me, ...message };
    if (server) {
      sent = sent.then(() => post(whole)); // one after the other, so that none overtakes another
      return;
    }
    for (const peer of peers) {
      if (peer.closed) {
        peers.delete(peer);
      } else {
        send(peer, whole);
      }
    }
  }

  function send(peer, message) {
    peer.postMessage({ labguide: message }, origin);
  }

  async function post(message) {
    const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(message) };
    try {
      await fetch(`${server}/messages`, options);
    } catch {
      // The server has ended; the stream of events says so.
    }
  }

  function arrived(message) {
    if (message.deck === told.deck && message.from !== me) {
      hearers.forEach((heard) => heard(message));
    }
  }

  function listen() {
    if (!server) {
      addEventListener("message", (event) => {
        const message = event.data?.labguide;
        if (!message || message.deck !== told.deck || (origin !== "*" && event.origin !== origin)) {
          return;
        }
        if (!message.picture && event.source) {
          peers.add(event.source); // a window that was loaded anew is known again as soon as it speaks
        }
        arrived(message);
      });
      return;
    }
    const events = new EventSource(`${server}/events?role=${role}&deck=${encodeURIComponent(told.deck)}`);
    events.onmessage = (event) => arrived({ deck: told.deck, ...JSON.parse(event.data) });
    events.onopen = () => arrived({ deck: told.deck, kind: "online" });
    events.onerror = () => arrived({ deck: told.deck, kind: "offline" });
    addEventListener("pagehide", () => events.close());
  }

  // ---- The pictures in the speaker's window: they show what they are told by the window around them ----

  function picture() {
    const name = query.get("picture");
    const answer = (kind, more) => parent.postMessage({ labguide: { deck: told.deck, picture: name, kind, ...more } }, origin);
    addEventListener("message", (event) => {
      const message = event.data?.labguide;
      if (event.source === parent && message?.kind === "show") {
        answer("shown", show(message));
      }
    });
    Reveal.on("ready", () => answer("ready"));
  }

  function show({ h, v, f, ahead }) {
    Reveal.slide(h, v, f ?? -1);
    const before = JSON.stringify(Reveal.getIndices());
    if (ahead) {
      Reveal.next();
    }
    const { h: across, v: down } = Reveal.getIndices();
    return { h: across, v: down, end: ahead && before === JSON.stringify(Reveal.getIndices()) };
  }

  // ---- The deck's own window ----

  let view = null;

  function deck() {
    addLink();
    Reveal.on("ready", () => {
      Reveal.addKeyBinding({ keyCode: 83, key: "S", description: told.words.key }, open);
      for (const event of ["slidechanged", "fragmentshown", "fragmenthidden", "paused", "resumed"]) {
        Reveal.on(event, tell);
      }
      hear(obey);
      listen();
      if (!server) {
        tell();
      }
    });
  }

  function here() {
    const { h, v, f } = Reveal.getIndices();
    return { h, v, f: f ?? -1, black: Reveal.isPaused() };
  }

  function tell() {
    say({ kind: "where", ...here() });
  }

  function obey(message) {
    if (message.kind === "move") {
      const moves = { next: "next", prev: "prev" };
      if (message.how in moves) {
        Reveal[moves[message.how]]();
      }
    } else if (message.kind === "go") {
      Reveal.slide(message.h, message.v, message.f ?? -1);
    } else if (message.kind === "black") {
      Reveal.togglePause();
    } else if (message.kind === "where") {
      follow(message); // another window that shows the deck has moved
    } else if (message.kind === "hello" || (message.kind === "decks" && !message.known)) {
      tell();
    }
  }

  function follow({ h, v, f, black }) {
    const now = here();
    if (now.h !== h || now.v !== v || now.f !== f) {
      Reveal.slide(h, v, f);
    }
    if (now.black !== black) {
      Reveal.togglePause(black);
    }
  }

  function address() {
    return location.href.replace(/[?#].*$/, "") + "?speaker";
  }

  function open() {
    if (view && !view.closed) {
      view.focus();
      return;
    }
    view = window.open(address(), `speaker ${told.deck}`, "popup,width=1240,height=800");
    if (view) {
      peers.add(view);
    } else {
      tellBlocked();
    }
  }

  function link() {
    const made = document.createElement("a");
    // With `opener`, for the two windows have to find each other. A click is never taken for an unwanted window.
    Object.assign(made, { href: address(), target: `speaker ${told.deck}`, rel: "opener", textContent: told.words.open_view });
    return made;
  }

  // For those who do not know the key, or have no keyboard: the last of the links in the corner.
  function addLink() {
    const made = link();
    made.className = "speaker-link";
    document.querySelector(".deck-links")?.append(made);
  }

  function tellBlocked() {
    document.querySelector(".speaker-blocked")?.remove();
    const box = document.createElement("div");
    const made = link();
    const close = document.createElement("button");
    box.className = "speaker-blocked";
    box.setAttribute("role", "alert");
    close.textContent = told.words.close;
    box.append(told.words.blocked, " ", made, " ", close);
    [made, close].forEach((it) => it.addEventListener("click", () => box.remove()));
    document.body.append(box);
    made.focus();
  }

  if (role === "picture" && window.Reveal) {
    picture();
  } else if (role === "deck" && window.Reveal) {
    deck();
  }
  return { told, role, server, hear, say, listen, send: (frame, message) => send(frame, { deck: told.deck, ...message }), peers };
})();
