// Puts the whole notes of each slide below it, and makes slides as wide as the sheet; `room` is that in CSS pixels.
(room) => {
  for (const page of document.querySelectorAll(".pdf-page")) {
    const section = page.querySelector("section:not(.stack)");
    const written = section?.querySelector(":scope > aside.notes");
    const notes = document.createElement("div");
    notes.className = "handout-notes";
    if (written) notes.append(...written.childNodes);
    else notes.textContent = section?.dataset.notes ?? "";
    page.style.setProperty("--zoom", room / page.getBoundingClientRect().width);
    page.after(notes);
  }
}
