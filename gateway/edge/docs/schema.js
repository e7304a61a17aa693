// A JSON Schema as people read it: fields, what they may be, and what they are made of, opened when asked for.

import { el, words } from "./dom.js";

let components = {};

export function know(document) {
  components = document.components;
}

export function resolve(thing) {
  if (!thing?.$ref) return thing;
  const [place, name] = thing.$ref.replace("#/components/", "").split("/");
  return components[place][name];
}

function nameOf(schema) {
  return schema.$ref?.split("/").at(-1);
}

export function showSchema(schema) {
  const name = nameOf(schema);
  const plain = resolve(schema);
  const options = plain.oneOf?.every((it) => it.$ref) ? plain.oneOf : null;
  return el("div.schema", {},
    name ? el("p.quiet", {}, el("b", {}, name), plain.description ? " · " : "", ...words(plain.description ?? "")) : null,
    options ? el("div", {}, ...options.map((it) => folded(it))) : showFields(plain));
}

function folded(schema) {
  return el("details.option", { ontoggle: fill(() => showFields(resolve(schema))) }, el("summary", {}, nameOf(schema)));
}

// Schemas refer to each other, some to themselves: the inside is made when it is opened.
function fill(make) {
  return ({ target }) => {
    if (target.open && target.childElementCount === 1) target.append(make());
  };
}

function showFields(schema) {
  const fields = Object.entries(schema.properties ?? {});
  if (!fields.length) return el("p.quiet", {}, describe(schema) === "object" ? "An empty object." : describe(schema));
  const required = new Set(schema.required);
  return el("ul.fields", {}, ...fields.map(([name, field]) => showField(name, field, required.has(name))));
}

function showField(name, field, required) {
  const inside = insideOf(field);
  const head = [
    el("code.field", {}, name), required ? el("span.required", { title: "required" }, "required") : null,
    el("span.type", {}, describe(field)),
  ];
  if (!inside) return el("li", {}, el("div.line", {}, ...head));
  return el("li", {}, el("details", { ontoggle: fill(() => showSchema(inside)) }, el("summary.line", {}, ...head)));
}

// What there is to open: the one named schema that a field, or what it lists, consists of.
function insideOf(field) {
  const plain = field.$ref ? field : (field.anyOf?.find((it) => it.$ref) ?? field.items ?? field);
  if (!plain.$ref) return plain !== field && (plain.anyOf || plain.items) ? insideOf(plain) : null;
  const found = resolve(plain);
  return found.properties || found.oneOf ? plain : null;
}

export function describe(schema) {
  if (schema.$ref) return resolve(schema).enum ? describe(resolve(schema)) : nameOf(schema);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((it) => JSON.stringify(it)).join(" | ");
  const options = schema.anyOf ?? schema.oneOf;
  if (options && !schema.type) return options.map(describe).join(" | ");
  const types = [schema.type ?? "anything"].flat();
  const said = types.map((it) => (it === "array" ? `list of ${describe(schema.items ?? {})}` : it)).join(" | ");
  return [said, schema.format, bounds(schema)].filter(Boolean).join(", ");
}

function bounds(schema) {
  const ranges = [
    [schema.minLength, schema.maxLength, "characters"],
    [schema.minItems, schema.maxItems, "elements"],
    [schema.minimum, schema.maximum, ""],
  ];
  const said = ranges.map(([low, high, what]) => range(low, high, what)).filter(Boolean);
  if (schema.default !== undefined) said.push(`default ${JSON.stringify(schema.default)}`);
  return said.join(", ");
}

function range(low, high, what) {
  if (low === undefined && high === undefined) return "";
  const numbers = low === high ? `${low}` : high === undefined ? `at least ${low}` : low === undefined ? `at most ${high}` : `${low} to ${high}`;
  return `${numbers} ${what}`.trim();
}
