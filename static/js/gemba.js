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

// The answer that is shown moves up into the conversation, folded.
function foldAnswer(place) {
  const turn = find("template[data-earlier-turn]").content.cloneNode(true);
  const sentences = (list) => [...place.querySelectorAll(`${list} > li`)].map((sentence) => {
    const copy = sentence.cloneNode(true);
    for (const extra of copy.querySelectorAll(".cite, .doubt")) extra.remove();
    return copy.textContent.trim();
  }).join(" ");
  find("summary", turn).textContent = place.dataset.question;
  find("p", turn).textContent = sentences("[data-statements]") || sentences("[data-sentences]") || find("[data-refusal]", place)?.textContent.trim() || "";
  const earlier = find("[data-earlier]");
  earlier.append(turn);
  earlier.hidden = false;
}

function ask(question, collection, follows) {
  const parameters = new URLSearchParams({ q: question });
  if (collection) parameters.set("collection", collection);
  if (follows) parameters.set("follows", follows);
  history.pushState({ asked: true }, "", `/ask?${parameters}`);
  document.title = `${question} · Gemba`;
  stream?.close();

  const place = find("[data-answer-place]");
  if (follows) foldAnswer(place);
  else find("[data-earlier]").replaceChildren();
  place.replaceChildren(find("template[data-skeleton]").content.cloneNode(true));
  place.dataset.question = question;
  find("[data-welcome]")?.remove();
  find("[data-ask-page]").classList.remove("ask-hero");
  const answer = find("[data-answer]", place);
  const part = (name) => find(`[data-${name}]`, answer);
  const live = part("live");
  answer.scrollIntoView({ block: "nearest" });

  const end = () => {
    stream?.close();
    stream = null;
    part("waiting")?.remove();
    part("writing-waiting").hidden = true;
    part("stopping").hidden = true;
    live.setAttribute("aria-busy", "false");
  };
  const tell = (text, kind, role) => {
    end();
    const notice = element(`<p class="notice ${kind}" role="${role}"></p>`);
    notice.textContent = text;
    part("end").replaceChildren(notice);
  };
  const fail = (text) => tell(text, "notice-bad", "alert");
  const append = (list, html) => {
    const sentence = element(html);
    sentence.classList.add("sentence-new");
    part(list).append(sentence);
  };
  const begin = () => {
    part("written").hidden = false;
    part("quoted-title").hidden = false;
    part("stopping").hidden = false;
  };

  stream = new EventSource(`/ask/stream?${parameters}`);
  const on = (name, act) => stream.addEventListener(name, act);
  on("understood", (event) => {
    part("understood-text").textContent = event.data;
    part("understood").hidden = false;
  });
  on("sentence", (event) => {
    part("waiting")?.remove();
    append("sentences", event.data);
  });
  on("source", (event) => {
    const source = element(event.data);
    const known = source.id && document.getElementById(source.id);
    if (known) known.replaceWith(source);
    else part("sources").append(source);
    part("sources-section").hidden = false;
  });
  on("writing", () => {
    begin();
    part("writing-waiting").hidden = false;
  });
  on("thinking", (event) => {
    begin();
    part("thinking").hidden = false;
    part("thinking-text").append(JSON.parse(event.data));
  });
  on("delta", (event) => {
    begin();
    part("writing-waiting").hidden = true;
    const writing = part("writing");
    writing.append(JSON.parse(event.data));
    writing.hidden = false;
  });
  on("statement", (event) => {
    begin();
    part("writing-waiting").hidden = true;
    part("writing").replaceChildren();
    part("writing").hidden = true;
    append("statements", event.data);
  });
  on("refused", () => {
    answer.classList.add("answer-refused");
    part("refusal").hidden = false;
    part("written").hidden = true;
  });
  on("nearest", (event) => { part("nearest").innerHTML = event.data; });
  on("end", (event) => {
    part("end").innerHTML = event.data;
    if (!part("statements").children.length && !answer.classList.contains("answer-refused")) part("quoted-title").hidden = true;
  });
  on("done", end);
  on("failed", (event) => fail(event.data));
  on("error", () => { if (stream) fail(askForm.dataset.broken); });
  // Closing the connection is what stops the model.
  part("stop").addEventListener("click", () => tell(askForm.dataset.stopped, "notice-wait", "status"));
}

if (askForm && "EventSource" in window) {
  const field = find("textarea", askForm);
  askForm.addEventListener("submit", (event) => {
    const question = field.value.trim();
    if (!question) return;
    event.preventDefault();
    ask(question, find("select", askForm)?.value);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-follow]");
    // On the page of an answer that was kept the form leads to Ask.
    if (!form || !find("[data-answer-place]")) return;
    event.preventDefault();
    const values = new FormData(form);
    field.value = values.get("q").trim();
    if (field.value) ask(field.value, values.get("collection"), values.get("follows"));
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
