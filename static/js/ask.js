
// ---- Ask: the answer arrives in parts, ready made by the server; this puts each in its place.
const askForm = find("form[data-ask]");
let stream = null;

// The answer that is shown moves up into the conversation, folded.
function foldAnswer(place) {
  const turn = find("template[data-earlier-turn]").content.cloneNode(true);
  const sentences = (list) => [...place.querySelectorAll(`${list} > li`)].map((sentence) => {
    const copy = sentence.cloneNode(true);
    for (const extra of copy.querySelectorAll(".cite, .doubt, .item-sign")) extra.remove();
    return copy.textContent.trim();
  }).join(" ");
  find("summary", turn).textContent = place.dataset.question;
  find("p", turn).textContent = sentences(".verified .sentences") || sentences("[data-statements]") || sentences("[data-sentences]") || find("[data-refusal]", place)?.textContent.trim() || "";
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

  let running = "";
  stream = new EventSource(`/ask/stream?${parameters}`);
  const on = (name, act) => stream.addEventListener(name, act);
  on("verified", (event) => { part("verified").innerHTML = event.data; });
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
  on("running", (event) => { running = event.data; });
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
    // Words of a sentence that was not finished, where the model was stopped.
    part("writing").hidden = true;
    part("end").innerHTML = event.data;
    if (!part("statements").children.length && !answer.classList.contains("answer-refused")) part("quoted-title").hidden = true;
  });
  on("done", end);
  on("failed", (event) => fail(event.data));
  on("error", () => { if (stream) fail(askForm.dataset.broken); });
  // The stream goes on to its end, with what was written until then. Closing it stops the model as well.
  part("stop").addEventListener("click", async () => {
    part("stopping").hidden = true;
    const told = running && await fetch("/ask/stop", { method: "POST", body: new URLSearchParams({ stop: running }) }).catch(() => null);
    if (!told?.ok && stream) tell(askForm.dataset.stopped, "notice-wait", "status");
  });
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

// ---- An answer is copied with its sources, as text that can be pasted into a mail.
function answerAsText(answer) {
  const lines = [find("h1.asked")?.textContent ?? find("[data-answer-place]")?.dataset.question ?? "", ""];
  const sentences = [...answer.querySelectorAll(".verified .sentences > li, [data-statements] > li")];
  for (const sentence of sentences.length ? sentences : answer.querySelectorAll("[data-sentences] > li")) {
    const copy = sentence.cloneNode(true);
    for (const cite of copy.querySelectorAll(".cite")) cite.textContent = ` [${cite.textContent.trim()}]`;
    lines.push(copy.textContent.replace(/\s+/g, " ").trim());
  }
  lines.push("");
  for (const source of answer.querySelectorAll("[data-sources] > li")) {
    const number = find(".source-number", source)?.textContent.trim();
    const link = find("a", source);
    lines.push(`[${number}] ${link.textContent.trim()}, ${find(".place", source)?.textContent.replace(/\s+/g, " ").trim() ?? ""}`, `    ${link.href}`);
  }
  return lines.join("\n");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-answer], [data-print]");
  if (!button) return;
  if (button.matches("[data-print]")) return print();
  try {
    await navigator.clipboard.writeText(answerAsText(button.closest("[data-answer]")));
    const before = button.textContent;
    button.textContent = button.dataset.copyAnswer;
    setTimeout(() => { button.textContent = before; }, 2000);
  } catch {
    // Browsers let pages write to the clipboard only over HTTPS or on this machine.
    getSelection().selectAllChildren(find("[data-live]", button.closest("[data-answer]")));
  }
});
