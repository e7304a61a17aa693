/** How this page puts names and times. */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const SECONDS = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const LIST = new Intl.ListFormat("en", { type: "conjunction" });

export const clock = (iso) => CLOCK.format(new Date(iso));
export const seconds = (iso) => SECONDS.format(new Date(iso));

export function day(iso) {
  const then = new Date(iso).toDateString();
  const yesterday = new Date(Date.now() - 86_400_000).toDateString();
  if (then === new Date().toDateString()) return "Today";
  return then === yesterday ? "Yesterday" : DAY.format(new Date(iso));
}

export const list = (names) => LIST.format(names);

export const firstName = (name) => name.split(" ")[0];

export function initials(name) {
  const words = name.split(/\s+/).filter((word) => /\p{L}/u.test(word));
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => word?.[0] ?? "").join("");
}

/** What a message says in one line. */
export function gist({ content, deleted }) {
  if (deleted) return "Message deleted";
  if (content.type === "image") return content.text ? `Picture: ${content.text}` : "Picture";
  if (content.type === "form") return `Form: ${content.text}`;
  if (content.type === "carousel" || content.type === "list") return content.items.map(({ title }) => title).join(", ");
  return content.text ?? content.textFallback ?? content.type;
}

export function typingLine(typists) {
  const names = typists.map(({ name }) => firstName(name ?? "Somebody"));
  return `${list(names)} ${names.length === 1 ? "is" : "are"} typing`;
}

/** The state of the connection, honestly. */
export function statusLine({ state, retryAt, code, reason }) {
  if (state === "connected") return "Connected";
  if (state === "connecting") return "Connecting …";
  if (state === "reconnecting") return retryAt ? `Reconnecting in ${secondsTo(retryAt)} s` : "Trying to reconnect …";
  return code ? `Offline: ${reason || code}` : "Offline";
}

const secondsTo = (ms) => Math.max(0, Math.ceil((ms - Date.now()) / 1000));
