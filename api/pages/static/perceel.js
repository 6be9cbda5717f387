// What makes the pages quicker; without it every page still works.
(() => {
  "use strict";

  // A field marked so sends its form when it changes.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-live]");
    if (form && event.target.matches("input[type=checkbox], select")) form.requestSubmit();
  });

  const drop = (zone) => {
    const input = zone.querySelector("input[type=file]");
    const over = (on) => (event) => {
      event.preventDefault();
      zone.classList.toggle("p-drop--over", on);
    };
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", (event) => {
      over(false)(event);
      if (event.dataTransfer.files.length === 0) return;
      input.files = event.dataTransfer.files;
      input.form.requestSubmit();
    });
  };

  const narrow = window.matchMedia("(max-width: 52rem)").matches;
  const ready = (root) => {
    root.querySelectorAll("[data-drop]").forEach(drop);
    if (!narrow) root.querySelectorAll("details[data-wide]").forEach((one) => { one.open = true; });
    root.querySelectorAll("[data-print]").forEach((one) => {
      one.hidden = false;
      one.addEventListener("click", () => window.print());
    });
  };
  document.addEventListener("DOMContentLoaded", () => {
    ready(document);
    const fault = document.querySelector("[data-faults]");
    if (fault) fault.focus();
  });
  // An address to share holds what was asked, and nothing that is empty.
  document.addEventListener("htmx:configRequest", (event) => {
    const { parameters, verb } = event.detail;
    if (verb !== "get") return;
    Object.keys(parameters).forEach((name) => { if (parameters[name] === "") delete parameters[name]; });
  });
  document.addEventListener("htmx:afterSwap", (event) => ready(event.target));
})();
