// The dashboard: asks for the counters once a second and draws the differences.
import { ask, make } from "/pages/page.js";
import { bars, columns, duration, lines, short, stacked, strip } from "/pages/chart.js";

/** Seconds drawn at most and at least, and over which reasons and latencies are summed up. */
const drawn = 120;
const drawnLeast = 30;
const summed = 60;

const sum = (object) => Object.values(object).reduce((total, value) => total + value, 0);

/** What came between two copies of counters that only grow; a process that began anew begins at nothing. */
const grown = (now, before) => (now >= before ? now - before : now);

/** The duration that `share` of a histogram's counts stay below, in microseconds; null where there are none. */
function quantile(counts, upper, share) {
  const total = counts.reduce((all, count) => all + count, 0);
  if (total === 0) return null;
  let left = total * share;
  for (let index = 0; index < counts.length; index += 1) {
    if (counts[index] >= left && counts[index] > 0) {
      const low = index === 0 ? 0 : upper[index - 1];
      const high = upper[index] ?? low * 2;
      return low + (high - low) * left / counts[index];
    }
    left -= counts[index];
  }
  return upper.at(-1);
}

/** The seconds that a drawing spans: what there is, between the bounds. */
const span = (steps) => Math.max(drawnLeast, steps.length);

/** The difference of two answers. */
function between(now, before) {
  const seconds = Math.max((now.at_ms - before.at_ms) / 1000, 0.001);
  const reasons = Object.fromEntries(Object.entries(now.checks.deny)
    .map(([reason, count]) => [reason, grown(count, before.checks.deny[reason] ?? 0)]));
  const calls = now.store.calls && before.store.calls
    ? now.store.calls.counts.map((count, index) => grown(count, before.store.calls.counts[index])) : null;
  return {
    seconds, reasons, calls, severity: now.store.severity,
    allowed: grown(now.checks.allow, before.checks.allow) / seconds, denied: sum(reasons) / seconds,
    latency: now.latency.counts.map((count, index) => grown(count, before.latency.counts[index])),
  };
}

export class Dashboard {
  #timer = null;
  #last = null;
  #steps = [];
  #isAsking = false;

  show(section) {
    if (this.#timer !== null) return;
    this.section = section;
    this.#timer = setInterval(() => this.#ask(), 1000);
    this.#ask();
  }

  pause() {
    clearInterval(this.#timer);
    this.#timer = null;
  }

  forget() {
    this.pause();
    [this.#last, this.#steps] = [null, []];
  }

  async #ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const now = await ask("/dashboard.json");
      if (this.#timer === null) return;
      // After a pause the difference is of longer than a second, and is an average over it.
      if (this.#last) this.#steps = [...this.#steps, between(now, this.#last)].slice(-drawn);
      this.#last = now;
      this.#draw(now);
    } catch (error) {
      if (this.#timer !== null) this.#silent(error.message);
    } finally {
      this.#isAsking = false;
    }
  }

  #silent(message) {
    let note = this.section.querySelector(".silent");
    if (!note) this.section.prepend(note = make("p", { class: "fault silent", role: "alert" }));
    note.textContent = message;
  }

  #draw(now) {
    const steps = this.#steps;
    const recent = steps.slice(-summed);
    this.section.replaceChildren(make("div", { class: "grid" },
      ...this.#figures(now, steps), this.#rates(steps), this.#reasons(now, recent),
      this.#latency(now, steps, recent), this.#store(now, steps), this.#limited(now), this.#limits(now)));
  }

  #figures(now, steps) {
    const last = steps.at(-1);
    const rate = last ? last.allowed + last.denied : 0;
    const share = rate > 0 ? `${Math.round(last.denied / rate * 100)} %` : "–";
    const p99 = last ? quantile(last.latency, now.latency.upper_us, 0.99) : null;
    const state = ["up", "busy", "down"][now.store.severity];
    const figure = (name, value, unit, kind = "") => make("div", { class: "card span3" },
      make("div", { class: "note" }, name),
      make("div", { class: `figure ${kind}` }, value, " ", make("span", { class: "unit" }, unit)));
    return [
      figure("Requests", last ? short(rate) : "–", "per second"),
      figure("Denied", share, last ? `${short(last.denied)} per second` : ""),
      figure("Latency, p99", duration(p99), "a check"),
      figure("Limit store", now.draining ? "draining" : now.store.state, now.store.cause ?? "", state),
    ];
  }

  #rates(steps) {
    return make("div", { class: "card span8", id: "rates" }, make("h2", {}, "Requests per second"),
      make("div", { class: "legend" }, make("span", { class: "allow" }, "allowed"), make("span", { class: "deny" }, "denied")),
      stacked([
        { kind: "allow", values: steps.map((step) => step.allowed) },
        { kind: "deny", values: steps.map((step) => step.denied) },
      ], span(steps), "Requests per second, allowed and denied"));
  }

  #reasons(now, recent) {
    const sums = new Map(Object.keys(now.checks.deny).map((reason) => [reason, 0]));
    for (const step of recent) for (const [reason, count] of Object.entries(step.reasons)) sums.set(reason, sums.get(reason) + count);
    const rows = [...sums].filter(([, count]) => count > 0).sort((left, right) => right[1] - left[1]).slice(0, 8)
      .map(([reason, count]) => ({ name: reason, sure: count, note: short(count) }));
    const total = make("p", { class: "note" }, `Since the start: ${short(now.checks.allow)} allowed, ${short(sum(now.checks.deny))} denied.`);
    return make("div", { class: "card span4", id: "reasons" }, make("h2", {}, "Denials by reason, last minute"),
      rows.length ? bars(rows, "deny", "Denials by reason", 350, 135) : make("p", { class: "note" }, "None."), total);
  }

  #latency(now, steps, recent) {
    const upper = now.latency.upper_us;
    const at = (share) => steps.map((step) => quantile(step.latency, upper, share));
    const all = now.latency.counts.map((_, index) => recent.reduce((total, step) => total + step.latency[index], 0));
    const names = upper.map((bound) => (bound >= 1e6 ? `${bound / 1e6}s` : bound >= 1000 ? `${bound / 1000}ms` : `${bound}µ`));
    return make("div", { class: "card span6", id: "latency" }, make("h2", {}, "Latency of a check"),
      make("div", { class: "legend" }, make("span", { class: "mark" }, "half are below"), make("span", { class: "wait" }, "99 % are below")),
      lines([{ kind: "wait", values: at(0.99) }, { kind: "mark", values: at(0.5) }], span(steps), "Latency, median and 99th percentile", duration),
      make("p", { class: "note" }, "Checks of the last minute by how long they took, at most:"),
      columns(all, [...names, "more"], "Checks by latency"));
  }

