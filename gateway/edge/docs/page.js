// The gateway's own description, read from beside this page: operations by noun, each with a form to try it.

import { el, prose, words } from "./dom.js";
import { describe, know, resolve, showSchema } from "./schema.js";
import { trial, useKey } from "./trial.js";

const byId = (id) => document.getElementById(id);
const WIDE = matchMedia("(min-width: 861px)");
const METHODS = ["get", "post", "patch", "put", "delete"];

// Parts of paths, typed in once.
const kept = new Map();

async function open() {
  const response = await fetch("openapi.json", { credentials: "omit" });
  const described = await response.json();
  know(described);
  const base = described.servers[0].url.replace(/\/$/, "");
  const groups = described.tags.map((tag) => ({ ...tag, operations: operationsOf(described, tag.name) }));
  byId("contents").replaceChildren(...groups.map(contentsOf));
  byId("main").replaceChildren(
    el("section.intro", {}, el("h1", {}, described.info.title, " ", el("small", {}, `API ${described.info.version}`)),
      ...prose(described.info.description), el("p", {}, el("a", { href: "openapi.json" }, "openapi.json"), " · OpenAPI ", described.openapi)),
    ...groups.map((group) => section(base, group)));
  document.title = `${described.info.title} API`;
  toNamed();
}

function operationsOf(described, tag) {
  return Object.entries(described.paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method]?.tags.includes(tag)).map((method) => ({ path, method, ...methods[method] })));
}

function contentsOf({ name, operations }) {
  return el("details", { open: WIDE.matches, className: "group" }, el("summary", {}, name),
    ...operations.map((it) => el("a.entry", { href: `#${it.operationId}`, "data-find": find(it) }, badge(it.method), el("span", {}, it.summary))));
}

function find({ path, method, summary, operationId }) {
  return `${method} ${path} ${summary} ${operationId}`.toLowerCase();
}

function badge(method) {
  return el(`span.method.${method}`, {}, method === "delete" ? "del" : method);
}

function section(base, { name, description, operations }) {
  return el("section.group", {}, el("h2", {}, name), el("p.quiet", {}, ...words(description)), ...operations.map((it) => card(base, it)));
}

function card(base, it) {
  const path = it.path.split(/(\{\w+\})/).map((part) => (part.startsWith("{") ? el("i", {}, part) : part));
  const made = el("details.card", { id: it.operationId, "data-find": find(it) },
    el("summary", {}, badge(it.method), el("span.what", {}, it.summary), el("code.path", {}, ...path)));
  made.addEventListener("toggle", () => {
    if (made.open && made.childElementCount === 1) made.append(inside(base, it));
  });
  return made;
}

function inside(base, it) {
  const body = it.requestBody && Object.values(it.requestBody.content)[0];
  return el("div.inside", {},
    el("p.quiet", {}, ...whoMay(it.security)),
    part("Parameters", parameters(it.parameters ?? [])),
    body ? part(it.requestBody.required ? "Body" : "Body, which may be left out", showSchema(body.schema)) : null,
    part("Answers", el("div", {}, ...Object.entries(it.responses).map(([status, said]) => answer(status, resolve(said))))),
    part("Try it", trial(base, it.method, it.path, it, kept)));
}

function whoMay(security) {
  if (!security.length) return ["Open to all."];
  const scopes = Object.values(security[0])[0];
  return ["With a key of ", ...scopes.flatMap((it, place) => [place ? ", " : "", el("code", {}, it)]), " scope."];
}

function part(title, content) {
  return content ? el("section", {}, el("h3", {}, title), content) : null;
}

function parameters(them) {
  if (!them.length) return null;
  return el("ul.fields", {}, ...them.map((it) => el("li", {}, el("div.line", {},
    el("code.field", {}, it.name), it.required ? el("span.required", {}, "required") : null,
    el("span.type", {}, it.in, " · ", describe(it.schema))), it.description ? el("p.quiet", {}, ...words(it.description)) : null,
    it.style === "deepObject" ? showSchema(it.schema) : null)));
}

function answer(status, said) {
  const [media, content] = Object.entries(said.content ?? {})[0] ?? [];
  const problems = Object.values(content?.examples ?? {}).filter((it) => it.value.errors);
  const shown = problems.length
    ? el("ul.problems", {}, ...problems.map((it) => el("li", {}, el("code", {}, it.value.errors[0].code), " ", it.summary)))
    : content ? (media === "application/json" ? showSchema(content.schema) : el("p.quiet", {}, media)) : null;
  const colour = status < 400 ? "good" : "bad";
  return el("details.answers", { open: status < 300 }, el("summary", {}, el(`b.${colour}`, {}, status), " ", said.description), shown);
}

// --- what is on the page already

function toNamed() {
  const named = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
  if (!named?.matches?.("details")) return;
  named.open = true;
  named.scrollIntoView();
}

function search() {
  const wanted = byId("search").value.toLowerCase().split(/\s+/);
  for (const it of document.querySelectorAll("[data-find]")) it.hidden = !wanted.every((word) => it.dataset.find.includes(word));
  for (const group of document.querySelectorAll(".group")) group.hidden = !group.querySelector("[data-find]:not([hidden])");
}

function unlock() {
  const form = byId("key");
  form.hidden = !form.hidden;
  byId("unlock").setAttribute("aria-expanded", String(!form.hidden));
  if (!form.hidden) byId("key-id").focus();
}

function keyed() {
  useKey(byId("key-id").value, byId("key-secret").value);
  byId("unlock").classList.toggle("set", byId("key-secret").value !== "");
}

byId("search").addEventListener("input", search);
byId("unlock").addEventListener("click", unlock);
byId("key").addEventListener("input", keyed);
byId("key").addEventListener("submit", (event) => { event.preventDefault(); unlock(); });
addEventListener("hashchange", toNamed);
open().catch((error) => byId("main").replaceChildren(el("p.bad", {}, `The description could not be read: ${error.message}`)));
