/** The messages of a conversation as rows of a list: days, what is new, bubbles, and who has read up to where. */
import { avatar } from "./avatar.js";
import { icon, make } from "./dom.js";
import { answersOf, sentForm } from "./forms.js";
import { richText } from "./rich.js";
import { clock, day, firstName, list } from "./words.js";

const TOGETHER_MS = 180_000; // between messages of one author that stand together

/**
 * `view` is the conversation, `me` the user's id, `firstNew` the key of the first message that was unread, `seen` the
 * keys that were there before, `acts` what the buttons of a message do.
 */
export function messageRows({ view, me, firstNew, seen, acts }) {
  const rows = [];
  const readers = readersByMessage(view, me);
  let previous = null;
  view.messages.forEach((message, at) => {
    const key = keyOf(message);
    const newDay = !previous || day(previous.received) !== day(message.received);
    if (newDay) rows.push(divider(`day-${key}`, day(message.received), "day"));
    if (key === firstNew) rows.push(divider("new", "New", "new"));
    const next = view.messages[at + 1];
    const facts = {
      own: message.author.userId === me,
      group: view.type === "sdkGroup",
      first: newDay || key === firstNew || !together(previous, message),
      last: !next || !together(message, next) || keyOf(next) === firstNew,
      newest: !next,
      readers: readers.get(message.id) ?? [],
      fresh: seen !== null && !seen.has(key),
    };
    rows.push(row(key, message, facts, acts));
    previous = message;
  });
  return rows;
}

export const keyOf = ({ clientMessageId, id }) => clientMessageId ?? id;

function divider(key, text, kind) {
  return { key, sign: text, build: () => make("li", { class: `divider ${kind}` }, make("span", {}, text)) };
}

function together(one, other) {
  const sameAuthor = one.author.type === other.author.type && one.author.userId === other.author.userId;
  return sameAuthor && Math.abs(new Date(other.received) - new Date(one.received)) < TOGETHER_MS;
}

/** Each reader stands at the last message they have read: message id -> `{name, kind}` of each. */
function readersByMessage(view, me) {
  const marks = view.participants
    .filter(({ userId }) => userId !== me)
    .map(({ userId, displayName, lastRead }) => ({ userId, name: displayName ?? "Somebody", kind: "person", lastRead }));
  if (view.type === "personal") {
    marks.push({ name: view.displayName ?? "Business", kind: "business", lastRead: view.businessLastRead });
  }
  const readers = new Map();
  for (const { lastRead, userId, ...reader } of marks) {
    const last = view.messages.findLast(({ received, state }) => !state && lastRead && received <= lastRead);
    if (!last || isBy(last, userId)) continue;
    readers.set(last.id, [...(readers.get(last.id) ?? []), reader]);
  }
  return readers;
}

const isBy = ({ author }, userId) => (userId ? author.userId === userId : author.type === "business");

function row(key, message, facts, acts) {
  const { fresh, ...drawn } = facts;
  const sign = JSON.stringify([message.id, message.state, message.deleted, asAnswered(message), drawn]);
  return { key, sign, build: (again) => bubbleRow(message, { ...facts, fresh: fresh && !again }, acts) };
}

/** What becomes of a form and of its answer after they were sent. */
const asAnswered = ({ content, quotedMessage }) => [content?.submitted, quotedMessage?.message?.deleted];

function bubbleRow(message, facts, acts) {
  const { own, group, first, last, fresh, readers } = facts;
  const name = message.author.displayName ?? "Somebody";
  const kind = message.author.type === "business" ? "business" : "person";
  const classes = ["message", own ? "own" : "other", first && "first", last && "last", fresh && "fresh", message.state];
  const named = !own && group && first;
  return make(
    "li",
    { class: classes.filter(Boolean).join(" ") },
    !own && (first ? avatar(name, kind, "small") : make("span", { class: "avatar small blank" })),
    make(
      "div",
      { class: "said" },
      make("span", { class: named ? "author" : "unseen" }, named ? name : own ? "You: " : `${name}: `),
      bubble(message, acts),
      replies(message, facts, acts),
      foot(message, facts, acts),
    ),
    !own && receipts(readers),
  );
}

function bubble(message, acts) {
  if (message.deleted) return make("div", { class: "bubble deleted" }, "This message was deleted");
  const { content } = message;
  return make(
    "div",
    { class: `bubble of-${content.type}` },
    content.type === "image" && picture(content),
    (INSIDE[content.type] ?? words)(message, acts),
    content.type === "file" && link(content.mediaUrl, content.altText ?? "File"),
    buttons(content.actions, acts),
  );
}