  #store(now, steps) {
    const state = ["up", "busy", "down"][now.store.severity];
    const card = make("div", { class: "card span6", id: "store" }, make("h2", {}, "Limit store"),
      make("p", {}, make("strong", { class: state }, now.store.state), now.store.cause ? ` · ${now.store.cause}` : "",
        now.store.refuses ? " · checks with a limit are refused or deferred" : ""),
      strip(steps.map((step) => step.severity), span(steps), "State of the limit store, second by second"),
      make("div", { class: "legend" }, make("span", { class: "allow" }, "up"), make("span", { class: "wait" }, "connecting"), make("span", { class: "deny" }, "down")));
    for (const warning of now.store.warnings) card.append(make("p", { class: "note" }, `Warning: ${warning}`));
    if (!now.store.calls) {
      card.append(make("p", { class: "note" }, "In this process's memory: no other replica shares it, and no call leaves the process."));
      return card;
    }
    const upper = now.store.calls.upper_us;
    const at = (share) => steps.map((step) => (step.calls ? quantile(step.calls, upper, share) : null));
    card.append(lines([{ kind: "wait", values: at(0.99) }, { kind: "mark", values: at(0.5) }], span(steps), "Calls to Redis, median and 99th percentile", duration),
      make("p", { class: "note" }, `Calls that failed: ${short(now.store.failed)}. Checks decided without the store: ${short(now.store.decided_without)}.`));
    return card;
  }

  #limited(now) {
    const rows = now.limited.subjects.map((one) => ({
      name: one.subject === "-" ? one.limit : `${one.subject} · ${one.limit}`, sure: one.at_least, most: one.at_most,
      note: one.at_least === one.at_most ? short(one.at_most) : `${short(one.at_least)} to ${short(one.at_most)}`,
    }));
    const minutes = Math.round(now.limited.seconds / 60);
    return make("div", { class: "card span6", id: "limited" }, make("h2", {}, "Most limited"),
      rows.length ? bars(rows, "", "Subjects by refusals", 560, 200) : make("p", { class: "note" }, "Nobody was over a limit."),
      make("p", { class: "note" }, `Refusals of the last ${minutes} minutes: ${short(now.limited.refusals)}. The light part of a bar is uncertain: memory is bounded.`));
  }

  #limits(now) {
    const rows = now.limits.filter((limit) => sum({ ...limit, name: 0 }) > 0)
      .sort((left, right) => right.denied - left.denied).slice(0, 12).map((limit) => make("tr", {},
        make("td", {}, limit.name), make("td", { class: "number" }, short(limit.allowed)),
        make("td", { class: "number" }, short(limit.denied)), make("td", { class: "number" }, short(limit.shadow_denied))));
    const head = make("tr", {}, make("th", {}, "limit"), ...["allowed", "denied", "would be (shadow)"].map((name) => make("th", { class: "number" }, name)));
    return make("div", { class: "card span6", id: "limits" }, make("h2", {}, "Limits, since the start"),
      rows.length ? make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)) : make("p", { class: "note" }, "None was asked."));
  }
}
