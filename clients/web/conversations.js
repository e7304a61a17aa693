/**
 * All conversations of the user, kept right: events in order, each once; holes mended with `events:since`;
 * what was lost is read anew. Tells its owner what happened, as the SDK's events.
 */
import { ConnectionLost, Refusal } from "./errors.js";
import { Room } from "./room.js";

const PAGE = 50; // messages
const POSITIONS = 100; // conversations that a hello may name
const GONE = [403, 404];

export class Conversations {
  #rooms = new Map();
  #early = new Map(); // events that wait for those before them: conversation id -> seq -> frame
  #opening = new Map();
  #epoch = null;
  #cursor = null;
  #me = null;
  #request;
  #tell;

  hasMore = false;

  /** `request(type, fields)` asks the gateway; `tell(event, ...args)` speaks to the application. */
  constructor({ request, tell }) {
    this.#request = request;
    this.#tell = tell;
  }

  /** The conversations, most recently active first. */
  get views() {
    return this.#byActivity().map((room) => room.view);
  }

  /** Where this device stands, for a hello: the most recently active conversations, as many as one may name. */
  get positions() {
    if (!this.#epoch) return undefined;
    const newest = this.#byActivity().slice(0, POSITIONS);
    return { epoch: this.#epoch, seq: Object.fromEntries(newest.map((room) => [room.id, room.seq])) };
  }

  room(conversationId) {
    return this.#rooms.get(conversationId);
  }

  /** Another user is on the way: nothing that is known is theirs. */
  forget() {
    for (const room of this.#rooms.values()) room.close();
    for (const known of [this.#rooms, this.#early, this.#opening]) known.clear();
    this.#epoch = null;
  }

  /** The conversation is no more. */
  drop(conversationId) {
    this.#remove(conversationId);
  }

  /** Takes in a welcome. What is recovered follows as events; the rest that was known is read anew. */
  welcome({ epoch, user, conversations, hasMoreConversations = false, recovered = {} }) {
    const lost = [...this.#rooms.values()].filter((room) => !recovered[room.id]);
    const loaded = new Set(lost.filter((room) => room.loaded));
    this.#me = user.id;
    this.#epoch = epoch;
    this.#early.clear();
    for (const row of conversations) this.#take(row, recovered[row.conversation.id]);
    this.#turnPage(conversations, hasMoreConversations);
    const listed = new Set(conversations.map((row) => row.conversation.id));
    for (const room of lost)
      this.#quietly(this.#readAnew(room, { ask: !listed.has(room.id), history: loaded.has(room) }));
  }

  /** Takes in an event frame. */
  hear(frame) {
    const { conversationId, seq } = frame;
    const room = this.#rooms.get(conversationId);
    if (this.#isMyEnd(frame.event)) this.#remove(conversationId);
    else if (room && (!seq || seq === room.seq + 1)) this.#apply(room, frame);
    else if (room && seq > room.seq) this.#await(room, frame);
    else if (!room && seq) this.#quietly(this.#adopt(frame));
  }

  /** The conversation's room; asks for it where it is not known, or with `again`. */
  async open(conversationId, { again = false } = {}) {
    if (this.#rooms.has(conversationId) && !again) return this.#rooms.get(conversationId);
    if (!this.#opening.has(conversationId)) {
      const opening = this.#ask(conversationId).finally(() => this.#opening.delete(conversationId));
      this.#opening.set(conversationId, opening);
    }
    return this.#opening.get(conversationId);
  }

  /** Reads the newest page of history, or with `older` the one before the oldest message known. */
  async history(conversationId, { older = false, limit = PAGE } = {}) {
    const room = await this.open(conversationId);
    const beforeSeq = older ? room.oldestSeq : undefined;
    const page = await this.#request("message:list", { conversationId, beforeSeq, limit });
    if (older && room.oldestSeq !== beforeSeq) return page; // read anew meanwhile: this page no longer joins it
    room.recall(page, older);
    this.#changed(room);
    return page;
  }

  /** Reads the next page of conversations; resolves to them. */
  async more() {
    const { conversations, hasMore } = await this.#request("conversation:list", { after: this.#cursor });
    this.#turnPage(conversations, hasMore);
    return conversations.map((row) => (this.#rooms.get(row.conversation.id) ?? this.#take(row)).view);
  }

  /** Opens a new personal conversation. */
  async create(fields) {
    const { conversation } = await this.#request("conversation:create", fields);
    return (await this.#welcomeIn(conversation.id)).view;
  }

  async update(conversationId, changes) {
    const room = await this.open(conversationId);
    const { conversation } = await this.#request("conversation:update", { conversationId, ...changes });
    room.apply({ event: { type: "conversation:update", payload: { conversation } } });
    this.#changed(room);
    return room.view;
  }

  /** Shows a message of this device in its conversation, pending or refused. */
  hold(conversationId, message) {
    const room = this.#rooms.get(conversationId);
    room?.hold(message);
    return this.#changed(room);
  }

  /** The gateway has a message of this device. */
  confirm(conversationId, message) {
    const room = this.#rooms.get(conversationId);
    room?.confirm(message);
    return this.#changed(room);
  }

  discard(conversationId, clientMessageId) {
    const room = this.#rooms.get(conversationId);
    room?.discard(clientMessageId);
    this.#changed(room);
  }

  #byActivity() {
    const newerFirst = (one, other) => (other.lastUpdatedAt > one.lastUpdatedAt ? 1 : -1);
    return [...this.#rooms.values()].sort(newerFirst);
  }

  #turnPage(conversations, hasMore) {
    this.#cursor = conversations.at(-1)?.conversation.id ?? this.#cursor;
    this.hasMore = hasMore;
  }

  /** Puts a snapshot into its room. */
  #take(snapshot, replayed) {
    const { id } = snapshot.conversation;
    const known = this.#rooms.get(id);
    if (known) known.restore(snapshot, replayed);
    else
      this.#rooms.set(id, new Room(snapshot, this.#me, (room, typist) => this.#told(room, [["typing:stop", typist]])));
    this.#changed(this.#rooms.get(id));
    return this.#rooms.get(id);
  }

  async #ask(conversationId) {
    try {
      return this.#take(await this.#request("conversation:get", { conversationId }));
    } catch (error) {
      if (isGone(error)) this.#remove(conversationId);
      throw error;
    }
  }

  async #readAnew(room, { ask, history }) {
    if (ask) await this.open(room.id, { again: true });
    if (history) await this.history(room.id);
  }

  /** An event of a conversation that is not known: this user was added to it, or it was far down the list. */
  async #adopt(frame) {
    const { conversationId, event, seq } = frame;
    if (event.payload.participants) return this.#enter(this.#take(event.payload));
    const room = await this.#welcomeIn(conversationId);
    if (seq > room.seq) this.hear(frame);
    else if (event.type === "conversation:message") this.#apply(room, frame);
  }

  /** Opens a conversation and, where it is new, tells of it. */
  async #welcomeIn(conversationId) {
    const known = this.#rooms.has(conversationId) || this.#opening.has(conversationId);
    const room = await this.open(conversationId);
    return known ? room : this.#enter(room);
  }

  #enter(room) {
    this.#tell("conversation:added", room.view.participants, { conversation: room.view });
    return room;
  }

  #apply(room, frame) {
    this.#told(room, room.apply(frame));
    const early = this.#early.get(room.id);
    const next = early?.get(room.seq + 1);
    if (next) this.#apply(room, next);
    else if (early && Math.max(...early.keys()) <= room.seq) this.#early.delete(room.id);
  }

  /** An event came too early: keep it, and ask for those before it. */
  #await(room, frame) {
    const asked = this.#early.has(room.id);
    if (!asked) this.#early.set(room.id, new Map());
    this.#early.get(room.id).set(frame.seq, frame);
    if (!asked) this.#quietly(this.#mend(room));
  }

  /** A hole that remains in a whole answer is made of events that are not for this user. */
  async #mend(room) {
    const conversationId = room.id;
    const { events, recovered } = await this.#request("events:since", { conversationId, seq: room.seq });
    if (!recovered) await this.#readAnew(room, { ask: true, history: room.loaded });
    const early = this.#early.get(conversationId)?.values() ?? [];
    this.#early.delete(conversationId);
    const frames = [...events, ...early].sort((one, other) => one.seq - other.seq);
    for (const frame of frames) if (frame.seq > room.seq) this.#apply(room, frame);
  }

  #isMyEnd({ type, payload }) {
    return type === "conversation:remove" || (type === "conversation:leave" && payload.user?.id === this.#me);
  }

  #remove(conversationId) {
    const room = this.#rooms.get(conversationId);
    if (!room) return;
    room.close();
    this.#rooms.delete(conversationId);
    this.#early.delete(conversationId);
    this.#tell("conversation:removed", { conversation: room.view });
    this.#changed(room);
  }

  #told(room, told) {
    for (const [event, subject] of told) {
      if (event.startsWith("typing:")) this.#tell(event, { conversation: room.view, ...subject });
      else this.#tell(event, subject, { conversation: room.view });
    }
    this.#changed(room);
  }

  #changed(room) {
    if (room) this.#tell("change", { conversation: room.view });
    return room?.view;
  }

  /** Repairs that the connection cuts short begin again with the next welcome. */
  #quietly(repair) {
    repair.catch((error) => {
      if (!(error instanceof ConnectionLost) && !isGone(error)) this.#tell("error", error);
    });
  }
}

function isGone(error) {
  return error instanceof Refusal && GONE.includes(error.status);
}
