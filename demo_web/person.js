/** One person's place: who they are, how their connection is, their conversations, and the one that is open. */
import { createClient } from "./client/index.js";

import { avatar } from "./avatar.js";
import { icon, make } from "./dom.js";
import { Line } from "./line.js";
import { RoomPane } from "./room.js";
import { RoomList, titleOf } from "./rooms.js";
import { firstName, statusLine } from "./words.js";

const SECOND_MS = 1000;

export class Person {
  #client;
  #line = new Line();
  #rooms;
  #room;
  #status = make("span", { class: "status-words" });
  #lamp = make("span", { class: "lamp", "aria-hidden": "true" });
  #again;
  #ticking = null;
  #drawing = null;
  #onUnread;

  /**
   * `who` is a person of the scene, `alone` whether the page is theirs only. `isLooking()` says whether somebody sits
   * at this place; `onUnread(count)` hears how many messages wait there.
   */
  constructor({ who, integrationId, alone, isLooking, onUnread }) {
    this.who = who;
    this.#onUnread = onUnread;
    this.#client = createClient({
      integrationId,
      externalId: who.externalId,
      jwt: who.jwt,
      profile: who.externalId,
      WebSocket: this.#line.WebSocket,
    });
    const paneId = `room-${who.externalId}`;
    this.#room = new RoomPane({ client: this.#client, isLooking, id: paneId });
    this.#rooms = new RoomList({ name: who.displayName, paneId, onOpen: (id) => this.#open(id) });
    this.element = make(
      "article",
      {
        class: "person",
        id: `person-${who.externalId}`,
        dataset: { person: who.externalId },
        "aria-label": who.displayName,
      },
      this.#header(alone),
      make("div", { class: "desk" }, this.#rooms.element, this.#room.element),
    );
    this.#listen();
  }

  start() {
    this.#client.init().catch(() => {}); // the status says why
  }

  /** Somebody came to this place, or left it. */
  attend() {
    this.#room.attend();
  }

  #header(alone) {
    const { who } = this;
    const cut = make("button", {
      type: "button",
      class: "tool cut",
      "aria-pressed": "false",
      onclick: () => this.#toggleLine(cut),
    });
    this.#labelCut(cut);
    this.#again = make(
      "button",
      { type: "button", class: "plain", hidden: true, onclick: () => this.#client.reconnect().catch(() => {}) },
      "Connect again",
    );
    const status = make("p", { class: "status", role: "status" }, this.#lamp, this.#status);
    const words = make(
      "div",
      { class: "who" },
      make("h2", {}, who.displayName),
      make("div", { class: "status-row" }, status, this.#again),
    );
    const label = `Open ${firstName(who.displayName)} in a window of their own`;
    const open = make(
      "a",
      { class: "tool", href: `?as=${who.externalId}`, target: "_blank", "aria-label": label, title: label },
      icon("window"),
    );
    return make("header", { class: "person-bar" }, avatar(who.displayName), words, cut, !alone && open);
  }

  #toggleLine(button) {
    this.#line.set(!this.#line.cut);
    button.setAttribute("aria-pressed", String(this.#line.cut));
    this.#labelCut(button);
    if (!this.#line.cut) this.#client.reconnect().catch(() => {});
  }

  #labelCut(button) {
    const label = this.#line.cut ? "Restore the connection" : "Cut the connection";
    button.replaceChildren(icon(this.#line.cut ? "replug" : "unplug"));
    button.setAttribute("aria-label", label);
    button.title = label;
  }

  #listen() {
    for (const event of ["change", "ready", "connected"]) this.#client.on(event, () => this.#drawSoon());
    this.#client.on("status", () => this.#drawStatus());
    this.#drawStatus();
  }

  #drawSoon() {
    this.#drawing ??= setTimeout(() => {
      this.#drawing = null;
      this.#draw();
    });
  }

  #draw() {
    const views = this.#client.getConversations();
    const me = this.#client.getUser()?.id;
    const isOpen = views.some(({ id }) => id === this.#room.conversationId);
    if (!isOpen && views.length) return this.#open(views[0].id);
    if (!isOpen) this.#room.close();
    this.#rooms.draw(views, this.#room.conversationId, me);
    this.#room.draw();
    this.#onUnread(views.reduce((sum, { unreadCount }) => sum + unreadCount, 0));
  }

  #open(conversationId) {
    const view = this.#client.getConversations().find(({ id }) => id === conversationId);
    if (view && conversationId !== this.#room.conversationId)
      this.#room.show(view, titleOf(view, this.#client.getUser()?.id));
    this.#draw();
  }

  /** Counts the seconds down while there is something to wait for. */
  #drawStatus() {
    const status = this.#client.getConnectionStatus();
    const words = statusLine(status);
    if (this.#status.textContent !== words) this.#status.textContent = words;
    this.element.dataset.connection = status.state;
    this.#lamp.dataset.state = status.state;
    this.#again.hidden = status.state !== "offline" || status.code === undefined;
    clearTimeout(this.#ticking);
    if (status.retryAt) this.#ticking = setTimeout(() => this.#drawStatus(), SECOND_MS / 4);
  }
}
