/** The gateway said no: the command had no effect. `status` and `code` are those of the REST API. */
export class Refusal extends Error {
  constructor({ status, code, title }) {
    super(title ?? code);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
  }
}

/** The connection went away before the answer came. Whether the command took effect is not known. */
export class ConnectionLost extends Error {
  constructor() {
    super("the connection was lost before the answer came");
    this.name = "ConnectionLost";
  }
}

/** The connection has ended and is not tried again; `code` is the close code. */
export class Goodbye extends Error {
  constructor({ code, reason }) {
    super(reason || `closed with ${code}`);
    this.name = "Goodbye";
    this.code = code;
    this.reason = reason;
  }
}
