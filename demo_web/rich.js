/** Rich text as elements of this page: what is on the list is made anew, nothing is taken over. */
import { make } from "./dom.js";

const SHOWN = new Set(
  "b blockquote br code del div em h1 h2 h3 h4 h5 h6 hr i li ol p pre s strong sub sup table tbody td th thead tr u ul".split(" "),
);
const HIDDEN = new Set(["script", "style", "template"]);
const LINK = /^(https?|mailto|tel):/i;

/** `html` has been made safe by the gateway; this page trusts nobody all the same. */
export function richText(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html"); // inert: nothing in it runs or loads
  return make("div", { class: "text rich" }, copies(body));
}

const copies = ({ childNodes }) => [...childNodes].flatMap(copy);

function copy(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || HIDDEN.has(node.localName)) return null;
  const inside = copies(node);
  if (node.localName === "a") return anchor(node.getAttribute("href") ?? "", inside);
  return SHOWN.has(node.localName) ? make(node.localName, {}, inside) : inside;
}

function anchor(href, inside) {
  if (!LINK.test(href)) return inside;
  return make("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, inside);
}