/** What is more than words. */
const INSIDE = {
  carousel: items,
  list: items,
  form: (message, acts) => (message.content.submitted ? sentForm(message) : acts.form(message)),
  formResponse: answersOf,
};

function words({ content }) {
  if (content.htmlText) return richText(content.htmlText);
  if (!content.text && content.mediaUrl) return null;
  return make("p", { class: "text" }, content.text ?? content.type);
}

function items({ content }, acts) {
  return make("ul", { class: "items", tabindex: 0 }, content.items.map((item) => card(item, acts)));
}

function card({ title, description, mediaUrl, altText, actions }, acts) {
  return make(
    "li",
    { class: "card" },
    mediaUrl && ownAddress(mediaUrl) && picture({ mediaUrl, altText }),
    make("strong", {}, title),
    description && make("p", {}, description),
    buttons(actions, acts),
  );
}

function buttons(actions = [], acts) {
  const shown = actions.filter(({ type }) => type !== "reply");
  if (!shown.length) return null;
  return make("div", { class: "buttons" }, shown.map((action) => button(action, acts)));
}

function picture({ mediaUrl, altText }) {
  const url = ownAddress(mediaUrl);
  if (!url) return link(mediaUrl, altText ?? "Picture");
  const image = make("img", { src: url, alt: altText ?? "", class: "picture", decoding: "async" });
  image.addEventListener("error", () => image.replaceWith(link(mediaUrl, altText ?? "Picture")));
  return image;
}

/** Pictures are shown from this page's own gateway only; its port may be another than when the message was written. */
function ownAddress(mediaUrl) {
  const url = new URL(mediaUrl, location.href);
  if (url.hostname === location.hostname && url.pathname.startsWith("/demo/")) return url.pathname;
  return url.origin === location.origin ? url.href : null;
}

function link(uri, text) {
  const safe = /^https?:/i.test(uri ?? "");
  return make(
    "a",
    { class: "action", href: safe ? uri : null, target: "_blank", rel: "noopener noreferrer" },
    text,
    icon("window"),
  );
}

function button(action, acts) {
  if (action.type === "link" || action.type === "webview") return link(action.uri, action.text);
  if (action.type !== "postback") return make("span", { class: "action quiet" }, action.text);
  const pressed = acts.isPressed(action.id);
  const classes = pressed ? "action pressed" : "action";
  const press = ({ currentTarget }) => {
    currentTarget.classList.add("pressed");
    currentTarget.disabled = true;
    acts.press(action);
  };
  return make(
    "button",
    { type: "button", class: classes, disabled: pressed, onclick: press },
    action.text,
    icon("check"),
  );
}

/** Answers to choose from; they go with the next message. */
function replies({ content, deleted }, { newest }, acts) {
  const choices = (!deleted && newest && content.actions?.filter(({ type }) => type === "reply")) || [];
  if (!choices.length) return null;
  const choose = (action) =>
    make("button", { type: "button", class: "reply", onclick: () => acts.reply(action) }, action.text);
  return make("div", { class: "replies", role: "group", "aria-label": "Suggested answers" }, choices.map(choose));
}

function foot(message, facts, acts) {
  if (message.state === "failed") {
    return make(
      "div",
      { class: "foot failed", role: "alert" },
      icon("alert"),
      make("span", {}, `Not sent. ${message.error?.message ?? ""}`),
      make("button", { type: "button", class: "plain", onclick: () => acts.retry(message) }, "Try again"),
      make("button", { type: "button", class: "plain", onclick: () => acts.discard(message) }, "Discard"),
    );
  }
  if (message.state === "pending") return make("div", { class: "foot" }, icon("clock"), make("span", {}, "Sending …"));
  const { own, last, newest, readers } = facts;
  const sent = own && newest && readers.length === 0;
  const shown = [
    last && make("time", { datetime: message.received }, clock(message.received)),
    sent && [icon("check"), make("span", {}, "Sent")],
    own && receipts(readers),
  ];
  return shown.some(Boolean) ? make("div", { class: "foot" }, shown.flat()) : null;
}

function receipts(readers) {
  if (!readers.length) return null;
  const names = list(readers.map(({ name }) => firstName(name)));
  return make(
    "div",
    { class: "receipts", title: `Read by ${names}` },
    make("span", { class: "unseen" }, `Read by ${names}`),
    readers.map(({ name, kind }) => avatar(name, kind, "tiny")),
  );
}
