
// ---- Uploads: each file is hashed, announced, sent in pieces that go on after a broken connection, and followed until it
// can be asked about. One after the other: a factory's network is narrow.
{
  const PIECE = 8 * 1024 * 1024;
  const HASHED = 1024 * 1024;
  const part = find("[data-upload]");
  const said = find("[data-upload-said]", part);
  const form = find("form", part);
  const texts = find("[data-upload-texts]", part).dataset;
  const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);
  const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

  function size(bytes) {
    const units = ["B", "kB", "MB", "GB"];
    let unit = 0;
    for (; bytes >= 999.5 && unit < 3; unit += 1) bytes /= 1000;
    return `${unit && bytes < 9.95 ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
  }

  class Refused extends Error {
    constructor(error) { super(error.message); this.code = error.code; }
  }

  // An answer of the server, or what it refused; any other end of the request is a broken connection.
  function send(method, address, body, signal, progress) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) { reject(signal.reason); return; }
      const request = new XMLHttpRequest();
      request.open(method, address);
      request.setRequestHeader("Accept", "application/json");
      if (typeof body === "string") request.setRequestHeader("Content-Type", "application/json");
      if (progress) request.upload.onprogress = (event) => progress(event.loaded);
      request.onload = () => {
        let answer;
        try { answer = JSON.parse(request.responseText); } catch { reject(new Error("lost")); return; }
        if (answer.error) reject(new Refused(answer.error)); else resolve(answer);
      };
      request.onerror = () => reject(new Error("lost"));
      signal?.addEventListener("abort", () => { request.abort(); reject(signal.reason); });
      request.send(body);
    });
  }

  class Row {
    constructor(file) {
      this.element = find("[data-upload-row]", part).content.firstElementChild.cloneNode(true);
      find("[data-name]", this.element).textContent = file.name;
      this.progress = find("progress", this.element);
      this.progress.setAttribute("aria-label", file.name);
      find("[data-uploads]", part).append(this.element);
    }

    path(path, href) {
      const place = find("[data-path]", this.element);
      // In the top folder the path is the name, which stands there already.
      place.textContent = path === find("[data-name]", this.element).textContent ? "" : path;
      if (!href) return;
      const link = document.createElement("a");
      link.href = href;
      link.textContent = path;
      place.replaceChildren(link);
    }

    say(text, mood = "") {
      const state = find("[data-state]", this.element);
      if (state.textContent === text) return;
      state.textContent = text;
      state.className = mood;
      if (mood) said.textContent = `${find("[data-name]", this.element).textContent}: ${text}`;
    }

    show(part) {
      this.progress.hidden = part === null;
      if (part !== null) this.progress.value = part;
    }

    // Buttons, each with what it answers; a promise of the answer.
    ask(choices) {
      const actions = find("[data-actions]", this.element);
      return new Promise((resolve) => {
        actions.replaceChildren(...Object.entries(choices).map(([answer, label]) => {
          const button = document.createElement("button");
          button.type = "button";
          button.className = "button button-small";
          button.textContent = label;
          button.dataset.answer = answer;
          button.addEventListener("click", () => { actions.replaceChildren(); resolve(answer); });
          return button;
        }));
      });
    }
  }

  async function hashed(file, row, signal) {
    const hasher = new Blake3();
    for (let from = 0; from < file.size; from += HASHED) {
      signal.throwIfAborted();
      hasher.update(new Uint8Array(await file.slice(from, from + HASHED).arrayBuffer()));
      row.show(from / file.size);
    }
    return hasher.hex();
  }

  // Whether a file can be taken and how much of it is there, asked until somebody answers.
  async function announced(job) {
    for (let wait = 1000; ; wait = Math.min(wait * 2, 15000)) {
      try {
        return await send("POST", "/library/uploads", JSON.stringify(job.about), job.stop.signal);
      } catch (error) {
        if (error instanceof Refused || job.stop.signal.aborted) throw error;
        job.row.say(texts.lost, "upload-ask");
        await pause(wait);
      }
    }
  }

  async function pieces(job, at) {
    const { file, row, about } = job;
    const tell = (done) => {
      row.say(fill(texts.sending, { done: size(Math.min(done, file.size)), size: size(file.size) }));
      row.show(file.size ? Math.min(done / file.size, 1) : 1);
    };
    do {
      tell(at);
      const address = `/library/uploads/piece?${new URLSearchParams({ ...about, offset: at })}`;
      try {
        const piece = file.slice(at, at + PIECE);
        at = (await send("PUT", address, piece, job.stop.signal, (sent) => tell(at + sent))).received;
      } catch (error) {
        if (job.stop.signal.aborted || (error instanceof Refused && error.code !== "upload-offset")) throw error;
        row.say(texts.lost, "upload-ask");
        await pause(1000);
        at = (await announced(job)).received;
      }
    } while (at < file.size);
  }

  // The question that has to be answered before a file is sent, if there is one.
  function question(job, standing) {
    const twin = !job.anyway && standing.twins[0];
    if (twin) return [fill(texts.twin, { path: twin }), { anyway: texts.anyway, skip: texts.skip }];
    if (!standing.taken || job.existing !== "stays") return null;
    const answers = { replaced: texts.replace, beside: texts.both, skip: texts.skip };
    return [fill(texts.taken, { path: standing.path }), answers];
  }

  // Makes ready to send: hashes, announces, asks. Nothing where there is nothing to send.
  async function prepare(job) {
    const { file, row } = job;
    row.say(texts.checking);
    job.about.hash ??= await hashed(file, row, job.stop.signal).catch((error) => {
      throw job.stop.signal.aborted ? error : new Refused({ message: texts.unreadable });
    });
    const standing = await announced(job);
    row.path(standing.path);
    if (standing.twins.includes(standing.path)) {
      row.say(texts.same, "upload-good");
      return null;
    }
    return standing;
  }

  async function deliver(job, standing) {
    const { row, about } = job;
    // Whoever looks on may stop it.
    row.ask({ stop: texts.stop }).then(() => job.stop.abort());
    await pieces(job, standing.received);
    row.ask({});
    const body = JSON.stringify({ ...about, existing: job.existing });
    const { path } = await send("POST", "/library/uploads/end", body, job.stop.signal);
    row.path(path);
    row.show(null);
    row.say(texts.arrived);
    sent.push({ job, path });
    if (sent.length === 1) follow();
  }

  // What was sent is followed until it can be asked about, or it is known why not.
  const sent = [];

  async function follow() {
    while (sent.length > 0) {
      await pause(1000);
      for (const one of [...sent]) {
        const address = `/library/uploads/state?${new URLSearchParams({ path: one.path, hash: one.job.about.hash })}`;
        const found = await send("GET", address).catch((error) => (
          error instanceof Refused ? { state: "failed", reason: error.message } : { state: "pending" }));
        if (found.state === "pending") continue;
        sent.splice(sent.indexOf(one), 1);
        const { row } = one.job;
        row.path(one.path, found.href);
        row.say(found.state === "searchable" ? texts.ready : found.reason || found.name, found.state === "failed" ? "upload-bad" : "upload-good");
        row.element.dataset.state = found.state;
        await relist();
      }
    }
  }

  // The list as it is now, in the place of the one that was loaded.
  async function relist() {
    try {
      const response = await fetch(location.href);
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const place of ["[data-list]", ".state-chips"]) find(place).replaceWith(find(place, fresh));
    } catch {
      // The list is shown again when the page is.
    }
  }

  async function attempt(job) {
    const { row } = job;
    try {
      const standing = await prepare(job);
      row.show(null);
      if (standing === null) return;
      const asked = question(job, standing);
      if (!asked) {
        await deliver(job, standing);
        return;
      }
      row.say(asked[0], "upload-ask");
      // Others go on while somebody is asked.
      row.ask(asked[1]).then((answer) => answered(job, answer));
    } catch (error) {
      fail(job, error);
    }
  }

  function answered(job, answer) {
    if (answer === "skip") {
      job.row.say(texts.left, "upload-good");
      return;
    }
    if (answer === "anyway") job.anyway = true;
    else job.existing = answer;
    queue(job);
  }

  function fail(job, error) {
    job.row.show(null);
    if (job.stop.signal.aborted) job.row.say(texts.left, "upload-good");
    else job.row.say(error instanceof Refused ? error.message : texts.failed, "upload-bad");
    job.row.ask({ again: texts.again }).then(() => {
      job.stop = new AbortController();
      queue(job);
    });
  }

  let last = Promise.resolve();
  let open = 0;

  function queue(job) {
    open += 1;
    job.row.say(texts.waiting);
    last = last.then(() => attempt(job)).finally(() => { open -= 1; });
  }

  function take(files) {
    part.open = true;
    const fields = new FormData(form);
    const folder = fields.get("new_folder").trim() || fields.get("folder");
    const kinds = find("[type=file]", form).accept.split(",");
    for (const file of files) {
      const row = new Row(file);
      const kind = kinds.find((one) => file.name.toLowerCase().endsWith(one));
      if (!kind) row.say(fill(texts.kind, { name: file.name }), "upload-bad");
      else if (file.size > Number(part.dataset.upload)) row.say(texts.large, "upload-bad");
      else queue({ file, row, existing: fields.get("existing"), stop: new AbortController(), about: { folder, name: file.name, size: file.size } });
    }
  }

  find("[type=file]", form).addEventListener("change", (event) => {
    take([...event.target.files]);
    event.target.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeunload", (event) => { if (open > 0) event.preventDefault(); });

  // Files may be dropped anywhere on the page; they never take its place in the window.
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  for (const kind of ["dragenter", "dragover"]) {
    addEventListener(kind, (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      part.open = true;
      part.classList.add("upload-over");
    });
  }
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) part.classList.remove("upload-over"); });
  addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    part.classList.remove("upload-over");
    take([...event.dataTransfer.files]);
  });
}
