/** What this device writes: shown at once as pending, then as the gateway answers. */
import { newId } from "./ids.js";
import { Outbox } from "./outbox.js";

export class Letters {
  #outbox;
  #conversations;
  #author;
  #source;
  #tell;
  #waiting = new Map();

  /**
   * `outbox` are the Outbox's `isOpen`, `request`, `keep` and `unsent`; `author()` and `source` are as on messages;
   * `tell(event, message, where)` speaks to the application.
   */
  constructor({ outbox, conversations, author, source, tell }) {
    this.#outbox = new Outbox({ ...outbox, onAnswer: (letter, answer) => this.#answered(letter, answer) });
    this.#conversations = conversations;
    this.#author = author;
    this.#source = source;
    this.#tell = tell;
  }

  write(conversationId, content, metadata) {
    const writtenAt = new Date().toISOString();
    const letter = { clientMessageId: newId(), conversationId, content, metadata, writtenAt };
    const message = this.#pending(letter);
    this.#tell("message", message, { conversation: this.#conversations.hold(conversationId, message) });
    return this.#post(letter);
  }

  /** Sends a message that was refused again, under the same name. */
  retry(conversationId, { clientMessageId, content, metadata, received: writtenAt }) {
    const letter = { clientMessageId, conversationId, content, metadata, writtenAt };
    this.#conversations.hold(conversationId, this.#pending(letter));
    return this.#post(letter);
  }

  /** There is a connection: show and send what is not answered. */
  flush() {
    for (const letter of this.#outbox.letters) {
      this.#conversations.hold(letter.conversationId, this.#pending(letter));
    }
    this.#outbox.flush();
  }

  /** A conversation goes on as another one: what is not answered goes there. */
  readdress(from, to) {
    this.#outbox.readdress(from, to);
  }

  /** Another user is on the way: what was not sent was not theirs. */
  clear() {
    this.#outbox.clear();
  }

  #post(letter) {
    return new Promise((resolve, reject) => {
      this.#waiting.set(letter.clientMessageId, { resolve, reject });
      this.#outbox.add(letter);
    });
  }

  #answered(letter, { result, error }) {
    const { clientMessageId, conversationId } = letter;
    const waiting = this.#waiting.get(clientMessageId);
    this.#waiting.delete(clientMessageId);
    if (error) {
      const message = { ...this.#pending(letter), state: "failed", error };
      this.#tell("message:failed", message, { conversation: this.#conversations.hold(conversationId, message) });
      waiting?.reject(error);
    } else {
      const message = { ...result.message, seq: result.seq, clientMessageId };
      this.#tell("message:sent", message, { conversation: this.#conversations.confirm(conversationId, message) });
      waiting?.resolve(message);
    }
  }

  #pending({ clientMessageId, content, metadata, writtenAt }) {
    return {
      id: clientMessageId,
      clientMessageId,
      received: writtenAt,
      author: this.#author(),
      content,
      metadata,
      source: this.#source,
      state: "pending",
    };
  }
}
