/** A line that can be cut, to see what the SDK does about it: sockets close, and new ones fail. */

class DeadSocket {
  constructor() {
    setTimeout(() => this.onclose?.({ code: 1006, reason: "the line is cut" }));
  }

  send() {}

  close() {}
}

export class Line {
  #live = null;
  cut = false;

  /** To be given to the SDK in place of WebSocket. */
  WebSocket = (() => {
    const line = this;
    return function Socket(url) {
      if (line.cut) return new DeadSocket();
      line.#live = new WebSocket(url);
      return line.#live;
    };
  })();

  set(cut) {
    this.cut = cut;
    if (cut) this.#live?.close();
  }
}
