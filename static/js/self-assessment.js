// Self-assessment, made quicker: the bar follows each choice through the open API, the details come from the page
// itself, and the address keeps every choice. Without this file the form is sent and the page answers the same.
"use strict";

(() => {
  const PAUSE = 250;
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();

  // --- Choosing a product set ---------------------------------------------------------------------------------
  const prepareChoice = (root) => {
    const box = root.querySelector("[data-set-search]");
    const found = root.querySelector("[data-set-found]");
    const similar = document.querySelector("[data-similar]");
    const catalogue = similar.getAttribute("href");
    const sets = [...root.querySelectorAll("[data-words]")].map((node) => [node, fold(node.dataset.words)]);
    box.addEventListener("input", () => {
      const words = fold(box.value).split(/\s+/).filter(Boolean);
      let count = 0;
      for (const [node, text] of sets) {
        node.hidden = !words.every((word) => text.includes(word));
        if (!node.hidden) count += 1;
      }
      for (const sector of root.querySelectorAll("[data-sector]")) {
        sector.hidden = !sector.querySelector("[data-words]:not([hidden])");
      }
      const none = "Không có bộ nào tên như vậy. Hãy tìm sản phẩm tương tự trong danh mục, ở cuối trang.";
      found.textContent = words.length === 0 ? "" : count ? `Có ${count} bộ` : none;
      similar.href = words.length ? `${catalogue}?q=${encodeURIComponent(box.value.trim())}` : catalogue;
    });
  };

  // --- Answering ------------------------------------------------------------------------------------------------
  const prepareSheet = (form) => {
    const brief = form.querySelector("[data-brief]");
    const progress = form.querySelector("[data-progress]");
    const button = form.querySelector(".sa-bar .button");
    const count = form.querySelectorAll("fieldset").length;
    let timer = 0;
    let asked = null;
    let current = true; // whether the details shown are those of the choices

    const say = (node, text) => { if (node.textContent !== text) node.textContent = text; };
    const checked = () => [...form.querySelectorAll("input[type=radio]:checked")];
    // Live: the details follow by themselves, and the button only leads to them. Else it sends the form.
    const settle = (live) => {
      form.toggleAttribute("data-live", live);
      say(button, live ? "Xem kết quả" : "Tính điểm");
    };
    const address = () => `?${new URLSearchParams(new FormData(form))}`;

    const showDetails = (html) => {
      const old = document.getElementById("ket-qua");
      const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("ket-qua");
      if (!fresh) throw new Error("no result");
      const before = form.getBoundingClientRect().top;
      const scrolled = old.scrollTop;
      old.replaceWith(fresh);
      fresh.scrollTop = scrolled;
      // The result stands above the criteria on small screens: what is being read must not move.
      const moved = form.getBoundingClientRect().top - before;
      if (moved) window.scrollBy({ top: moved, behavior: "instant" });
    };

    const refresh = async () => {
      asked?.abort();
      const own = asked = new AbortController();
      const chosen = checked();
      const here = address();
      const choices = Object.fromEntries(chosen.map((input) => [input.name, Number(input.dataset.points)]));
      try {
        const answer = await fetch(form.dataset.scoreUrl, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ choices }),
          signal: own.signal,
        });
        if (!answer.ok) throw new Error(answer.statusText);
        const result = await answer.json();
        say(brief, `${result.total} điểm, ${result.stars ? `đạt ${result.stars} sao` : "chưa đạt sao"}`);
        say(progress, chosen.length < count ? `Đã chọn ${chosen.length}/${count} tiêu chí` : `Đã chọn đủ ${count} tiêu chí`);
        const page = await fetch(`${here}&only=result`, { signal: own.signal });
        if (!page.ok) throw new Error(page.statusText);
        const html = await page.text();
        if (own.signal.aborted) return;
        showDetails(html);
        // Only now: a form sent to the address that is already there would not load the page again.
        history.replaceState(null, "", here);
        current = true;
        settle(true);
      } catch {
        if (own.signal.aborted) return;
        say(brief, "Chưa tính được");
        say(progress, "Mạng yếu? Bấm “Tính điểm” để thử lại.");
        document.getElementById("ket-qua").classList.add("sa-stale");
        settle(false);
      }
    };

    form.addEventListener("change", () => {
      current = false;
      document.querySelector("[data-reset]").hidden = false;
      clearTimeout(timer);
      timer = setTimeout(refresh, PAUSE);
    });
    form.addEventListener("submit", (event) => {
      if (!current) return; // the page itself answers
      event.preventDefault();
      const result = document.getElementById("ket-qua");
      result.focus({ preventScroll: true });
      result.scrollIntoView();
    });
    settle(true);
  };

  const choice = document.querySelector("[data-set-list]");
  const form = document.querySelector("[data-self-assessment]");
  if (choice) prepareChoice(choice);
  if (form) prepareSheet(form);
})();
