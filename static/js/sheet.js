// Score sheets. Each choice is sent at once; what could not be sent is kept on this device and sent again, so that a
// dropped connection loses nothing. Without this file the part is one form with one button.
"use strict";

(() => {
  const PATIENCE = 12000; // ms that an answer may take
  const PAUSES = [2000, 4000, 8000, 15000, 30000];
  const TYPING = 900;

  const say = (node, text) => { if (node && node.textContent !== text) node.textContent = text; };
  const make = (tag, props = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...children);
    return node;
  };

  // --- Kept on this device: one entry a criterion --------------------------------------------------------------
  const prefixOf = (sheet) => `ocop-phieu-${sheet}-`;
  const stored = (sheet) => {
    const found = new Map();
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(prefixOf(sheet))) continue;
        const entry = JSON.parse(localStorage.getItem(key));
        if (entry && typeof entry.option === "string") found.set(key.slice(prefixOf(sheet).length), entry);
      }
    } catch { /* no storage: what is not sent lives as long as the page */ }
    return found;
  };
  const keep = (sheet, criterion, entry) => {
    try {
      if (entry) localStorage.setItem(prefixOf(sheet) + criterion, JSON.stringify(entry));
      else localStorage.removeItem(prefixOf(sheet) + criterion);
    } catch { /* full or forbidden */ }
  };

  // --- A part to score ------------------------------------------------------------------------------------------
  const prepareSheet = (form) => {
    const { sheet, saveUrl, loginUrl } = form.dataset;
    const banner = document.querySelector("[data-banner]");
    const nextOpen = document.querySelector("[data-next-open]");
    const boxes = [...form.querySelectorAll("[data-criterion]")];
    const boxOf = (criterion) => boxes.find((box) => box.dataset.criterion === criterion);
    const queue = stored(sheet); // criterion -> {option, note, seen, tried, clash}
    let token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    let busy = false;
    let trouble = ""; // "", "offline", "login", "refused"
    let refusal = "";
    let failures = 0;
    let timer = 0;
    let touched = false;
    let typing = 0;

    const noteOf = (box) => box.querySelector("input[type=text]");
    const optionOf = (box) => box.querySelector("input[type=radio]:checked")?.value;
    const words = (box, option) => {
      const label = box.querySelector(`input[type=radio][value="${option}"]`)?.closest("label");
      if (!label) return "";
      return `${label.querySelector(".sheet-label").firstChild.textContent.trim()} (${label.querySelector(".sheet-points").textContent})`;
    };
    const mark = (criterion, state, text) => {
      const node = boxOf(criterion)?.querySelector(".sheet-state");
      if (!node) return;
      node.dataset.state = state;
      say(node, text);
    };

    const showBanner = () => {
      const clashes = [...queue.values()].filter((entry) => entry.clash).length;
      const waiting = queue.size - clashes;
      banner.classList.toggle("sheet-trouble", Boolean(trouble || clashes));
      if (trouble === "login") {
        const link = make("a", { href: loginUrl, target: "_blank", textContent: "đăng nhập lại ở tab khác" });
        banner.replaceChildren("Hết phiên đăng nhập: hãy ", link, `, ${queue.size} lựa chọn đang giữ trên máy này sẽ tự gửi.`);
      } else if (trouble === "refused") say(banner, `Không lưu được: ${refusal}`);
      else if (clashes) say(banner, `${clashes} tiêu chí đã được chọn khác ở tab hoặc máy khác: hãy xem và chọn lại.`);
      else if (trouble === "offline" && waiting) say(banner, `Mất kết nối: ${waiting} lựa chọn chưa lưu, đang giữ trên máy này`);
      else if (waiting) say(banner, "Đang lưu…");
      else if (touched) say(banner, "Đã lưu tất cả");
    };

    const showOpen = () => {
      const open = boxes.filter((box) => optionOf(box) === undefined);
      if (!nextOpen) return;
      nextOpen.hidden = open.length === 0;
      if (open.length) nextOpen.href = `#${open[0].id}`;
    };

    const showTally = (answer) => {
      for (const node of document.querySelectorAll("[data-points]")) say(node, String(answer.points[node.dataset.points]));
      for (const node of document.querySelectorAll("[data-answered]")) say(node, String(answer.answered_by_part[node.dataset.answered]));
    };

    const setRevision = (box, revision) => {
      if (!box) return;
      box.dataset.revision = revision;
      box.querySelector("[name^=seen-]").value = revision;
    };

    // A choice that another tab or device changed meanwhile: both are shown, the member says which one stands.
    const showClash = (criterion, entry) => {
      const box = boxOf(criterion);
      if (!box) return;
      box.querySelector(".sheet-clash")?.remove();
      const mine = make("button", { type: "button", className: "button", textContent: "Giữ của tôi" });
      const theirs = make("button", { type: "button", className: "button button--secondary", textContent: "Dùng bản đã lưu" });
      const notice = make("div", { className: "sheet-clash" },
        make("p", {}, make("b", { textContent: "Tiêu chí này vừa được chọn khác ở tab hoặc máy khác." })),
        make("p", {}, `Bạn chọn: ${words(box, entry.option)}${entry.note ? `, ghi chú: ${entry.note}` : ""}`, make("br"), `Đang được lưu: ${entry.clash.words}`),
        make("div", { className: "actions" }, mine, theirs));
      notice.setAttribute("role", "alert");
      const done = () => {
        notice.remove();
        box.classList.remove("sheet-criterion--trouble");
        box.querySelector("input[type=radio]:checked")?.focus();
      };
      mine.addEventListener("click", () => {
        done();
        put(criterion, { ...entry, seen: entry.clash.revision, tried: [], clash: null });
      });
      theirs.addEventListener("click", () => {
        const standing = box.querySelector(`input[type=radio][value="${entry.clash.option}"]`);
        if (standing) standing.checked = true;
        noteOf(box).value = entry.clash.note;
        setRevision(box, entry.clash.revision);
        drop(criterion);
        mark(criterion, "saved", "Đã lưu");
        done();
        showBanner();
      });
      box.classList.add("sheet-criterion--trouble");
      box.querySelector(".sheet-foot").before(notice);
      mark(criterion, "clash", "Chưa lưu – hãy chọn một trong hai");
    };

    const drop = (criterion) => {
      queue.delete(criterion);
      keep(sheet, criterion, null);
    };
    const put = (criterion, entry, pause = 0) => {
      touched = true;
      queue.set(criterion, entry);
      keep(sheet, criterion, entry);
      mark(criterion, "saving", trouble === "offline" ? "Chưa lưu – mất kết nối, sẽ gửi lại" : "Đang lưu");
      showBanner();
      clearTimeout(typing);
      if (pause) typing = setTimeout(send, pause);
      else send();
    };

    const chosen = (box, pause) => {
      const criterion = box.dataset.criterion;
      const option = optionOf(box);
      if (option === undefined) {
        mark(criterion, "open", "Chọn một mức để lưu ghi chú");
        return;
      }
      const before = queue.get(criterion);
      box.querySelector(".sheet-clash")?.remove();
      box.classList.remove("sheet-criterion--trouble");
      // Choosing anew with both values in view is an answer to the clash.
      const seen = before ? (before.clash ? before.clash.revision : before.seen) : Number(box.dataset.revision);
      put(criterion, { option, note: noteOf(box).value, seen, tried: before && !before.clash ? before.tried : [], clash: null }, pause);
      showOpen();
    };

    const post = async (criterion, entry) => {
      const stop = new AbortController();
      const patience = setTimeout(() => stop.abort(), PATIENCE);
      const body = new URLSearchParams({ csrfmiddlewaretoken: token, criterion, option: entry.option, seen: entry.seen, note: entry.note });
      try {
        return await fetch(saveUrl, { method: "POST", body, redirect: "manual", credentials: "same-origin", headers: { Accept: "application/json" }, signal: stop.signal });
      } finally {
        clearTimeout(patience);
      }
    };

    // After signing in again the form's token is of no use: the page has a fresh one.
    const renewToken = async () => {
      const page = await fetch(window.location.pathname, { redirect: "manual", credentials: "same-origin" });
      if (!page.ok) return false;
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[data-sheet] [name=csrfmiddlewaretoken]");
      if (!fresh) return false;
      token = fresh.value;
      form.querySelector("[name=csrfmiddlewaretoken]").value = token;
      return true;
    };

    const saved = (criterion, sent, answer) => {
      const box = boxOf(criterion);
      const now = queue.get(criterion);
      setRevision(box, answer.revision);
      showTally(answer);
      if (now === sent) {
        drop(criterion);
        mark(criterion, "saved", "Đã lưu");
      } else if (now) { // changed again while this one was on its way
        const next = { ...now, seen: answer.revision, tried: [] };
        queue.set(criterion, next);
        keep(sheet, criterion, next);
      }
    };

    const clashed = (criterion, sent, answer) => {
      const now = queue.get(criterion) ?? sent;
      showTally(answer);
      // What stands may be our own earlier choice, whose answer got lost.
      const own = sent.tried.some((t) => t.option === String(answer.option) && t.note === answer.note && t.seen + 1 === answer.revision);
      const next = own
        ? { ...now, seen: answer.revision, tried: [] }
        : { ...now, clash: { revision: answer.revision, option: String(answer.option), note: answer.note, words: answer.words } };
      queue.set(criterion, next);
      keep(sheet, criterion, next);
      if (!own) showClash(criterion, next);
    };

    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(send, PAUSES[Math.min(failures, PAUSES.length - 1)]);
      failures += 1;
    };
    const lost = (kind) => {
      trouble = kind;
      const text = kind === "login" ? "Chưa lưu – chờ đăng nhập lại" : "Chưa lưu – mất kết nối, sẽ gửi lại";
      for (const [criterion, entry] of queue) if (!entry.clash) mark(criterion, "waiting", text);
      later();
    };

    const settle = async (criterion, entry) => {
      let response;
      try {
        response = await post(criterion, entry);
        if (response.status === 403 && await renewToken()) response = await post(criterion, entry);
      } catch {
        // It may have arrived all the same: remembered, so that its answer is known when it comes back.
        const now = queue.get(criterion);
        if (now) {
          now.tried = [...(now.tried ?? []), { option: entry.option, note: entry.note, seen: entry.seen }].slice(-5);
          keep(sheet, criterion, now);
        }
        return lost("offline");
      }
      const ours = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
      if (response.status === 200 && ours) saved(criterion, entry, await response.json());
      else if (response.status === 409 && ours) clashed(criterion, entry, await response.json());
      else if (response.status === 422 && ours) {
        refusal = (await response.json()).message;
        trouble = "refused";
        mark(criterion, "refused", `Không lưu được: ${refusal}`);
        drop(criterion);
        return undefined;
      } else if (response.type === "opaqueredirect" || [401, 403, 404].includes(response.status)) return lost("login");
      else return lost("offline");
      trouble = "";
      failures = 0;
      return true;
    };

    // One at a time, in order; what clashes waits for the member.
    const send = async () => {
      if (busy) return;
      busy = true;
      clearTimeout(timer);
      for (;;) {
        const next = [...queue].find(([, entry]) => !entry.clash);
        if (!next) break;
        const went = await settle(...next);
        showBanner();
        if (!went && trouble !== "refused") break;
      }
      busy = false;
      showBanner();
    };

    // What an earlier visit could not send: shown as chosen and as not yet saved.
    const restore = () => {
      for (const [criterion, entry] of [...queue]) {
        entry.tried ??= [];
        const box = boxOf(criterion);
        if (!box) continue; // of another part: sent all the same
        if (early.includes(box)) continue; // a newer choice is on the page
        if (optionOf(box) === entry.option && noteOf(box).value === entry.note) {
          drop(criterion);
          continue;
        }
        const radio = box.querySelector(`input[type=radio][value="${CSS.escape(entry.option)}"]`);
        if (!radio) {
          drop(criterion);
          continue;
        }
        radio.checked = true;
        noteOf(box).value = entry.note;
        noteOf(box).closest("details").open = Boolean(entry.note);
        mark(criterion, "waiting", "Chưa lưu – đang giữ trên máy này, sẽ gửi lại");
        if (entry.clash) showClash(criterion, entry);
      }
      if (!queue.size) return;
      touched = true;
      say(banner, `${queue.size} lựa chọn chưa lưu từ lần trước, đang gửi lại`);
      send();
    };

    form.addEventListener("change", (event) => {
      const box = event.target.closest("[data-criterion]");
      if (box) chosen(box);
    });
    // A note is kept with every letter and sent at a pause.
    form.addEventListener("input", (event) => {
      if (event.target.type === "text") chosen(event.target.closest("[data-criterion]"), TYPING);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
    window.addEventListener("online", () => { failures = 0; send(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden && queue.size) { failures = 0; send(); } });
    window.addEventListener("beforeunload", (event) => { if (queue.size) event.preventDefault(); });
    // A page brought back from the browser's memory may be old: it is read again.
    window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });

    // On a slow line choices may be made before this script has come.
    const early = boxes.filter((box) => {
      const radio = box.querySelector("input[type=radio]:checked");
      return (radio && !radio.defaultChecked) || noteOf(box).value !== noteOf(box).defaultValue;
    });
    restore();
    for (const box of early) chosen(box);
    showOpen();
  };

  // --- The general remark: sent at a pause, kept on this device until it has arrived --------------------------------
  const prepareComment = (form) => {
    const { comment: sheet, commentUrl, loginUrl } = form.dataset;
    const [text, seen, version, state] = ["[data-comment-text]", "[name=seen]", "[name=version]", "[data-comment-state]"].map((s) => form.querySelector(s));
    const token = form.querySelector("[name=csrfmiddlewaretoken]");
    const key = `ocop-nhanxet-${sheet}`;
    let [busy, clash, timer, failures] = [false, false, 0, 0];

    const keepText = (value) => {
      try {
        if (value === null) localStorage.removeItem(key);
        else localStorage.setItem(key, value);
      } catch { /* no storage: what is not sent lives as long as the page */ }
    };
    const saved = () => text.value.trim() === seen.value.trim();
    const tell = (kind, ...words) => {
      state.dataset.state = kind;
      state.replaceChildren(...words);
    };
    const settled = (answer) => {
      seen.value = answer.comment;
      if (version) version.value = answer.version;
    };
    const later = (...words) => {
      tell("waiting", ...words);
      clearTimeout(timer);
      timer = setTimeout(send, PAUSES[Math.min(failures, PAUSES.length - 1)]);
      failures += 1;
    };
    const post = async () => {
      const stop = new AbortController();
      const patience = setTimeout(() => stop.abort(), PATIENCE);
      const body = new URLSearchParams({ csrfmiddlewaretoken: token.value, comment: text.value, seen: seen.value });
      try {
        return await fetch(commentUrl, { method: "POST", body, redirect: "manual", credentials: "same-origin", headers: { Accept: "application/json" }, signal: stop.signal });
      } finally {
        clearTimeout(patience);
      }
    };
    // After signing in again the form's token is of no use: the page has a fresh one.
    const renewToken = async () => {
      const page = await fetch(window.location.pathname, { redirect: "manual", credentials: "same-origin" });
      const fresh = page.ok && new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[data-comment] [name=csrfmiddlewaretoken]");
      if (fresh) token.value = fresh.value;
      return Boolean(fresh);
    };
    const showClash = (answer) => {
      clash = true;
      const mine = make("button", { type: "button", className: "button", textContent: "Giữ của tôi" });
      const theirs = make("button", { type: "button", className: "button button--secondary", textContent: "Dùng bản đã lưu" });
      const notice = make("div", { className: "sheet-clash" },
        make("p", {}, make("b", { textContent: "Nhận xét vừa được sửa ở tab hoặc máy khác." })),
        make("p", {}, `Đang được lưu: ${answer.comment || "để trống"}`),
        make("div", { className: "actions" }, mine, theirs));
      notice.setAttribute("role", "alert");
      const done = (own) => {
        settled(answer);
        if (!own) text.value = answer.comment;
        clash = false;
        notice.remove();
        text.focus();
        send();
      };
      mine.addEventListener("click", () => done(true));
      theirs.addEventListener("click", () => done(false));
      state.before(notice);
      tell("clash", "Chưa lưu – hãy chọn một trong hai");
    };

    const attempt = async () => {
      let response;
      try {
        response = await post();
        if (response.status === 403 && await renewToken()) response = await post();
      } catch {
        return later("Chưa lưu – mất kết nối, đang giữ trên máy này, sẽ gửi lại");
      }
      const ours = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
      if (ours && response.status === 200) {
        failures = 0;
        settled(await response.json());
        if (saved()) {
          keepText(null);
          tell("saved", "Đã lưu");
        }
      } else if (ours && response.status === 409) showClash(await response.json());
      else if (ours && response.status === 422) {
        clash = true; // nothing to send again until the page is read anew
        tell("refused", `Không lưu được: ${(await response.json()).message}`);
      } else if (response.type === "opaqueredirect" || [401, 403, 404].includes(response.status)) {
        const link = make("a", { href: loginUrl, target: "_blank", textContent: "đăng nhập lại ở tab khác" });
        later("Chưa lưu – hết phiên đăng nhập: hãy ", link, ", nhận xét đang giữ trên máy này sẽ tự gửi.");
      } else later("Chưa lưu – máy chủ chưa nhận được, sẽ gửi lại");
      return undefined;
    };
    const send = async () => {
      clearTimeout(timer);
      if (busy || clash) return;
      if (saved()) {
        keepText(null);
        return;
      }
      busy = true;
      tell("saving", "Đang lưu…");
      await attempt();
      busy = false;
      if (!clash && !saved() && state.dataset.state !== "waiting") send();
    };

    text.addEventListener("input", () => {
      keepText(text.value);
      tell("saving", "Đang viết…");
      clearTimeout(timer);
      timer = setTimeout(send, TYPING);
    });
    // What is signed is what the form holds; an answer on its way is waited for, since it moves the sheet's version.
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (!busy) return;
      event.preventDefault();
      const again = setInterval(() => {
        if (busy) return;
        clearInterval(again);
        form.requestSubmit(event.submitter);
      }, 100);
    });
    window.addEventListener("online", () => { failures = 0; send(); });
    window.addEventListener("beforeunload", (event) => { if (!saved() && state.dataset.state === "waiting") event.preventDefault(); });

    let kept = null;
    try { kept = localStorage.getItem(key); } catch { /* no storage */ }
    if (kept !== null && text.value === text.defaultValue) text.value = kept;
    send();
  };

  // --- The overview: nothing is signed while choices wait on this device ------------------------------------------
  const warnUnsent = (notice) => {
    const waiting = stored(notice.dataset.unsent).size;
    notice.hidden = waiting === 0;
    say(notice.querySelector("[data-unsent-words]"), `Trên máy này còn ${waiting} lựa chọn chưa lưu. Hãy gửi trước khi ký.`);
  };

  // --- Typing a paper sheet: Enter goes on to the next line -------------------------------------------------------
  const prepareTyping = (form) => {
    const fields = [...form.querySelectorAll(".paper-line :is(input, select)")];
    form.addEventListener("keydown", (event) => {
      const place = fields.indexOf(event.target);
      if (event.key !== "Enter" || place < 0) return;
      event.preventDefault();
      const next = fields[place + 1] ?? form.querySelector("textarea");
      next.focus();
      next.select?.();
    });
    form.addEventListener("focusin", (event) => { if (event.target.matches(".paper-line input")) event.target.select(); });
    if (!document.querySelector("[data-error-summary]")) fields.find((field) => !field.value)?.focus();
  };

  document.querySelectorAll("[data-sheet]").forEach(prepareSheet);
  document.querySelectorAll("[data-unsent]").forEach(warnUnsent);
  document.querySelectorAll("form[data-comment]").forEach(prepareComment);
  document.querySelectorAll("[data-enter-next]").forEach(prepareTyping);
})();
