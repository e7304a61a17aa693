/** A form of the business: filled in here, sent once, and then a record of having been sent. */
import { icon, make } from "./dom.js";

const KEYBOARDS = { integer: "numeric", decimal: "decimal" };
const PATTERNS = { integer: "[+\\-]?[0-9]+", decimal: "[+\\-]?[0-9]+([.,][0-9]+)?" };

/** `onSubmit(answers)` gives a promise; when it is broken, the form can be sent again. */
export function formFor({ content }, onSubmit) {
  const fields = make("fieldset", {}, content.fields.map(row));
  const send = make("button", { type: "submit", class: "action" }, "Send");
  const form = make("form", { class: "form" }, heading(content), fields, send);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answers = Object.fromEntries(new FormData(form));
    fields.disabled = send.disabled = true;
    try {
      await onSubmit(answers);
    } catch {
      fields.disabled = send.disabled = false;
    }
  });
  return form;
}

/** A form that has been sent; its answers stand below, in the answer. */
export function sentForm({ content }) {
  const asked = content.fields.map(({ label }) => make("li", {}, label));
  const said = heading(content) ?? make("ul", {}, asked);
  return make("div", { class: "form sent" }, said, make("p", { class: "done" }, icon("check"), "Sent"));
}

/** What the business says of its form, unless that is just what it asks. */
function heading({ text, fields }) {
  return text && text !== fields.map(({ label }) => label).join("\n") ? make("strong", {}, text) : null;
}

/** Answers to a form; `quoted` is the form. */
export function answersOf({ content, quotedMessage }) {
  const asked = quotedMessage?.message;
  const about = asked?.deleted ? "A form that was deleted" : asked?.content?.text;
  const lines = content.fields.map(({ label, text, email, select }) => [
    make("dt", {}, label),
    make("dd", {}, text ?? email ?? select?.map((option) => option.label).join(", ")),
  ]);
  return [about && make("blockquote", { class: "quoted" }, about), make("dl", { class: "answers text" }, lines.flat())];
}

function row(field) {
  return make("label", {}, make("span", {}, field.label), field.type === "select" ? choice(field) : input(field));
}

function input({ type, name, placeholder, minSize, maxSize, format }) {
  return make("input", {
    type,
    name,
    placeholder,
    required: true,
    minlength: type === "text" ? minSize : null,
    maxlength: type === "text" ? (maxSize ?? 128) : 128,
    pattern: PATTERNS[format],
    inputmode: KEYBOARDS[format],
    autocomplete: type === "email" ? "email" : "off",
  });
}

function choice({ name, options }) {
  const all = options.map(({ name: value, label }) => make("option", { value }, label));
  return make("select", { name, required: true }, make("option", { value: "" }, "Choose …"), all);
}
