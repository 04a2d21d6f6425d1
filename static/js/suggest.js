
// ---- Questions to choose from while one is typed: a list under the field, in the pattern that screen readers know.
const suggestions = find("[data-suggestions]");

if (suggestions && askForm) {
  const field = find("textarea", askForm);
  field.setAttribute("aria-controls", suggestions.id);
  field.setAttribute("aria-autocomplete", "list");
  let asking = null, waiting = 0, chosen = -1;

  const close = () => {
    suggestions.hidden = true;
    chosen = -1;
    field.removeAttribute("aria-activedescendant");
  };
  const choose = (next) => {
    const options = [...suggestions.children];
    chosen = Math.max(-1, Math.min(options.length - 1, next));
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === chosen)));
    if (chosen < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", options[chosen].id);
  };
  const take = (option) => {
    field.value = option.dataset.question;
    close();
    askForm.requestSubmit();
  };
  const show = async () => {
    asking?.abort();
    asking = new AbortController();
    const typed = field.value.trim();
    if (typed.length < 2) return close();
    try {
      const response = await fetch(`/ask/suggestions?${new URLSearchParams({ q: typed })}`, { signal: asking.signal });
      const questions = response.ok && !response.redirected ? await response.json() : [];
      suggestions.replaceChildren(...questions.filter(({ question }) => question !== typed).map(({ question, verified }, index) => {
        const option = document.createElement("li");
        option.textContent = question;
        option.dataset.question = question;
        if (verified) {
          const mark = document.createElement("span");
          mark.className = "suggestion-verified";
          mark.textContent = suggestions.dataset.verifiedLabel;
          option.append(" ", mark);
        }
        option.id = `suggestion-${index}`;
        option.setAttribute("role", "option");
        return option;
      }));
      if (!suggestions.children.length || document.activeElement !== field) return close();
      choose(-1);
      suggestions.hidden = false;
    } catch {
      // Another letter was typed.
    }
  };
  close();
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 180);
  });
  field.addEventListener("blur", () => setTimeout(close, 150));
  askForm.addEventListener("submit", () => { clearTimeout(waiting); asking?.abort(); close(); });
  suggestions.addEventListener("pointerdown", (event) => event.preventDefault());
  suggestions.addEventListener("click", (event) => { const option = event.target.closest("li"); if (option) take(option); });
  // Before the handler that asks on Enter.
  field.addEventListener("keydown", (event) => {
    if (suggestions.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) {
      event.stopImmediatePropagation();
      take(suggestions.children[chosen]);
    } else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  }, true);
}
