/** The other end of the mirror: the calls that the business's webhook receives, as they arrive. */
import { icon, make } from "./dom.js";
import { firstName, seconds } from "./words.js";

const KEPT = 80; // calls
const GISTS = 5; // events of one call that are told in a line each

export class WebhookPanel {
  #list = make("ol", { class: "calls" });
  #empty = make(
    "p",
    { class: "calls-empty" },
    "Nothing yet. Write something, and the calls that tell your backend of it stand here.",
  );
  #down;
  #count = 0;
  #onCount;

  /** `onCount(n)` hears how many calls have come while the panel was there; `onClose()` that it is to go. */
  constructor({ onCount, onClose }) {
    this.#onCount = onCount;
    this.#down = make(
      "button",
      { type: "button", role: "switch", class: "switch", "aria-checked": "false", onclick: () => this.#toggle() },
      make("span", { class: "switch-track" }, make("span", { class: "switch-thumb" })),
      "Receiver is down",
    );
    const close = make(
      "button",
      { type: "button", class: "tool close", "aria-label": "Close", onclick: onClose },
      icon("close"),
    );
    this.element = make(
      "aside",
      { class: "hooks", id: "hooks", "aria-label": "Webhook calls" },
      make(
        "header",
        { class: "hooks-bar" },
        make(
          "div",
          { class: "who" },
          make("h2", {}, "Webhook calls"),
          make("p", { class: "status" }, "What the business's backend is told"),
        ),
        close,
      ),
      make("div", { class: "hooks-mood" }, this.#down, make("p", { class: "hint", "aria-live": "polite" })),
      make("div", { class: "hooks-log" }, this.#empty, this.#list),
    );
  }

  start() {
    const calls = new EventSource("webhook-calls");
    calls.addEventListener("open", () => this.#list.replaceChildren()); // the last calls are told again
    calls.addEventListener("message", ({ data }) => this.#add(JSON.parse(data)));
  }

  #add(call) {
    this.#empty.hidden = true;
    const entry = callEntry(call);
    this.#list.prepend(entry);
    while (this.#list.children.length > KEPT) this.#list.lastChild.remove();
    this.#onCount((this.#count += 1));
  }

  async #toggle() {
    const down = this.#down.getAttribute("aria-checked") !== "true";
    this.#show(down);
    const body = JSON.stringify({ down });
    const answer = await fetch("webhook/mood", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    if (!answer.ok) this.#show(!down);
  }

  #show(down) {
    this.#down.setAttribute("aria-checked", String(down));
    this.element.classList.toggle("down", down);
    const hint = down ? "It answers 503. Calls wait their turn, are tried again, and catch up in order." : "";
    this.element.querySelector(".hint").textContent = hint;
  }
}

function callEntry({ at, status, attempt, body }) {
  const [event, ...others] = body.events;
  const more = others.length ? ` +${others.length}` : "";
  const summary = make(
    "summary",
    {},
    make("span", { class: "code", dataset: { ok: String(status < 300) } }, String(status)),
    make("span", { class: "call-type" }, event.type + more),
    make("time", { class: "call-time", datetime: at }, seconds(at)),
    attempt > 1 && make("span", { class: "attempt" }, `attempt ${attempt}`),
    gists(body.events),
  );
  const details = make("details", {}, summary);
  details.addEventListener("toggle", () => details.open && details.append(json(body)), { once: true });
  return make("li", { class: "call", dataset: { type: event.type } }, details);
}

function gists(events) {
  const lines = events.slice(0, GISTS).map(subject);
  if (events.length > GISTS) lines.push(`and ${events.length - GISTS} more`);
  return lines.map((line) => make("span", { class: "call-gist" }, line));
}

/** Who did what, in a few words. */
function subject({ type, payload }) {
  const author = payload.message?.author ?? payload.activity?.author;
  const business = author?.type === "business";
  const who = business
    ? (author.displayName ?? "The business")
    : firstName(author?.displayName ?? nameOf(payload.user) ?? "");
  if (type === "conversation:message")
    return `${who}: ${payload.message.content?.text ?? payload.message.content?.type}`;
  if (type === "conversation:typing")
    return `${who} ${payload.activity.type === "typing:start" ? "is typing" : "stopped typing"}`;
  if (type === "conversation:read") return `${who} has read`;
  if (type === "conversation:postback") return `${who} pressed ${payload.postback.payload}`;
  return who;
}

function nameOf(user) {
  const { givenName, surname } = user?.profile ?? {};
  return [givenName, surname].filter(Boolean).join(" ") || user?.externalId;
}

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?/g;

/** Pretty JSON with its parts coloured; made of text nodes only. */
function json(value) {
  const text = JSON.stringify(value, null, 2);
  const code = make("code", {});
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon] = match;
    const kind = colon ? "name" : string ? "string" : "literal";
    code.append(text.slice(end, match.index), make("span", { class: `json-${kind}` }, string ?? whole), colon ?? "");
    end = match.index + whole.length;
  }
  code.append(text.slice(end));
  return make("pre", { class: "json", tabindex: 0, "aria-label": "The call's body" }, code);
}
