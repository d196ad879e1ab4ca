// Puts the whole notes of each slide below it, and makes slides nearly as wide as the sheet: `room`, in CSS pixels.
(room) => {
  const SHARE = 0.92; // so two slides with short notes stand on one sheet
  for (const page of document.querySelectorAll(".pdf-page")) {
    const section = page.querySelector("section:not(.stack)");
    const written = section?.querySelector(":scope > aside.notes");
    const notes = document.createElement("div");
    notes.className = "handout-notes";
    if (written) notes.append(...written.childNodes);
    else notes.textContent = section?.dataset.notes ?? "";
    const { width } = page.getBoundingClientRect();
    page.style.width = `${width}px`;
    page.style.setProperty("--zoom", (SHARE * room) / width);
    const both = document.createElement("div");
    both.className = "handout-slide";
    page.replaceWith(both);
    both.append(page, notes);
  }
}
