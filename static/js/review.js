
// ---- "Was this right?" is answered in place: the form comes back with what was said.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-opinion]");
  if (!form) return;
  event.preventDefault();
  const said = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const response = await fetch(form.action, { method: "POST", body: said });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = response.ok && find("form[data-opinion]", page);
    if (fresh) {
      form.replaceWith(fresh);
      find("input:checked, input, button", fresh)?.focus();
      return;
    }
  } catch {
    // The connection is lost: the browser tells of it.
  }
  const right = document.createElement("input");
  Object.assign(right, { type: "hidden", name: "right", value: said.get("right") });
  form.append(right);
  form.submit();
});
