// Puts the pages of a guide together, and returns the HTML of the book. It is to lie where its first page lies.
// What a page holds is parsed here and never shown: scripts in it do not run.
(book, texts, mark, words) => {
  const ROOT = "file:///site/";
  const pages = texts.map((text) => new DOMParser().parseFromString(text, "text/html"));
  const contents = pages.map((page) => page.querySelector(`[${mark}]`) ?? page.createElement("div"));
  const up = "../".repeat(book.chapters[0].path.split("/").length - 1);
  const numbers = new Map(book.chapters.map(({ path }, number) => [path, number]));
  const names = contents.map(() => new Map()); // of each chapter, what an id in it is called in the book
  const taken = new Set();

  contents.forEach(rename);
  contents.forEach(settle);
  return `<!doctype html>\n${bound().outerHTML}\n`;

  function rename(content, number) {
    for (const it of content.querySelectorAll("[id]")) {
      let name = it.id;
      for (let count = 2; taken.has(name); count++) name = `${it.id}--${count}`;
      taken.add(name);
      names[number].set(it.id, name);
      it.id = name;
    }
    for (const it of content.querySelectorAll("*")) {
      for (const attribute of ["for", "aria-labelledby", "aria-describedby", "aria-controls", "headers"]) {
        const said = it.getAttribute(attribute);
        if (said) it.setAttribute(attribute, said.split(/\s+/).map((each) => names[number].get(each) ?? each).join(" "));
      }
      for (const { name, value } of [...it.attributes]) {
        const at = value.replace(/url\((['"]?)#([^'")]+)\1\)/g, (_, __, id) => `url(#${names[number].get(id) ?? id})`);
        if (at !== value) it.setAttribute(name, at);
      }
    }
  }

  function settle(content, number) {
    content.querySelectorAll("a.headerlink, .headerlink, script:not([type^='math'])").forEach((it) => it.remove());
    content.querySelectorAll("details").forEach((it) => (it.open = true));
    content.querySelectorAll(".tabbed-set").forEach(unfold);
    content.querySelectorAll("[loading]").forEach((it) => it.removeAttribute("loading"));
    for (const it of content.querySelectorAll("[src], [data-src], [poster]")) {
      for (const name of ["src", "data-src", "poster"]) {
        if (it.hasAttribute(name)) it.setAttribute(name, address(it.getAttribute(name), number));
      }
    }
    content.querySelectorAll("[srcset]").forEach((it) => it.removeAttribute("srcset"));
    content.querySelectorAll("a[href], area[href]").forEach((it) => lead(it, number));
    for (const it of content.querySelectorAll("svg a, use, svg [href]")) {
      const said = it.getAttribute("href") ?? "";
      if (said.startsWith("#")) it.setAttribute("href", `#${names[number].get(said.slice(1)) ?? said.slice(1)}`);
    }
  }

  // Paper has no tabs: each one stands there with its label, the innermost first.
  function unfold(set) {
    const labels = [...set.querySelectorAll(":scope > .tabbed-labels > label, :scope > label")];
    const blocks = [...set.querySelectorAll(":scope > .tabbed-content > .tabbed-block, :scope > .tabbed-content")];
    const inner = blocks.filter((it) => !it.querySelector(":scope > .tabbed-block"));
    const unfolded = element("div", { className: "labguide-tabs" });
    inner.forEach((block, place) => {
      const label = element("p", { className: "labguide-tab-label" });
      if (labels[place]) label.append(...labels[place].cloneNode(true).childNodes);
      const tab = element("div", { className: "labguide-tab" });
      tab.append(label, ...block.childNodes);
      unfolded.append(tab);
    });
    set.replaceWith(unfolded);
  }

  function address(written, number) {
    const found = resolve(written, number);
    return found.startsWith(ROOT) ? up + found.slice(ROOT.length) : written;
  }

  function resolve(written, number) {
    try {
      return new URL(written, ROOT + book.chapters[number].path).href;
    } catch {
      return written;
    }
  }

  // Where a link leads: to a place in the book, to the site that is published, or, if that is not known, nowhere.
  function lead(link, number) {
    const found = resolve(link.getAttribute("href"), number);
    if (!found.startsWith("file:")) return;
    const [place, hash = ""] = found.slice(ROOT.length).split("#");
    const path = decodeURIComponent(place.split("?")[0]);
    const chapter = numbers.get(path) ?? numbers.get(`${path}${path === "" || path.endsWith("/") ? "" : "/"}index.html`);
    if (chapter !== undefined) {
      link.setAttribute("href", `#${(hash && names[chapter].get(decodeURIComponent(hash))) || `chapter-${chapter + 1}`}`);
    } else if (book.address && found.startsWith(ROOT)) {
      link.setAttribute("href", new URL(found.slice(ROOT.length), book.address).href);
    } else {
      link.removeAttribute("href");
    }
  }

  function bound() {
    const page = pages[0];
    const root = page.documentElement;
    const wanted = new Set(book.scripts.map((path) => ROOT + path));
    for (const it of page.querySelectorAll("script")) {
      if (!it.src || !wanted.has(resolve(it.getAttribute("src"), 0))) it.remove();
    }
    page.querySelectorAll("link[rel=prev], link[rel=next], link[rel~=alternate], noscript").forEach((it) => it.remove());
    const scripts = [...page.body.querySelectorAll("script")];
    const frame = frames(contents[0], page.body);
    page.body.replaceChildren(frame.outer, ...scripts);
    frame.inner.append(cover(), list(), ...book.chapters.map(chapter));
    page.title = book.title;
    root.lang = book.language;
    root.classList.add("labguide-book");
    return root;
  }

  // The elements around a page's content, which the theme's style sheets name, without what stands beside it.
  function frames(content, body) {
    let inner = element("div", {});
    let outer = inner;
    for (let it = content.parentElement; it && it !== body; it = it.parentElement) {
      const copy = it.cloneNode(false);
      copy.classList.add("labguide-frame");
      copy.removeAttribute("id");
      copy.append(outer);
      outer = copy;
    }
    return { inner, outer };
  }

  function cover() {
    const said = element("section", { className: "labguide-cover" });
    said.append(element("h1", { textContent: book.title }), element("p", { textContent: book.description }));
    said.append(element("p", { className: "labguide-copyright", innerHTML: book.copyright }));
    return said;
  }

  function list() {
    const nav = element("nav", { className: "labguide-contents" });
    nav.append(element("h2", { textContent: words.contents }));
    let parts = [];
    book.chapters.forEach(({ title, parts: now }, number) => {
      now.forEach((part, depth) => {
        const known = now.slice(0, depth + 1).every((each, place) => each === parts[place]);
        if (!known) nav.append(element("p", { className: "labguide-part", textContent: part }));
      });
      parts = now;
      const line = element("p", { className: now.length ? "labguide-within" : "" });
      line.append(element("a", { href: `#chapter-${number + 1}`, textContent: title }));
      nav.append(line);
    });
    return nav;
  }

  function chapter({ title }, number) {
    const section = element("section", { className: "labguide-chapter", id: `chapter-${number + 1}` });
    const content = contents[number];
    const language = content.closest("[lang]:not(html)")?.lang;
    if (language) section.lang = language;
    if (!content.querySelector("h1")) section.append(element("h1", { textContent: title }));
    section.append(...content.childNodes);
    return section;
  }

  function element(name, properties) {
    return Object.assign(pages[0].createElement(name), properties);
  }
}
