
// ---- Search: results as one types. The page is fetched as it would be without JavaScript, and its results put in the
// place of those that are shown.
const searchForm = find("form[data-search]");

if (searchForm) {
  let asking = null, waiting = 0;
  const show = async () => {
    asking?.abort();
    asking = new AbortController();
    const parameters = new URLSearchParams([...new FormData(searchForm)].filter(([, value]) => value));
    // Tells the audit log that more may be typed.
    const address = `/search?${parameters}`;
    try {
      const response = await fetch(`${address}&typing=1`, { signal: asking.signal });
      if (!response.ok || response.redirected) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      foldLists(page);
      find("[data-results]").replaceWith(find("[data-results]", page));
      document.title = page.title;
      history.replaceState(null, "", address);
    } catch {
      // Another letter was typed, or the server is away: the button tells.
    }
  };
  find("input[type=search]", searchForm).addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (!event.isComposing) waiting = setTimeout(show, 160);
  });
  find("input[type=search]", searchForm).addEventListener("compositionend", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 160);
  });
  // The arrows lead from the field through the results and back, Enter opens one.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [find("input[type=search]", searchForm), ...document.querySelectorAll("[data-results] [data-hit]")];
    const here = stops.indexOf(document.activeElement);
    const next = stops[here + (event.key === "ArrowDown" ? 1 : -1)];
    if (here < 0 || !next) return;
    event.preventDefault();
    next.focus();
  });
}
