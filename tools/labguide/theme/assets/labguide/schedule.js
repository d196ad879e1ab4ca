// The page of a lesson plan: a field for when the class begins moves all clock times of the table.
// Without this script the table has those of the plan's own start.
"use strict";

(() => {
  const place = document.querySelector(".schedule-start");
  const clocks = document.querySelectorAll(".schedule-clock");
  if (!place || !clocks.length) {
    return;
  }
  const day = 24 * 60;
  const two = (number) => String(number).padStart(2, "0");

  function minutesOf(clock) {
    const [hours, minutes] = clock.split(":").map(Number);
    return hours * 60 + minutes;
  }

  // As `clock.on_clock` in Python: on another day with how many days later or earlier that is.
  function onClock(start, after) {
    const all = start + Math.floor(after);
    const days = Math.floor(all / day);
    const minute = all - days * day;
    const other = days ? ` ${days > 0 ? "+" : "-"}${Math.abs(days)}` : "";
    return `${two(Math.floor(minute / 60))}:${two(minute % 60)}${other}`;
  }

  function move(start) {
    for (const clock of clocks) {
      clock.textContent = onClock(start, Number(clock.dataset.after));
    }
  }

  const field = document.createElement("input");
  field.type = "time";
  field.required = true;
  field.value = place.dataset.start;
  field.addEventListener("input", () => {
    if (field.value) {
      move(minutesOf(field.value));
    }
  });
  const label = document.createElement("label");
  label.append(place.dataset.label, " ", field);
  place.append(label);
})();
