// What the pages gain from JavaScript: answers that stream, a status that refreshes, links that copy. All of it works
// without, as plain forms and links.
"use strict";

const find = (selector, within = document) => within.querySelector(selector);

// ---- Ask: the answer arrives in parts, ready made by the server; this puts each in its place.
const askForm = find("form[data-ask]");
let stream = null;

function element(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

function ask(question, collection) {
  const parameters = new URLSearchParams({ q: question });
  if (collection) parameters.set("collection", collection);
  history.pushState({ asked: true }, "", `/ask?${parameters}`);
  document.title = `${question} · Gemba`;
  stream?.close();

  const place = find("[data-answer-place]");
  place.replaceChildren(find("template[data-skeleton]").content.cloneNode(true));
  find("[data-welcome]")?.remove();
  find("[data-ask-page]").classList.remove("ask-hero");
  const answer = find("[data-answer]", place);
  const live = find("[data-live]", answer);
  answer.scrollIntoView({ block: "nearest" });

  const end = () => {
    stream?.close();
    stream = null;
    find("[data-waiting]", answer)?.remove();
    live.setAttribute("aria-busy", "false");
  };
  const fail = (text) => {
    end();
    const notice = element('<p class="notice notice-bad" role="alert"></p>');
    notice.textContent = text;
    find("[data-end]", answer).replaceChildren(notice);
  };

  stream = new EventSource(`/ask/stream?${parameters}`);
  stream.addEventListener("sentence", (event) => {
    find("[data-waiting]", answer)?.remove();
    const sentence = element(event.data);
    sentence.classList.add("sentence-new");
    find("[data-sentences]", answer).append(sentence);
  });
  stream.addEventListener("source", (event) => {
    const source = element(event.data);
    const known = source.id && document.getElementById(source.id);
    if (known) known.replaceWith(source);
    else find("[data-sources]", answer).append(source);
    find("[data-sources-section]", answer).hidden = false;
  });
  stream.addEventListener("refused", () => answer.classList.add("answer-refused"));
  stream.addEventListener("nearest", (event) => { find("[data-nearest]", answer).innerHTML = event.data; });
  stream.addEventListener("end", (event) => { find("[data-end]", answer).innerHTML = event.data; });
  stream.addEventListener("done", end);
  stream.addEventListener("failed", (event) => fail(event.data));
  stream.addEventListener("error", () => { if (stream) fail(askForm.dataset.broken); });
}

if (askForm && "EventSource" in window) {
  const field = find("textarea", askForm);
  askForm.addEventListener("submit", (event) => {
    const question = field.value.trim();
    if (!question) return;
    event.preventDefault();
    ask(question, find("select", askForm)?.value);
  });
  field.addEventListener("keydown", (event) => {
    // Enter that confirms a word of a Chinese input method is no end of the question.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      askForm.requestSubmit();
    }
  });
  document.addEventListener("click", (event) => {
    const example = event.target.closest("a[data-example]");
    if (!example || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    field.value = example.textContent;
    askForm.requestSubmit();
  });
  window.addEventListener("popstate", () => location.reload());
}

// ---- A permanent link is copied; where that is not allowed it is followed.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-copy]");
  if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(link.href);
    const before = link.textContent;
    link.textContent = link.dataset.copy;
    setTimeout(() => { link.textContent = before; }, 2000);
  } catch {
    location.href = link.href;
  }
});

// ---- Lists beside a text are folded on a phone.
if (matchMedia("(max-width: 52rem)").matches) {
  for (const list of document.querySelectorAll("details[data-wide-open]")) list.open = false;
}

// ---- Selects of a filter act at once.
for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", (event) => { if (event.target.matches("select")) form.requestSubmit(); });
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
    if (stale && !fresh.hasAttribute("data-busy") && !document.activeElement?.matches("input, select")) location.reload();
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
