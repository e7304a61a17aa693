/** One open conversation: its messages, who is typing, and the composer. */
import { Composer } from "./composer.js";
import { icon, make, reconcile } from "./dom.js";
import { formFor } from "./forms.js";
import { keyOf, messageRows } from "./messages.js";
import { typingLine } from "./words.js";

const NEAR_PX = 60; // so close to an edge counts as being there

export class RoomPane {
  #client;
  #isLooking;
  #id = null;
  #firstNew = null;
  #seen = null;
  #pressed = new Set();
  #forms = new Map(); // message id -> element, which keeps what is filled in while rows come and go
  #loading = false;
  #pinned = true; // to the end: what grows there, or pushes up from below, keeps it in sight
  #list = make("ol", { class: "messages" });
  #start = make("p", { class: "start" });
  #log;
  #typing = make("p", { class: "typing", "aria-live": "polite" });
  #jump;
  #note = make("p", { class: "note", "aria-live": "polite", hidden: true });
  #composer;

  /** `isLooking()` says whether somebody is at this person's place: then what is shown is read. */
  constructor({ client, isLooking, id }) {
    this.#client = client;
    this.#isLooking = isLooking;
    this.#log = make("div", { class: "log", role: "log", tabindex: 0 }, this.#start, this.#list);
    this.#log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const sizes = new ResizeObserver(() => this.#pinned && this.#toEnd());
    for (const part of [this.#log, this.#list]) sizes.observe(part);
    this.#jump = make(
      "button",
      { type: "button", class: "jump", hidden: true, onclick: () => this.#toEnd() },
      icon("down"),
      "New messages",
    );
    this.#composer = new Composer({
      onSend: (text) => this.#send(text),
      onAttach: (file) => this.#attach(file),
      onTyping: () => client.startTyping(this.#id),
      onEmpty: () => client.stopTyping(this.#id),
    });
    this.element = make(
      "section",
      { class: "room", role: "tabpanel", id, hidden: true },
      make("div", { class: "view" }, this.#log, this.#jump),
      this.#typing,
      this.#note,
      this.#composer.element,
    );
    client.on("connected", () => this.#load());
  }

  get conversationId() {
    return this.#id;
  }

  /** Turns to a conversation. */
  show(view, title) {
    this.element.hidden = false;
    this.#id = view.id;
    this.#firstNew = null;
    this.#seen = null;
    this.#list.replaceChildren();
    this.#log.setAttribute("aria-label", `Messages, ${title}`);
    this.element.setAttribute("aria-label", title);
    this.#composer.show(view.id, title);
    this.#load();
    this.draw();
    this.#toEnd();
  }

  /** There is no conversation to show. */
  close() {
    this.element.hidden = true;
    this.#id = null;
  }

  focus() {
    this.#composer.focus();
  }

  /** Somebody came to this place, or left it. */
  attend() {
    this.#log.setAttribute("aria-live", this.#isLooking() ? "polite" : "off");
    this.draw();
  }

  draw() {
    const view = this.#view();
    if (!view) return;
    const { scrollHeight, scrollTop } = this.#log;
    const pinned = this.#pinned;
    const oldest = this.#list.querySelector(".message")?.dataset.key;
    if (!this.#seen || !pinned || !this.#isLooking()) this.#markNew(view);
    const rows = messageRows({
      view,
      me: this.#client.getUser()?.id,
      firstNew: this.#firstNew,
      seen: this.#seen,
      acts: this.#acts,
    });
    reconcile(this.#list, rows);
    this.#composer.block(Boolean(view.messages.at(-1)?.content?.blockChatInput));
    this.#start.textContent = this.#beginning(view);
    this.#typing.replaceChildren(...(view.typing.length ? [dots(), typingLine(view.typing)] : []));
    if (pinned) this.#toEnd();
    else if (oldest && oldest !== this.#list.querySelector(".message")?.dataset.key) {
      this.#log.scrollTop = scrollTop + this.#log.scrollHeight - scrollHeight;
    } else if (this.#seen && rows.some(({ key }) => this.#isUnseen(key, view))) this.#jump.hidden = false;
    if (view.messages.length > 1) this.#seen = new Set(view.messages.map(keyOf));
    this.#read(view);
  }

  #view() {
    return this.#client.getConversations().find(({ id }) => id === this.#id);
  }

  async #load() {
    if (!this.#id) return;
    await this.#client.loadConversation(this.#id).catch(() => {});
    this.draw();
  }

  #markNew({ messages, unreadCount }) {
    if (!unreadCount) return;
    const me = this.#client.getUser()?.id;
    const others = messages.filter(({ author }) => author.userId !== me);
    const first = others.at(-unreadCount);
    this.#firstNew = first ? keyOf(first) : null;
  }

  #read({ unreadCount }) {
    if (unreadCount && this.#isLooking() && this.#pinned) this.#client.markAllAsRead(this.#id).catch(() => {});
  }

  #isUnseen(key, { messages }) {
    return !this.#seen.has(key) && messages.some((message) => keyOf(message) === key);
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  #toEnd() {
    this.#pinned = true;
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#jump.hidden = true;
  }

  #scrolled() {
    if (this.#log.scrollTop < NEAR_PX) this.#loadOlder();
    this.#pinned = this.#isAtEnd();
    if (!this.#pinned) return;
    this.#jump.hidden = true;
    const view = this.#view();
    if (view) this.#read(view);
  }

  async #loadOlder() {
    const view = this.#view();
    if (this.#loading || !this.#seen || !view?.hasMoreMessages) return;
    this.#loading = true;
    this.draw();
    await this.#client.getMessages(this.#id, { before: view.messages[0] }).catch(() => {});
    this.#loading = false;
    this.draw();
  }

  #beginning({ hasMoreMessages }) {
    if (this.#loading) return "Fetching earlier messages …";
    return hasMoreMessages ? "" : "This is where it began.";
  }

  #send(content, metadata) {
    this.#firstNew = null;
    this.#client.sendMessage(content, this.#id, { metadata }).catch(() => {});
    this.#toEnd();
  }

  /** Says how the upload goes; the message itself says the rest. */
  async #attach(file) {
    this.#say(`Uploading ${file.name} …`);
    try {
      await this.#client.sendFile(file, this.#id);
      this.#say("");
      this.#toEnd();
    } catch (error) {
      this.#say(`${file.name}: ${error.message}`);
    }
  }

  #say(words) {
    this.#note.textContent = words;
    this.#note.hidden = !words;
  }

  #acts = {
    reply: ({ text, payload, metadata }) => {
      this.#send({ type: "text", text, payload }, metadata);
      this.focus();
    },
    press: ({ id }) => {
      this.#pressed.add(id);
      this.#client.triggerPostback(id, this.#id).catch(() => this.#pressed.delete(id));
    },
    form: (message) => {
      const submit = (answers) => this.#client.submitForm(message, answers, this.#id);
      if (!this.#forms.has(message.id)) this.#forms.set(message.id, formFor(message, submit));
      return this.#forms.get(message.id);
    },
    isPressed: (actionId) => this.#pressed.has(actionId),
    retry: (message) => this.#client.retryMessage(message, this.#id),
    discard: (message) => this.#client.discardMessage(message, this.#id),
  };
}

function dots() {
  return make("span", { class: "dots", "aria-hidden": "true" }, make("i"), make("i"), make("i"));
}
