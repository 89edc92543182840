// Runs in the page, which is complete without it; it searches and filters, and keeps that in the page's address.
(() => {
  const filters = document.querySelector(".filters");
  if (!filters) return;
  const search = document.getElementById("search");
  const buttons = [...filters.querySelectorAll("[data-kind]")];
  const shown = document.getElementById("shown");
  const clear = document.getElementById("clear");
  const none = document.getElementById("none");
  const rows = [...document.querySelectorAll("tbody tr")];

  // Full-width letters and half-width katakana match their usual forms, and vice versa.
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  let texts; // of every row, read at the first search
  const wordsOf = (text) => fold(text).split(/\s+/).filter(Boolean);

  function apply() {
    const words = wordsOf(search.value);
    const kinds = new Set(buttons.filter(isPressed).map((button) => button.dataset.kind));
    if (words.length > 0) texts ??= rows.map((row) => fold(row.textContent));
    let count = 0;
    for (const [index, row] of rows.entries()) {
      const matches =
        (kinds.size === 0 || kinds.has(row.dataset.kind)) &&
        words.every((word) => texts[index].includes(word));
      if (matches) count++;
      if (row.hidden === matches) row.hidden = !matches;
    }
    shown.textContent = `${count.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
    clear.hidden = search.value === "" && kinds.size === 0;
    none.hidden = count > 0;
    keep();
  }

  const isPressed = (button) => button.getAttribute("aria-pressed") === "true";
  const press = (button, pressed) => button.setAttribute("aria-pressed", String(pressed));

  let keeping;
  function keep() {
    // Browsers refuse to change the address for every letter.
    clearTimeout(keeping);
    keeping = setTimeout(() => {
      const state = new URLSearchParams();
      for (const button of buttons) if (isPressed(button)) state.append("kind", button.dataset.kind);
      if (search.value !== "") state.set("q", search.value);
      const hash = state.size === 0 ? "" : `#${state}`;
      // Replaced rather than set: Back leaves the page, and an empty hash doesn't scroll to the top.
      if (hash !== location.hash) history.replaceState(null, "", hash || location.pathname + location.search);
    }, 250);
  }

  function restore() {
    const state = new URLSearchParams(location.hash.slice(1));
    search.value = state.get("q") ?? "";
    const kinds = new Set(state.getAll("kind"));
    for (const button of buttons) press(button, kinds.has(button.dataset.kind));
    apply();
  }

  function reset() {
    search.value = "";
    for (const button of buttons) press(button, false);
    apply();
  }

  let waiting = 0;
  search.addEventListener("input", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(apply);
  });
  filters.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-kind]");
    if (!button) return;
    press(button, !isPressed(button));
    apply();
  });
  clear.addEventListener("click", () => {
    search.focus(); // the button is about to disappear, and focus with it
    reset();
  });
  document.addEventListener("keydown", (event) => {
    // While Japanese is being composed, keys belong to the input method.
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && !clear.hidden) {
      event.preventDefault();
      reset();
    }
  });
  addEventListener("hashchange", restore);

  filters.hidden = false;
  restore();
})();
