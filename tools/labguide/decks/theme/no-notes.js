// The students' edition has no notes: who asks for them with S is told where they are.
"use strict";

addEventListener("keydown", (event) => {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key.toLowerCase() !== "s" || !plain || event.target.closest?.("input, textarea, select")) {
    return;
  }
  let said = document.querySelector(".deck-no-notes");
  if (!said) {
    said = document.createElement("p");
    said.className = "deck-no-notes";
    said.setAttribute("role", "status");
    document.body.append(said);
    addEventListener("keydown", (next) => next.key.toLowerCase() !== "s" && (said.hidden = true));
  }
  said.hidden = false;
  said.textContent = document.body.dataset.noNotes;
});
