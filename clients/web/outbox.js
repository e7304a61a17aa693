/**
 * What was written and is not yet answered. It goes out in order whenever there is a connection, and again after the
 * next reconnect until it is answered: the gateway knows a `clientMessageId` that it has seen.
 */
import { ConnectionLost } from "./errors.js";

const TOO_MANY = 429;
const LETTERS_A_SECOND = 20; // a pile written offline must not be more commands than the gateway takes

export class Outbox {
  #letters = new Map();
  #inFlight = new Set();
  #allowance = LETTERS_A_SECOND;
  #second = null;
  #isOpen;
  #request;
  #keep;
  #onAnswer;

  /**
   * `isOpen()` says whether there is a connection, `request(type, fields)` sends a command, `keep(letters)` stores
   * what is unanswered, and `onAnswer(letter, {result} | {error})` hears how each ended.
   */
  constructor({ isOpen, request, keep, onAnswer, unsent = [] }) {
    this.#isOpen = isOpen;
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

  /** What was for one conversation is for another one. */
  readdress(from, to) {
    for (const letter of this.#letters.values()) if (letter.conversationId === from) letter.conversationId = to;
    this.#keep(this.letters);
  }

  /** Forgets all that is unanswered: it was somebody else's. */
  clear() {
    this.#letters.clear();
    this.#keep([]);
  }

  flush() {
    for (const letter of this.#isOpen() ? this.#letters.values() : []) {
      if (this.#inFlight.has(letter.clientMessageId)) continue;
      if (!this.#mayPost()) return;
      this.#post(letter);
    }
  }

  #mayPost() {
    this.#second ??= setTimeout(() => {
      this.#second = null;
      this.#allowance = LETTERS_A_SECOND;
      this.flush();
    }, 1000);
    this.#allowance -= 1;
    return this.#allowance >= 0;
  }

  async #post(letter) {
    const { clientMessageId, conversationId, content, metadata } = letter;
    this.#inFlight.add(clientMessageId);
    try {
      const result = await this.#request("message:send", { clientMessageId, conversationId, content, metadata });
      this.#answered(letter, { result });
    } catch (error) {
      if (!isForNow(error)) this.#answered(letter, { error });
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

/** Not a verdict on the letter: it goes out again. */
function isForNow(error) {
  return error instanceof ConnectionLost || error.status === TOO_MANY;
}
