// While a workbook is entered, show how far it has come. Without this file the page simply waits for its answer.
"use strict";

(() => {
  const form = document.querySelector("form[data-progress]");
  if (!form) return;
  const box = form.querySelector("[data-progress-box]");
  const text = form.querySelector("[data-progress-text]");
  const bar = form.querySelector("progress");

  const look = async () => {
    try {
      const answer = await fetch(form.dataset.progress, { headers: { Accept: "application/json" } });
      const { stage, done, total } = await answer.json();
      if (!stage) return;
      text.textContent = `${stage}: ${done.toLocaleString("vi")} / ${total.toLocaleString("vi")}`;
      if (total) bar.value = Math.round((100 * done) / total);
    } catch {
      // The answer to the form itself is on its way.
    }
  };

  form.addEventListener("submit", () => {
    box.hidden = false;
    window.setInterval(look, 1000);
  });
})();
