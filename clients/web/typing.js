/** Typing: one's own, said sparingly, and that of others, which is believed for a while only. */

const SAY_EVERY_MS = 10_000;
const STOP_AFTER_MS = 10_000;
const BELIEVE_MS = 13_000; // the gateway ends it by itself after 12 s

/** Says at most one start per 10 s and conversation, and stops by itself 10 s after the last call. */
export class OwnTyping {
  #say;
  #now;
  #typing = new Map();

  /** `say(type, conversationId)` sends `typing:start` and `typing:stop`. */
  constructor(say, now = Date.now) {
    this.#say = say;
    this.#now = now;
  }

  start(conversationId) {
    const current = this.#typing.get(conversationId);
    clearTimeout(current?.timer);
    const fresh = current && this.#now() - current.saidAt < SAY_EVERY_MS;
    if (!fresh) this.#say("typing:start", conversationId);
    this.#typing.set(conversationId, {
      saidAt: fresh ? current.saidAt : this.#now(),
      timer: setTimeout(() => this.stop(conversationId), STOP_AFTER_MS),
    });
  }

  stop(conversationId) {
    if (this.forget(conversationId)) this.#say("typing:stop", conversationId);
  }

  /** Without a word: a message that is sent, or a lost connection, ends it anyhow. */
  forget(conversationId) {
    clearTimeout(this.#typing.get(conversationId)?.timer);
    return this.#typing.delete(conversationId);
  }

  forgetAll() {
    for (const conversationId of this.#typing.keys()) this.forget(conversationId);
  }
}

/** Who else is typing in one conversation: `{userId?, name?, avatarUrl?, role}` each. */
export class OthersTyping {
  #typists = new Map();
  #onExpire;

  /** `onExpire(typist)` when nothing more was heard of one. */
  constructor(onExpire) {
    this.#onExpire = onExpire;
  }

  get typists() {
    return [...this.#typists.values()].map(({ typist }) => typist);
  }

  started(typist) {
    this.stopped(typist);
    const timer = setTimeout(() => {
      if (this.stopped(typist)) this.#onExpire(typist);
    }, BELIEVE_MS);
    this.#typists.set(keyOf(typist), { typist, timer });
  }

  /** Returns whether they had been typing. */
  stopped(typist) {
    clearTimeout(this.#typists.get(keyOf(typist))?.timer);
    return this.#typists.delete(keyOf(typist));
  }

  clear() {
    for (const typist of this.typists) this.stopped(typist);
  }
}

const keyOf = ({ role, userId }) => userId ?? role;
