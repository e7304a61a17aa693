/**
 * One conversation as this device knows it, and how events change it.
 *
 * `apply` takes an event and returns what is to be told about it: `[event, ...arguments]` each. A snapshot may be
 * newer than the events that are replayed after it, so every change here may be made twice, and only events after the
 * snapshot count towards what is unread.
 */
import { Timeline } from "./timeline.js";
import { OthersTyping } from "./typing.js";

export class Room {
  #conversation;
  #participants;
  #snapshotSeq;
  #timeline = new Timeline();
  #typing;
  #me;
  #view = null;

  /** The last event that this device has heard. */
  seq = 0;

  /** `me` is the user's id; `onTypingExpired(room, typist)` hears when nothing more is heard of somebody typing. */
  constructor(snapshot, me, onTypingExpired) {
    this.#me = me;
    this.#typing = new OthersTyping((typist) => {
      this.#view = null;
      onTypingExpired(this, typist);
    });
    this.restore(snapshot);
  }

  get id() {
    return this.#conversation.id;
  }

  get lastUpdatedAt() {
    return this.#conversation.lastUpdatedAt ?? this.#conversation.createdAt ?? "";
  }

  get unread() {
    return this.#seatOf(this.#me)?.unreadCount ?? 0;
  }

  /** Whether its history has been read. */
  get loaded() {
    return this.#timeline.loaded;
  }

  get oldestSeq() {
    return this.#timeline.oldest?.seq;
  }

  /** The conversation as applications see it; the same object until something changes. */
  get view() {
    this.#view ??= Object.freeze({
      ...this.#conversation,
      participants: this.#participants,
      messages: this.#timeline.messages,
      hasMoreMessages: this.#timeline.hasMore,
      unreadCount: this.unread,
      typing: this.#typing.typists,
    });
    return this.#view;
  }

  find(messageId) {
    return this.#timeline.find(messageId);
  }

  /** Takes in a snapshot. With `replayed`, the events missed follow it; else this device now stands at its `seq`. */
  restore({ conversation, participants, seq, lastMessage }, replayed = false) {
    this.#view = null;
    this.#conversation = conversation;
    this.#participants = participants;
    this.#snapshotSeq = seq;
    this.#typing.clear();
    if (replayed) return;
    this.seq = seq;
    this.#timeline.loaded = false;
    if (lastMessage) this.#timeline.confirm(lastMessage);
  }

  /** Takes in a page of history: the newest one, or the one before the oldest message. */
  recall({ messages, hasMore }, older) {
    this.#view = null;
    if (older) this.#timeline.prepend(messages, hasMore);
    else this.#timeline.restart(messages, hasMore);
  }

  apply(frame) {
    this.#view = null;
    if (frame.seq) this.seq = Math.max(this.seq, frame.seq);
    return this.#effects[frame.event.type]?.(frame.event.payload, frame) ?? [];
  }

  /** A message of this device that is pending or was refused. */
  hold(message) {
    this.#view = null;
    this.#timeline.hold(message);
  }

  /** The answer to a message of this device. */
  confirm(message) {
    this.#view = null;
    this.#timeline.confirm(message);
  }

  discard(clientMessageId) {
    this.#view = null;
    this.#timeline.discard(clientMessageId);
  }

  close() {
    this.#typing.clear();
  }

  /** What each kind of event does, and what is told of it. */
  #effects = {
    "conversation:message": ({ message }, { seq, clientMessageId }) => {
      const author = personOf(message.author);
      const told = this.#typing.stopped(author) ? [["typing:stop", author]] : [];
      const fresh = this.#timeline.confirm({ ...message, seq, clientMessageId });
      this.#conversation = { ...this.#conversation, lastUpdatedAt: message.received };
      const direction = author.userId === this.#me ? "message:sent" : "message:received";
      if (fresh) told.push(["message", this.find(message.id)], [direction, this.find(message.id)]);
      return [...told, ...this.#counting(() => this.#count(author, message.received, seq))];
    },

    "conversation:read": ({ activity, lastRead }, { seq }) => {
      const reader = personOf(activity.author);
      const count = this.#counting(() => this.#mark(reader, lastRead, seq));
      return [["conversation:read", { role: reader.role, userId: reader.userId, lastRead }], ...count];
    },

    "conversation:typing": ({ activity }) => {
      const typist = personOf(activity.author);
      if (activity.type === "typing:start") this.#typing.started(typist);
      else this.#typing.stopped(typist);
      return [[activity.type, typist]];
    },

    "conversation:update": ({ conversation }) => {
      this.#conversation = { ...this.#conversation, ...conversation };
      return [];
    },

    "conversation:join": ({ participant }) => {
      if (!this.#seatOf(participant.userId)) this.#participants = [...this.#participants, participant];
      return [["participant:added", participant]];
    },

    "conversation:leave": ({ participant }) => {
      const { userId } = participant;
      const leaving = this.#seatOf(userId) ?? participant;
      this.#participants = this.#participants.filter((it) => it.userId !== userId);
      this.#typing.stopped({ role: "user", userId });
      return [["participant:removed", leaving]];
    },

    "message:delete": ({ message }) => {
      if (message) this.#timeline.strike(message.id);
      else this.#timeline.clear();
      return [];
    },
  };

  #seatOf(userId) {
    return this.#participants.find((participant) => participant.userId === userId);
  }

  /** One message more: the author has read it, the others have not. */
  #count(author, received, seq) {
    if (seq > this.#snapshotSeq) {
      this.#participants = this.#participants.map((it) => ({ ...it, unreadCount: it.unreadCount + 1 }));
    }
    this.#mark(author, received, seq);
  }

  /** Read marks only move forward. */
  #mark({ role, userId }, lastRead, seq) {
    if (role === "business") {
      const businessLastRead = later(this.#conversation.businessLastRead, lastRead);
      this.#conversation = { ...this.#conversation, businessLastRead };
      return;
    }
    const counts = seq > this.#snapshotSeq ? { unreadCount: 0 } : {};
    this.#participants = this.#participants.map((it) =>
      it.userId === userId ? { ...it, ...counts, lastRead: later(it.lastRead, lastRead) } : it,
    );
  }

  #counting(change) {
    const before = this.unread;
    change();
    return this.unread === before ? [] : [["unreadCount", this.unread]];
  }
}

const later = (one, other) => (!one || other > one ? other : one);

const personOf = ({ type, userId, displayName, avatarUrl }) => ({ role: type, userId, name: displayName, avatarUrl });
