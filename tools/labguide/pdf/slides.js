// Makes a deck that reveal.js has laid out for paper whole: what would be cut off becomes smaller, and links lead to
// slides. Tells which slides became smaller: line, and percent of their size.
() => {
  const ids = new Set([...document.querySelectorAll("[id]")].map((it) => it.id));
  const pages = [...document.querySelectorAll(".pdf-page")];
  const sections = pages.map((page) => page.querySelector("section:not(.stack)"));
  document.querySelectorAll("a[href]").forEach(lead);
  // On the screen one slide is read out at a time; on paper all of them are, and have bookmarks.
  for (const it of document.querySelectorAll(".pdf-page, .pdf-page section, .pdf-page .slide")) {
    for (const name of ["aria-hidden", "inert", "hidden"]) it.removeAttribute(name);
  }
  return sections.flatMap((section) => {
    const percent = section ? Math.min(...[...section.querySelectorAll(":scope > .slide")].map(shrink), 100) : 100;
    return percent < 100 ? [[Number(section.dataset.line), percent]] : [];
  });

  function lead(link) {
    const href = link.getAttribute("href");
    const [, name] = /^#\/?(.*)$/.exec(href) ?? [];
    if (name !== undefined) {
      const target = ids.has(decodeURIComponent(name)) ? decodeURIComponent(name) : numbered(name);
      target ? link.setAttribute("href", `#${target}`) : link.removeAttribute("href");
    } else if (!/^(https?|mailto|tel):/.test(href)) {
      link.removeAttribute("href"); // a file beside the deck, which is not beside the PDF
    }
  }

  // The slide of an address by numbers, `#/3/1`.
  function numbered(name) {
    const [across, down = 0] = name.split("/").map(Number);
    const section = sections.find((it) => it?.dataset.indexH == across && (it.dataset.indexV ?? 0) == down);
    if (section && !section.id) section.id = `slide-${name.replace("/", "-")}`;
    return section?.id;
  }

  function shrink(slide) {
    for (const it of slide.querySelectorAll("pre")) {
      if (it.scrollWidth > it.clientWidth + 1) it.style.whiteSpace = "pre-wrap";
    }
    const { width, height } = slide.getBoundingClientRect();
    let percent = 100;
    while (percent > 20 && !fits(slide)) {
      percent -= 4;
      const zoom = percent / 100;
      Object.assign(slide.style, { zoom, width: `${width / zoom}px`, height: `${height / zoom}px` });
    }
    return percent;
  }

  function fits(slide) {
    const frame = slide.closest(".pdf-page").getBoundingClientRect();
    return [...slide.querySelectorAll("*:not(svg *, math *, .katex *)")].every((it) => {
      const box = it.getBoundingClientRect();
      if (!box.width || !box.height || !it.checkVisibility({ opacityProperty: true, visibilityProperty: true })) {
        return true;
      }
      const inside = box.bottom <= frame.bottom + 1 && box.right <= frame.right + 1 && box.top >= frame.top - 1;
      return inside && (it.localName !== "pre" || it.scrollHeight <= it.clientHeight + 1);
    });
  }
}
