// Elements in one expression: el("p.quiet", { id: "x" }, "text", child).

export function el(what, facts = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag);
  made.classList.add(...classes);
  for (const [name, value] of Object.entries(facts)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// Prose of the document: paragraphs, and `code` between backticks.
export function prose(text) {
  return text.split(/\n\n+/).map((paragraph) => el("p", {}, ...words(paragraph)));
}

export function words(text) {
  return text.split(/`([^`]+)`/).map((part, place) => (place % 2 ? el("code", {}, part) : part));
}
