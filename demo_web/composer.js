/** Where a message is written. Enter sends, Shift+Enter begins a new line; each conversation keeps its draft. */
import { icon, make } from "./dom.js";

const LONGEST = 4096;

export class Composer {
  #drafts = new Map();
  #conversationId = null;
  #text;

  /** `onSend(text)`, `onAttach(file)`, `onTyping()` at every change and `onEmpty()` when nothing is left of what was typed. */
  constructor({ onSend, onAttach, onTyping, onEmpty }) {
    this.#text = make("textarea", { rows: 1, maxlength: LONGEST, enterkeyhint: "send", autocomplete: "off" });
    const send = make(
      "button",
      { type: "submit", class: "send", "aria-label": "Send", title: "Send (Enter)" },
      icon("send"),
    );
    const files = make("input", { type: "file", hidden: true, tabindex: -1 });
    const attach = make(
      "button",
      { type: "button", class: "attach", "aria-label": "Attach a file", title: "Attach a file", onclick: () => files.click() },
      icon("clip"),
    );
    files.addEventListener("change", () => {
      const [file] = files.files;
      files.value = "";
      if (file) onAttach(file);
    });
    this.element = make("form", { class: "composer" }, attach, files, this.#text, send);
    this.#text.addEventListener("input", () => {
      this.#fit();
      if (this.#text.value) onTyping();
      else onEmpty();
    });
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.element.requestSubmit();
    });
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#text.value.trim();
      if (!text) return;
      this.#text.value = "";
      this.#fit();
      onSend(text);
      this.focus();
    });
    this.#fit();
  }

  /** Turns to a conversation, with what was written there before. */
  show(conversationId, title) {
    if (this.#conversationId) this.#drafts.set(this.#conversationId, this.#text.value);
    this.#conversationId = conversationId;
    this.#text.value = this.#drafts.get(conversationId) ?? "";
    this.#text.placeholder = `Write to ${title}`;
    this.#text.setAttribute("aria-label", `Write to ${title}`);
    this.#fit();
  }

  /** The business asks for an answer above, and for nothing else. */
  block(blocked) {
    if (this.#text.disabled !== blocked) this.#text.disabled = blocked;
    this.element.classList.toggle("blocked", blocked);
  }

  focus() {
    this.#text.focus({ preventScroll: true });
  }

  /** As high as its lines, where the browser does not do it by itself. */
  #fit() {
    this.element.classList.toggle("empty", !this.#text.value.trim());
    if (CSS.supports("field-sizing", "content")) return;
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }
}
