/** Round pictures made here from a name; none is loaded from anywhere. */
import { icon, make } from "./dom.js";
import { initials } from "./words.js";

/** `kind` is `person`, or `business` and `group`, which have a sign of their own. */
export function avatar(name, kind = "person", size = "") {
  const sign = { business: "leaf", group: "roof" }[kind];
  const picture = make("span", { class: `avatar ${size}`, dataset: { kind }, "aria-hidden": "true" });
  picture.append(sign ? icon(sign) : initials(name));
  picture.style.setProperty("--tone", toneOf(name));
  return picture;
}

/** A hue that is always the same for a name. */
export function toneOf(name) {
  return [...name].reduce((hue, letter) => (hue * 37 + letter.codePointAt(0)) % 360, 7);
}
