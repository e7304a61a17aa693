/**
 * What was written and is not yet answered. It goes out in order whenever there is a connection, and again after the
 * next reconnect until it is answered: the gateway knows a `clientMessageId` that it has seen.
 */
import { ConnectionLost } from "./errors.js";

export class Outbox {
  #letters = new Map();
  #inFlight = new Set();
  #request;
  #keep;
  #onAnswer;

  /**
   * `request(type, fields)` sends a command, `keep(letters)` stores what is unanswered, and
   * `onAnswer(letter, {result} | {error})` hears how each ended.
   */
  constructor({ request, keep, onAnswer, unsent = [] }) {
    this.#request = request;
    this.#keep = keep;
    this.#onAnswer = onAnswer;
    for (const letter of unsent) this.#letters.set(letter.clientMessageId, letter);
  }

  get letters() {
    return [...this.#letters.values()];
  }

  /** A letter is `{clientMessageId, conversationId, content, metadata?, writtenAt}`. */
  add(letter) {
    this.#letters.set(letter.clientMessageId, letter);
    this.#keep(this.letters);
    this.flush();
  }

  /** Forgets all that is unanswered: it was somebody else's. */
  clear() {
    this.#letters.clear();
    this.#keep([]);
  }

  flush() {
    for (const letter of this.#letters.values()) {
      if (!this.#inFlight.has(letter.clientMessageId)) this.#post(letter);
    }
  }

  async #post(letter) {
    const { clientMessageId, conversationId, content, metadata } = letter;
    this.#inFlight.add(clientMessageId);
    try {
      const result = await this.#request("message:send", { clientMessageId, conversationId, content, metadata });
      this.#answered(letter, { result });
    } catch (error) {
      if (!(error instanceof ConnectionLost)) this.#answered(letter, { error });
    } finally {
      this.#inFlight.delete(clientMessageId);
    }
  }

  #answered(letter, answer) {
    if (!this.#letters.delete(letter.clientMessageId)) return;
    this.#keep(this.letters);
    this.#onAnswer(letter, answer);
  }
}
