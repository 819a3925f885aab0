// The grid of figures, quicker: arrows move between rows, and cells copied from a spreadsheet fill a block.
"use strict";

(() => {
  const grid = document.querySelector("[data-grid]");
  if (!grid) return;
  const rows = [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll("input:not([type=hidden])")]);
  const place = (input) => {
    const y = rows.findIndex((cells) => cells.includes(input));
    return y < 0 ? null : [rows[y].indexOf(input), y];
  };

  grid.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const at = step && place(event.target);
    const next = at && rows[at[1] + step]?.[at[0]];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  });

  grid.addEventListener("paste", (event) => {
    const at = place(event.target);
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
    if (!at || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    text.split(/\r?\n/).forEach((line, dy) => {
      line.split("\t").forEach((value, dx) => {
        const cell = rows[at[1] + dy]?.[at[0] + dx];
        if (!cell) return;
        cell.value = value.trim();
        cell.dispatchEvent(new Event("change", { bubbles: true }));
      });
    });
  });
})();
