// The documentation: one request through the pipeline, and every path that Postern answers.
import { ask, make } from "/pages/page.js";

const stages = ["request", "credential", "route", "principal", "permit", "charges", "limits", "decision"];

export class Docs {
  /** The credential to try: `{ kind: "api_key" | "token", value }`. */
  #credential = null;
  #isBuilt = false;

  async show(section) {
    if (this.#isBuilt) return;
    this.#isBuilt = true;
    this.result = make("div", { class: "card span6", id: "result" }, make("h2", {}, "What every stage found"),
      make("p", { class: "note" }, "Nothing was tried yet."));
    this.reference = make("div", { class: "card span12", id: "reference" });
    section.replaceChildren(make("div", { class: "grid" }, this.#form(), this.result, this.reference), this.#dialog());
    try { this.#describe(await ask("/openapi.json")); } catch (error) { this.reference.replaceChildren(make("p", { class: "fault" }, error.message)); }
  }

  pause() {}

  forget() {
    this.#credential = null;
    this.#isBuilt = false;
  }

  #form() {
    const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map((name) => make("option", {}, name));
    this.badge = make("button", { type: "button", id: "authorize", onclick: () => this.dialog.showModal() }, "Authorize");
    this.fault = make("p", { class: "fault", role: "alert" });
    const field = (name, id, input, kind = "grow") => make("div", { class: kind }, make("label", { for: id }, name), input);
    return make("form", { class: "card span6", id: "try", autocomplete: "off", onsubmit: (event) => this.#explain(event) },
      make("h1", {}, "Try a check"),
      make("p", { class: "note" }, "The request goes through the pipeline as a proxy's would, under the configuration in force. Limits are judged by an empty store: nothing is spent, counted or recorded."),
      make("div", { class: "row" },
        field("Method", "try-method", make("select", { id: "try-method" }, ...methods), "small"),
        field("Path", "try-path", make("input", { id: "try-path", value: "/", required: true, spellcheck: "false" }))),
      make("div", { class: "row" },
        field("Host", "try-host", make("input", { id: "try-host", placeholder: "any", spellcheck: "false" })),
        field("Client address", "try-address", make("input", { id: "try-address", placeholder: "unknown", spellcheck: "false" }))),
      field("Further headers, one a line", "try-headers", make("textarea", { id: "try-headers", rows: 3, spellcheck: "false", placeholder: "X-Request-Id: 1" })),
      this.fault,
      make("div", { class: "row" }, make("button", { type: "submit", id: "try-send" }, "Check"), this.badge));
  }

  #dialog() {
    const kind = (value, words, checked) => make("label", {}, make("input", { type: "radio", name: "kind", value, checked, class: "radio" }), ` ${words}`);
    const value = make("input", { id: "credential", type: "password", autocomplete: "off", spellcheck: "false" });
    const put = (credential) => {
      this.#credential = credential;
      this.badge.textContent = credential ? `Authorized: ${credential.kind === "api_key" ? "API key" : "JWT"}` : "Authorize";
      this.badge.classList.toggle("strong", credential !== null);
      value.value = "";
      this.dialog.close();
    };
    const use = (event) => {
      event.preventDefault();
      const chosen = event.target.elements.kind.value;
      put(value.value.trim() ? { kind: chosen, value: value.value.trim() } : null);
    };
    this.dialog = make("dialog", { id: "authorize-dialog" }, make("form", { id: "authorize-form", autocomplete: "off", onsubmit: use },
      make("h1", {}, "Authorize"),
      make("p", { class: "note" }, "The credential to try, put where the configuration looks for it. It stays in this page's memory."),
      kind("api_key", "API key", true), kind("token", "JWT, or another bearer token", false),
      make("label", { for: "credential" }, "Value"), value,
      make("p", { class: "row" }, make("button", { type: "submit", id: "authorize-use" }, "Use it"),
        make("button", { type: "button", id: "authorize-none", onclick: () => put(null) }, "None"))));
    return this.dialog;
  }

  /** `Name: value` lines as an object of lists. */
  #headers(lines) {
    const headers = {};
    for (const line of lines.split("\n").map((one) => one.trim()).filter(Boolean)) {
      const colon = line.indexOf(":");
      if (colon < 1) throw new Error(`A header is “Name: value”, not “${line}”.`);
      const name = line.slice(0, colon).trim();
      headers[name] = [...(headers[name] ?? []), line.slice(colon + 1).trim()];
    }
    return headers;
  }

  async #explain(event) {
    event.preventDefault();
    const value = (id) => document.getElementById(`try-${id}`).value.trim();
    this.fault.textContent = "";
    try {
      const question = { method: value("method"), path: value("path"), headers: this.#headers(value("headers")) };
      if (value("host")) question.host = value("host");
      if (value("address")) question.address = value("address");
      if (this.#credential) question[this.#credential.kind] = this.#credential.value;
      this.#draw(await ask("/explain", question));
    } catch (error) {
      this.fault.textContent = error.message;
    }
  }

  #draw(explained) {
    const found = new Map(explained.stages.map(({ stage, finding }) => [stage, finding]));
    // What comes after the stage that refused was not reached, whatever its line says; but a decision was made.
    const last = explained.stopped === null ? stages.length : stages.indexOf(explained.stopped);
    const items = stages.map((stage, index) => {
      const isStop = stage === explained.stopped || (stage === "decision" && !explained.allowed);
      const isSkipped = !found.has(stage) || (index > last && stage !== "decision");
      const kind = isStop ? "stopped" : isSkipped ? "skipped" : "passed";
      return make("li", { class: kind, "data-stage": stage },
        make("span", { class: "dot", "aria-label": kind }, { passed: "✓", stopped: "✕", skipped: "" }[kind]),
        make("span", { class: "name" }, stage), make("span", { class: "finding" }, isSkipped ? "not reached" : found.get(stage)));
    });
    this.result.replaceChildren(make("h2", {}, "What every stage found"),
      make("p", { class: `verdict ${explained.allowed ? "allow" : "deny"}` }, explained.allowed ? "Allowed" : "Denied"),
      make("ol", { class: "stages" }, ...items), make("h3", {}, "The answer, as Envoy would get it"), make("pre", {}, explained.answer.trim()));
  }

  #describe(document) {
    const groups = new Map(document.tags.map((tag) => [tag.name, { tag, operations: [] }]));
    for (const [path, item] of Object.entries(document.paths)) {
      for (const method of ["get", "post", "delete"]) {
        if (item[method]) groups.get(item[method].tags[0])?.operations.push([method, path, item[method], item]);
      }
    }
    const parts = [...groups.values()].flatMap(({ tag, operations }) => [
      make("h3", {}, tag.name), make("p", { class: "note" }, tag.description), ...operations.map((one) => this.#operation(document, ...one)),
    ]);
    this.reference.replaceChildren(make("h1", {}, `${document.info.title} ${document.info.version}`),
      make("p", { class: "note" }, document.info.description), ...parts);
  }

  #operation(document, method, path, operation, item) {
    const follow = (node) => (node?.$ref ? node.$ref.slice(2).split("/").reduce((at, key) => at[key], document) : node);
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(follow);
    const body = follow(operation.requestBody)?.content;
    const rows = (list, cells) => list.map((one) => make("tr", {}, ...cells(one).map((cell) => make("td", {}, cell))));
    const table = (list, cells) => (list.length ? make("table", {}, make("tbody", {}, ...rows(list, cells))) : null);
    const examples = Object.entries(body ?? {}).map(([, media]) => make("pre", {}, JSON.stringify(media.example ?? {}, null, 1)));
    return make("details", { "data-operation": `${method} ${path}` },
      make("summary", {}, make("span", { class: `method ${method}` }, method.toUpperCase()), make("span", { class: "path" }, path), make("span", { class: "what" }, operation.summary)),
      operation.description ? make("p", {}, operation.description) : null,
      table(parameters, (one) => [make("code", {}, one.name), one.in, one.description ?? ""]), ...examples,
      table(Object.entries(operation.responses), ([status, answer]) => [make("code", {}, status), follow(answer).description]));
  }
}
