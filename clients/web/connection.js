/**
 * One socket that comes back: hello and welcome, answers, heartbeat, goodbyes, full-jitter back-off.
 *
 * Tells its owner `status`, `welcome`, `event` (each an event frame) and `ended` (a Goodbye that is not followed by
 * another attempt). What a frame means is not its concern.
 */
import { comesBack, fullJitter } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { ConnectionLost, Goodbye, Refusal } from "./errors.js";

const WELCOME_MS = 15_000; // from dialling to the welcome
const PONG_MS = 10_000; // from a ping of ours to any frame
const STEADY_MS = 5_000; // a connection that lasted so long starts the back-off anew

const DROPPED = 1006;

export class Connection extends Emitter {
  #url;
  #hello;
  #WebSocket;
  #socket = null;
  #goodbye = null;
  #attempt = 0;
  #welcomedAt = null;
  #requests = new Map();
  #lastId = 0;
  #heartbeatMs = 25_000;
  #dialTimer = null;
  #quietTimer = null;

  /** `url` of the socket; `hello()` gives the fields of a hello, anew at every attempt. */
  constructor({ url, hello, WebSocket = globalThis.WebSocket }) {
    super();
    this.#url = url;
    this.#hello = hello;
    this.#WebSocket = WebSocket;
    this.status = { state: "offline" };
  }

  get connected() {
    return this.status.state === "connected";
  }

  start() {
    if (this.#socket) return;
    this.#attempt = 0;
    this.#dial();
  }

  /** Ends the connection for good, without a word to the owner. */
  stop() {
    clearTimeout(this.#dialTimer);
    this.#abandon(1000);
    this.#setStatus({ state: "offline" });
  }

  /** Hangs up and dials again at once: the hello is another one. */
  restart() {
    clearTimeout(this.#dialTimer);
    this.#abandon(1000);
    this.#attempt = 0;
    this.#dial();
  }

  /** Something suggests that now is a good time: do not wait to reconnect, or see if the line still works. */
  nudge() {
    if (this.status.state === "reconnecting" && !this.#socket) this.#dial();
    else if (this.connected) this.#ping();
  }

  /**
   * Sends a command. Resolves to its result; rejects with a Refusal, or with ConnectionLost when there is no
   * connection or it goes before the answer.
   */
  request(type, fields = {}) {
    if (!this.connected) return Promise.reject(new ConnectionLost());
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#requests.set(id, { resolve, reject });
      this.#send({ type, id, ...fields });
    });
  }

  #dial() {
    clearTimeout(this.#dialTimer);
    const again = this.status.state === "reconnecting";
    this.#setStatus({ state: again ? "reconnecting" : "connecting", attempt: this.#attempt });
    this.#goodbye = null;
    this.#welcomedAt = null;
    const socket = new this.#WebSocket(this.#url);
    this.#socket = socket;
    this.#expect(WELCOME_MS);
    const current = (react) => (event) => socket === this.#socket && react(event);
    socket.onopen = current(() => this.#send({ type: "hello", id: "hello", ...this.#hello() }));
    socket.onmessage = current(({ data }) => this.#hear(JSON.parse(data)));
    socket.onclose = current(({ code, reason }) => this.#lost(code, reason));
  }

  #send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }

  #hear(frame) {
    if (this.connected) this.#rest();
    switch (frame.type) {
      case "welcome":
        return this.#welcome(frame);
      case "event":
        return this.emit("event", frame);
      case "ok":
        return this.#settle(frame.id)?.resolve(frame.result);
      case "error":
        return this.#settle(frame.id)?.reject(new Refusal(frame.error));
      case "goodbye":
        this.#goodbye = frame;
    }
  }

  #welcome(frame) {
    this.#welcomedAt = Date.now();
    this.#heartbeatMs = frame.heartbeatSeconds * 1000;
    this.#rest();
    this.status = { state: "connected" };
    this.emit("welcome", frame);
    this.emit("status", this.status);
  }

  #settle(id) {
    const request = this.#requests.get(id);
    this.#requests.delete(id);
    return request;
  }

  /** Gives up on the socket when it stays silent for so long. */
  #expect(ms) {
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(() => {
      this.#abandon();
      this.#lost(DROPPED, "silence");
    }, ms);
  }

  /** All is well; after a silence as long as the heartbeat, ask. */
  #rest() {
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(() => this.#ping(), this.#heartbeatMs);
  }

  #ping() {
    this.#expect(PONG_MS);
    this.request("ping").catch(() => {});
  }

  #abandon(code) {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#quietTimer);
    socket?.close(code);
    for (const { reject } of this.#requests.values()) reject(new ConnectionLost());
    this.#requests.clear();
  }

  #lost(closeCode, closeReason) {
    this.#abandon();
    const { code, reason, afterSeconds } = this.#goodbye ?? { code: closeCode, reason: closeReason };
    if (!comesBack(code)) return this.#end(new Goodbye({ code, reason }));
    if (this.#welcomedAt && Date.now() - this.#welcomedAt > STEADY_MS) this.#attempt = 0;
    const delayMs = afterSeconds === undefined ? fullJitter(this.#attempt) : afterSeconds * 1000;
    this.#attempt += 1;
    this.#dialTimer = setTimeout(() => this.#dial(), delayMs);
    this.#setStatus({
      state: "reconnecting",
      attempt: this.#attempt,
      delayMs,
      retryAt: Date.now() + delayMs,
      code,
      reason,
    });
  }

  #end(goodbye) {
    this.#setStatus({ state: "offline", code: goodbye.code, reason: goodbye.reason });
    this.emit("ended", goodbye);
  }

  #setStatus(status) {
    this.status = status;
    this.emit("status", status);
  }
}
