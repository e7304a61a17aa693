/** The conversations of one person: a list of tabs with what was said last and how much is unread. */
import { avatar } from "./avatar.js";
import { make, reconcile, rove } from "./dom.js";
import { clock, firstName, gist, typingLine } from "./words.js";

export class RoomList {
  #onOpen;
  #paneId;

  /** `onOpen(conversationId)`; `paneId` is the element that shows the conversation. */
  constructor({ name, onOpen, paneId }) {
    this.#onOpen = onOpen;
    this.#paneId = paneId;
    this.element = make("div", {
      class: "rooms",
      role: "tablist",
      "aria-label": `Conversations of ${name}`,
      "aria-orientation": "vertical",
    });
    rove(this.element, "[role=tab]", { onMove: (tab) => onOpen(tab.dataset.key) });
  }

  draw(views, openId, me) {
    reconcile(
      this.element,
      views.map((view) => this.#row(view, view.id === openId, me)),
    );
  }

  #row(view, open, me) {
    const title = titleOf(view, me);
    const line = view.typing.length ? `${typingLine(view.typing)} …` : lastLine(view, me);
    const time = view.messages.at(-1)?.received;
    const facts = {
      title,
      line,
      time: time && clock(time),
      unread: view.unreadCount,
      typing: view.typing.length > 0,
      open,
    };
    return { key: view.id, sign: JSON.stringify(facts), build: () => this.#tab(view, facts) };
  }

  #tab(view, { title, line, time, unread, typing, open }) {
    const kind = view.type === "personal" ? "business" : "group";
    return make(
      "button",
      {
        type: "button",
        role: "tab",
        class: "tab",
        tabindex: open ? 0 : -1,
        "aria-selected": String(open),
        "aria-controls": this.#paneId,
        onclick: () => this.#onOpen(view.id),
      },
      avatar(title, kind),
      make(
        "span",
        { class: "tab-words" },
        make(
          "span",
          { class: "tab-top" },
          make("span", { class: "tab-title" }, title),
          make("span", { class: "tab-time" }, time ?? ""),
        ),
        make(
          "span",
          { class: "tab-bottom" },
          make("span", { class: typing ? "tab-line now" : "tab-line" }, line),
          unread > 0 && make("span", { class: "badge" }, String(unread), make("span", { class: "unseen" }, " unread")),
        ),
      ),
    );
  }
}

export function titleOf({ displayName, participants }, me) {
  const others = participants.filter(({ userId }) => userId !== me).map((it) => firstName(it.displayName ?? ""));
  return displayName ?? (others.join(", ") || "Conversation");
}

function lastLine({ messages, type }, me) {
  const message = messages.at(-1);
  if (!message) return "No messages yet";
  const own = message.author.userId === me;
  const who = own ? "You: " : type === "sdkGroup" ? `${firstName(message.author.displayName ?? "")}: ` : "";
  return who + gist(message);
}
