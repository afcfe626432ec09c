// What pages gain with JavaScript: leaving without a trace in "back", copying, printing. Nothing depends on it.
"use strict";
document.addEventListener("click", (event) => {
  const leave = event.target.closest("[data-leave]");
  if (leave) {
    event.preventDefault();
    window.location.replace(leave.href);
    return;
  }
  const print = event.target.closest("[data-print]");
  if (print) {
    document.querySelectorAll("details").forEach((part) => { part.open = true; });
    window.print();
    return;
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    event.preventDefault();
    fetch(copy.href, { credentials: "same-origin" })
      .then((answer) => answer.text())
      .then((text) => navigator.clipboard.writeText(text))
      .then(() => { copy.textContent = copy.dataset.copied; })
      .catch(() => { window.location.assign(copy.href); });
  }
});
document.addEventListener("htmx:afterSettle", () => {
  const start = document.querySelector("[data-focus]") || document.querySelector("h1");
  if (start) { start.setAttribute("tabindex", "-1"); start.focus({ preventScroll: true }); }
  window.scrollTo(0, 0);
});
