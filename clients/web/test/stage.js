/** A gateway's side of the wire to write tests with: sockets that a test answers by hand. */
import { memoryStorage } from "../index.js";

export class Socket {
  static opened = [];
  sent = [];

  constructor(url) {
    this.url = url;
    Socket.opened.push(this);
    queueMicrotask(() => this.onopen());
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  // What the gateway does

  say(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  drop(code = 1006, reason = "") {
    this.onclose({ code, reason });
  }

  heard(type) {
    return this.sent.filter((frame) => frame.type === type);
  }

  ok(frame, result = {}) {
    this.say({ type: "ok", id: frame.id, result });
  }

  refuse(frame, error = { status: 400, code: "bad_request", title: "no" }) {
    this.say({ type: "error", id: frame.id, error });
  }
}

export const ME = "user-ann";

export function row(id, seq, more = {}) {
  const seats = [ME, "user-bob"].map((userId) => ({ id: `seat-${userId}`, userId, unreadCount: 0 }));
  const conversation = { id, type: "sdkGroup", lastUpdatedAt: time(0) };
  return { conversation, participants: seats, seq, ...more };
}

export function welcome(...conversations) {
  return { type: "welcome", epoch: "e1", user: { id: ME, profile: {} }, conversations, heartbeatSeconds: 25 };
}

export function message(id, at, userId = "user-bob") {
  const author = { type: "user", userId, displayName: userId };
  return { id, received: time(at), author, content: { type: "text", text: id } };
}

export function posted(conversationId, seq, said = message(`m${seq}`, seq), more = {}) {
  return happened(conversationId, seq, "conversation:message", { message: said }, more);
}

export function happened(conversationId, seq, type, payload, more = {}) {
  return { type: "event", conversationId, seq, event: { type, payload, createdAt: time(seq ?? 0) }, ...more };
}

export const time = (second) => new Date(1_700_000_000_000 + second * 1000).toISOString();

export const texts = (conversation) => conversation.messages.map(({ content }) => content?.text);

export const options = () => ({
  url: "http://gateway.test",
  integrationId: "i1",
  profile: "ann",
  jwt: "first",
  storage: memoryStorage(),
  WebSocket: Socket,
});

/** Everything that is ready to run has run. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

/** The socket that was opened last, once it has said its hello. */
export async function line() {
  await settled();
  return Socket.opened.at(-1);
}
