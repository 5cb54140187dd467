// The frame: who may see anything, and which of the two views is shown. The token is a variable of this module and
// nowhere else: not in storage, not in a cookie, not in an address.
import { Docs } from "/pages/docs.js";
import { Dashboard } from "/pages/dashboard.js";

let token = null;

/** An element with attributes and children; text is text, never markup. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A fault that is told to the reader in its own words. */
export class Fault extends Error {}

/** What a path of this listener answers, as JSON. */
export async function ask(path, body) {
  const headers = { Authorization: `Bearer ${token}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const request = { headers, method: body === undefined ? "GET" : "POST", cache: "no-store", credentials: "omit" };
  if (body !== undefined) request.body = JSON.stringify(body);
  let answer;
  try { answer = await fetch(path, request); } catch { throw new Fault("Postern does not answer."); }
  if (answer.status === 401) { leave("That is not the token."); throw new Fault("The admin token is needed."); }
  const document = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Fault(document.detail ?? `Status ${answer.status}.`);
  return document;
}

const views = { dashboard: new Dashboard(), docs: new Docs() };

function show() {
  const name = location.pathname === "/docs" ? "docs" : "dashboard";
  const isIn = token !== null;
  document.title = `Postern · ${name === "docs" ? "Docs" : "Dashboard"}`;
  document.getElementById("enter").hidden = isIn;
  document.getElementById("leave").hidden = !isIn;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const [key, view] of Object.entries(views)) {
    const section = document.getElementById(key);
    section.hidden = !isIn || key !== name;
    if (section.hidden) view.pause(); else view.show(section);
  }
  if (!isIn) document.getElementById("token").focus();
}

function leave(fault = "") {
  token = null;
  for (const [key, view] of Object.entries(views)) {
    view.forget();
    document.getElementById(key).replaceChildren();
  }
  document.getElementById("enter-fault").textContent = fault;
  show();
}

document.getElementById("leave").addEventListener("click", () => leave());
document.getElementById("enter-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = document.getElementById("token");
  const fault = document.getElementById("enter-fault");
  token = field.value.trim();
  // What no header can hold is no token.
  if (!/^[\x21-\x7e]+$/.test(token)) { token = null; fault.textContent = "That is not the token."; return; }
  try { await ask("/dashboard.json"); } catch (error) { token = null; fault.textContent = fault.textContent || error.message; return; }
  field.value = "";
  fault.textContent = "";
  show();
});
for (const link of document.querySelectorAll("header a")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    history.pushState(null, "", link.getAttribute("href"));
    show();
  });
}
addEventListener("popstate", show);
show();
