/** The messages of one conversation as far as they are known: confirmed ones in order, then those not yet answered. */
export class Timeline {
  #confirmed = [];
  #unanswered = [];

  /** Whether the newest page has been read, so that there is no hole below the newest message. */
  loaded = false;
  hasMore = true;

  /** Oldest first. */
  get messages() {
    return [...this.#confirmed, ...this.#unanswered];
  }

  get oldest() {
    return this.#confirmed[0];
  }

  get newest() {
    return this.#confirmed.at(-1);
  }

  find(id) {
    return this.messages.find((message) => message.id === id || message.clientMessageId === id);
  }

  /** Takes in a message that the gateway has; returns whether it is new here. `received` orders them, strictly. */
  confirm(message) {
    if (message.quotedMessage?.message) this.#renew(message.quotedMessage.message);
    const mine = message.clientMessageId;
    const awaited = mine !== undefined && this.discard(mine);
    const at = this.#confirmed.findLastIndex((it) => it.received <= message.received);
    const known = this.#confirmed[at];
    if (known?.id === message.id) {
      this.#confirmed[at] = { ...message, clientMessageId: mine ?? known.clientMessageId };
      return false;
    }
    this.#confirmed.splice(at + 1, 0, message);
    return !awaited;
  }

  /** A message on its way, or one that was refused; replaces an earlier state of the same. */
  hold(message) {
    const at = this.#unanswered.findIndex((it) => it.clientMessageId === message.clientMessageId);
    if (at < 0) this.#unanswered.push(message);
    else this.#unanswered[at] = message;
  }

  /** Returns whether it was among those not answered. */
  discard(clientMessageId) {
    const before = this.#unanswered.length;
    this.#unanswered = this.#unanswered.filter((it) => it.clientMessageId !== clientMessageId);
    return this.#unanswered.length < before;
  }

  /** The newest page of history: what is older and not in it may have a hole before it, and goes. */
  restart(page, hasMore) {
    const end = page.at(-1)?.received ?? "";
    const live = this.#confirmed.filter((message) => message.received > end);
    const keys = new Map(this.#confirmed.map((message) => [message.id, message.clientMessageId]));
    const named = page.map((message) => ({
      ...message,
      clientMessageId: message.clientMessageId ?? keys.get(message.id),
    }));
    this.#confirmed = [...named, ...live];
    this.loaded = true;
    this.hasMore = hasMore;
  }

  /** The page before the oldest message. */
  prepend(page, hasMore) {
    const start = this.oldest?.received ?? "\uffff";
    this.#confirmed = [...page.filter((message) => message.received < start), ...this.#confirmed];
    this.hasMore = hasMore;
  }

  /** A deleted message keeps its place and loses the rest, also where another quotes it. */
  strike(id) {
    this.#confirmed = this.#confirmed.map((message) => {
      if (message.id === id) return struck(message);
      const quoted = message.quotedMessage?.message;
      if (quoted?.id !== id) return message;
      return { ...message, quotedMessage: { ...message.quotedMessage, message: struck(quoted) } };
    });
  }

  /** All messages of the conversation were deleted. */
  clear() {
    this.#confirmed = [];
    this.hasMore = false;
  }

  /** A message is quoted as it is by now: a form that was answered is submitted. */
  #renew(quoted) {
    this.#confirmed = this.#confirmed.map((message) =>
      message.id === quoted.id && !message.deleted ? { ...message, ...quoted } : message,
    );
  }
}

function struck(message) {
  return { ...message, deleted: true, content: undefined, metadata: undefined, quotedMessage: undefined };
}
