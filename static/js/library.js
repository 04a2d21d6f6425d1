
// ---- Selects of a filter act at once, except under arrow keys, which choose on their way past.
for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  let keys = false;
  form.addEventListener("keydown", () => { keys = true; });
  form.addEventListener("pointerdown", () => { keys = false; });
  form.addEventListener("change", (event) => { if (!keys && event.target.matches("select")) form.requestSubmit(); });
}

// ---- What ingestion is doing, fetched again while somebody looks; the list too, once there is nothing left to do and
// nobody is filling in the filter.
let stale = false;

async function refresh(line) {
  try {
    const response = await fetch(line.dataset.refresh);
    if (!response.ok) return line;
    const fresh = element((await response.text()).trim());
    const figures = (part) => find("[data-figures]", part).textContent;
    stale ||= line.hasAttribute("data-busy") || figures(line) !== figures(fresh);
    const away = find("[data-uploads] li") || document.activeElement?.matches("input, select")
      || document.querySelector("input[type=password]:valid");
    if (stale && !fresh.hasAttribute("data-busy") && !away) location.reload();
    if (fresh.textContent !== line.textContent) {
      line.replaceWith(fresh);
      return fresh;
    }
  } catch {
    // The server is restarting: the next look tells.
  }
  return line;
}

let status = find("[data-refresh]");
if (status) {
  setInterval(async () => { if (!document.hidden) status = await refresh(status); }, 3000);
}
