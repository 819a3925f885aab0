// Conveniences only: every page does its work without this file. Hooks are data- attributes, listed in the gallery.
"use strict";

(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, props = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...children);
    return node;
  };

  // What public pages say; the desk speaks Vietnamese alone.
  const say = document.documentElement.lang === "en" ? {
    find: "Type to search",
    findIn: (name) => `Search in the list: ${name}`,
    tooBig: (megabytes) => `The file is larger than ${megabytes} MB. Please choose a smaller one.`,
    copied: "Copied",
  } : {
    find: "Gõ để tìm",
    findIn: (name) => `Tìm trong danh sách: ${name}`,
    tooBig: (megabytes) => `Tệp lớn hơn ${megabytes} MB. Hãy chọn tệp nhỏ hơn.`,
    copied: "Đã sao chép",
  };

  // --- Filter panel: folded on small screens; the style unfolds it on wide ones where the browser knows how --------
  const wide = window.matchMedia("(min-width: 56rem)");
  const foldFilters = () => {
    if (!CSS.supports("selector(::details-content)")) all("details.filters").forEach((panel) => { panel.open = wide.matches; });
  };
  wide.addEventListener("change", foldFilters);

  // A long facet gets a box that narrows its choices.
  const LONG_FACET = 8;
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
  const addFacetSearch = (facet) => {
    const options = all(".facet__options > li", facet);
    if (options.length <= LONG_FACET || facet.querySelector("[data-facet-search]")) return;
    const name = facet.querySelector("legend").textContent.trim();
    const box = make("input", { type: "search", placeholder: say.find });
    box.setAttribute("aria-label", say.findIn(name));
    box.dataset.facetSearch = "";
    box.addEventListener("input", (event) => {
      event.stopPropagation();
      const wanted = fold(box.value.trim());
      options.forEach((li) => {
        li.hidden = !fold(li.textContent).includes(wanted) && !li.querySelector(":checked");
      });
    });
    box.addEventListener("change", (event) => event.stopPropagation());
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    facet.querySelector("fieldset ul").before(box);
  };

  // --- Formset rows -------------------------------------------------------------------------------------------
  const addRow = (button) => {
    const formset = button.closest("[data-formset]");
    const total = formset.querySelector(`[name="${formset.dataset.formset}-TOTAL_FORMS"]`);
    const holder = make("div");
    holder.append(formset.querySelector("template").content.cloneNode(true));
    holder.innerHTML = holder.innerHTML.replaceAll("__prefix__", total.value).replaceAll("__number__", Number(total.value) + 1);
    total.value = Number(total.value) + 1;
    const row = holder.firstElementChild;
    formset.querySelector("[data-formset-rows]").append(row);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  };

  // --- Asking before a grave act ------------------------------------------------------------------------------
  const askFirst = (form, submitter, question) => {
    const dialog = make("dialog", {}, make("p", { textContent: question, id: "cau-hoi-xac-nhan" }));
    dialog.setAttribute("aria-labelledby", "cau-hoi-xac-nhan");
    const yes = make("button", { type: "button", className: "button button--danger", textContent: "Đồng ý" });
    const no = make("button", { type: "button", className: "button button--secondary", textContent: "Quay lại" });
    dialog.append(make("div", { className: "actions" }, yes, no));
    yes.addEventListener("click", () => {
      form.dataset.confirmed = "1";
      dialog.close();
      form.requestSubmit(submitter);
    });
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  };

  // --- Submitting: ask, then once only ------------------------------------------------------------------------
  const unsaved = new Set();
  const onSubmit = (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (question && !form.dataset.confirmed) {
      event.preventDefault();
      askFirst(form, event.submitter, question);
      return;
    }
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    unsaved.delete(form);
    form.dataset.sending = "1";
    event.submitter?.setAttribute("aria-disabled", "true");
  };
  // A page brought back from the browser's memory must be usable again.
  const onPageShow = () => {
    all("form[data-sending]").forEach((form) => {
      delete form.dataset.sending;
      delete form.dataset.confirmed;
      all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
    });
  };

  const checkFileSize = (input) => {
    const limit = Number(input.dataset.maxBytes);
    const tooBig = [...input.files].some((file) => file.size > limit);
    const megabytes = Math.floor(limit / 1048576);
    input.setCustomValidity(tooBig ? say.tooBig(megabytes) : "");
    input.reportValidity();
  };

  const onChange = (event) => {
    const input = event.target;
    const form = input.form;
    if (input.dataset.maxBytes) checkFileSize(input);
    if (form?.hasAttribute("data-guard")) unsaved.add(form);
    const chosen = input.matches("select, [type=checkbox], [type=radio]");
    if (chosen && form?.hasAttribute("data-autosubmit")) form.requestSubmit();
  };

  const onClick = (event) => {
    const button = event.target.closest("[data-formset-add], [data-print], [data-copy]");
    if (!button) return;
    if (button.hasAttribute("data-formset-add")) addRow(button);
    else if (button.hasAttribute("data-print")) window.print();
    else navigator.clipboard.writeText(button.dataset.copy).then(() => { button.textContent = say.copied; });
  };

  // Runs for the page, and again for whatever htmx puts in.
  const prepare = (root) => {
    all(".facet", root).forEach(addFacetSearch);
    all("[data-js-hide]", root).forEach((node) => { node.hidden = true; });
    all("[data-js-show], [data-formset-add], [data-print], [data-copy]", root).forEach((node) => { node.hidden = false; });
  };

  document.addEventListener("submit", onSubmit);
  document.addEventListener("change", onChange);
  document.addEventListener("click", onClick);
  document.addEventListener("htmx:afterSwap", (event) => prepare(event.detail.target));
  window.addEventListener("pageshow", onPageShow);
  window.addEventListener("beforeunload", (event) => { if (unsaved.size) event.preventDefault(); });

  prepare(document);
  foldFilters();
  document.querySelector("[data-error-summary]")?.focus();
})();
