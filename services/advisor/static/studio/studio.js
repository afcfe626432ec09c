// What the studio gains with JavaScript: forms that change without leaving the page. Every form works without it.
"use strict";
document.documentElement.classList.add("scripted");
const errors = document.getElementById("errors");
if (errors) { errors.focus(); }
// From a problem straight into its field.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#field-"]');
  const field = link && document.getElementById(link.hash.slice(1));
  const control = field && field.querySelector("input:not([type=hidden]), select, textarea, button");
  if (control) { event.preventDefault(); field.scrollIntoView({ block: "center" }); control.focus({ preventScroll: true }); }
});
