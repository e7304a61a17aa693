// A request, filled in and sent to this gateway with the key that was typed in.

import { el } from "./dom.js";
import { describe, resolve } from "./schema.js";

const JSON_TYPE = "application/json";
const FILE = "multipart/form-data";

// The key is held here and nowhere else.
const key = { id: "", secret: "" };

export function useKey(id, secret) {
  Object.assign(key, { id: id.trim(), secret: secret.trim() });
}

function authorization() {
  if (!key.secret) return {};
  if (!key.id) return { Authorization: `Bearer ${key.secret}` };
  const bytes = new TextEncoder().encode(`${key.id}:${key.secret}`);
  return { Authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}

export function trial(base, method, path, operation, kept) {
  const inputs = parameterInputs(operation.parameters ?? [], kept);
  const body = operation.requestBody ? bodyInputs(operation.requestBody.content) : null;
  const answer = el("div.answer", { "aria-live": "polite" });
  const send = el("button.send", { type: "submit" }, "Send");
  const submit = async (event) => {
    event.preventDefault();
    send.disabled = true;
    answer.replaceChildren(el("p.quiet", {}, "…"));
    answer.replaceChildren(...(await sent(method, addressOf(base, path, inputs), body)));
    send.disabled = false;
  };
  const rows = inputs.map(({ label, input, hint }) => el("label.input", {}, el("code", {}, label), input, el("small", {}, hint)));
  return el("form.trial", { onsubmit: submit }, ...rows, body?.element, send, answer);
}

function parameterInputs(parameters, kept) {
  return parameters.flatMap((it) => (it.style === "deepObject" ? deepInputs(it) : [oneInput(it, it.name, it.schema, kept)]));
}

// `page` is asked for as `page[size]`, `page[after]` and so on.
function deepInputs(parameter) {
  const fields = Object.entries(resolve(parameter.schema).properties ?? {});
  return fields.map(([name, schema]) => oneInput({ in: "query" }, `${parameter.name}[${name}]`, schema, new Map()));
}

// What a path names is kept, so that it is typed in once for all operations.
function oneInput(parameter, label, schema, kept) {
  const inPath = parameter.in === "path";
  const input = el("input", {
    name: label, required: Boolean(parameter.required), spellcheck: false, autocomplete: "off",
    placeholder: parameter.example ?? "",
    onchange: () => inPath && kept.set(label, input.value),
    onfocus: () => { if (inPath && !input.value) input.value = kept.get(label) ?? ""; },
  });
  return { label, input, inPath, hint: parameter.description ?? describe(schema) };
}

function addressOf(base, path, inputs) {
  const whole = inputs.filter((it) => it.inPath)
    .reduce((done, { label, input }) => done.replace(`{${label}}`, encodeURIComponent(input.value)), path);
  const url = new URL(base + whole, location.href);
  for (const { label, input, inPath } of inputs) if (!inPath && input.value) url.searchParams.set(label, input.value);
  return url;
}

function bodyInputs(content) {
  const media = Object.keys(content)[0];
  return media === FILE ? partInputs(content[media]) : textInput(media, content[media]);
}

function textInput(media, said) {
  const examples = Object.entries(said.examples ?? {});
  const written = (value) => JSON.stringify(value, null, 2);
  const text = el("textarea", { name: "body", rows: 9, spellcheck: false, value: written(examples[0]?.[1].value ?? {}), "aria-label": "Body" });
  const choose = ([name, { value }]) => el("button.chip", { type: "button", onclick: () => { text.value = written(value); } }, name);
  const read = () => (media === JSON_TYPE ? text.value : new URLSearchParams(JSON.parse(text.value)).toString());
  return {
    element: el("div.body", {}, examples.length > 1 ? el("div.chips", {}, ...examples.map(choose)) : null, text),
    read: () => ({ body: read(), headers: { "Content-Type": media } }),
  };
}

function partInputs(said) {
  const parts = Object.entries(resolve(said.schema).properties ?? {}).map(([name, schema]) => {
    const isFile = schema.format === "binary" || schema.contentMediaType;
    return [name, el("input", { name, type: isFile ? "file" : "text", autocomplete: "off" })];
  });
  const read = () => {
    const form = new FormData();
    for (const [name, input] of parts) {
      if (input.files?.length) form.append(name, input.files[0]);
      else if (input.type !== "file" && input.value) form.append(name, input.value);
    }
    return { body: form, headers: {} };
  };
  return { element: el("div.body", {}, ...parts.map(([name, input]) => el("label.input", {}, el("code", {}, name), input))), read };
}

async function sent(method, url, body) {
  const began = performance.now();
  try {
    const { body: payload, headers } = body ? body.read() : { headers: {} };
    const response = await fetch(url, {
      method: method.toUpperCase(), body: payload, headers: { ...headers, ...authorization() }, credentials: "omit", redirect: "manual",
    });
    const text = await response.text();
    return shown(method, url, response, text, Math.round(performance.now() - began));
  } catch (error) {
    return [el("p.bad", {}, `It could not be sent: ${error.message}`)];
  }
}

function shown(method, url, response, text, ms) {
  if (response.type === "opaqueredirect") return [el("p.status", {}, "It answered with a redirect, which is not followed here.")];
  const line = el("p.status", {},
    el(response.ok ? "b.good" : "b.bad", {}, `${response.status} ${response.statusText}`), ` in ${ms} ms · `,
    el("code", {}, `${method.toUpperCase()} ${url.pathname}${url.search}`));
  return [line, el("pre", { tabIndex: 0 }, pretty(text))];
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
