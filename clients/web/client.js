/** The SDK as applications see it: one user's device at one integration. See index.d.ts for what each part promises. */
import { Connection } from "./connection.js";
import { Conversations } from "./conversations.js";
import { Emitter } from "./emitter.js";
import { ConnectionLost } from "./errors.js";
import { formResponse } from "./forms.js";
import { Identity } from "./identity.js";
import { Letters } from "./letters.js";
import { isPageVisible, watchPage } from "./page.js";
import { OwnTyping } from "./typing.js";
import { basic, upload } from "./upload.js";

const INVALID_AUTH = 4501;
const RENEWALS = 3; // new credentials in a row that may be refused

export class Client {
  #options;
  #emitter = new Emitter();
  #identity = null;
  #connection = null;
  #letters = null;
  #conversations;
  #typing;
  #user = null;
  #jwt = null;
  #renewals = 0;
  #foreground = isPageVisible();
  #unwatch = () => {};
  #arrival = null;
  #reading = new Set();
  #unsaidReads = new Set();

  constructor(options = {}) {
    this.#options = options;
    this.#conversations = new Conversations({ request: this.#request, tell: this.#tell });
    this.#typing = new OwnTyping((type, conversationId) => this.#request(type, { conversationId }).catch(() => {}));
  }

  // Beginning and end

  async init(options = {}) {
    this.#options = { ...this.#options, ...options };
    const { integrationId, externalId, jwt, storage, WebSocket, platform = "web" } = this.#options;
    const profile = this.#options.profile ?? externalId ?? "anonymous";
    this.#jwt = jwt ?? null;
    this.#identity = await Identity.open({ integrationId, profile, storage });
    this.#letters = new Letters({
      outbox: {
        isOpen: () => this.#connection.connected,
        request: this.#request,
        keep: (letters) => this.#identity.keepUnsent(letters),
        unsent: this.#identity.unsent,
      },
      conversations: this.#conversations,
      author: () => authorOf(this.#user),
      source: { type: platform, integrationId },
      tell: this.#tell,
    });
    this.#connection = new Connection({ url: socketUrl(this.#options), hello: () => this.#hello(), WebSocket });
    this.#connection.on("status", (status) => this.#statusChanged(status));
    this.#connection.on("welcome", (welcome) => this.#welcome(welcome));
    this.#connection.on("event", (frame) => this.#hear(frame));
    this.#connection.on("ended", (goodbye) => this.#ended(goodbye));
    this.#unwatch = watchPage({
      onVisible: (visible) => this.setForeground(visible),
      onOnline: () => this.#connection.nudge(),
    });
    await this.#start();
    this.#tell("ready");
  }

  /** `externalId` stands in the token too; it is here as in the official SDK. */
  async login(externalId, jwt) {
    this.#jwt = jwt;
    this.#options = { ...this.#options, externalId };
    await this.#startAnew();
  }

  async logout() {
    await this.#request("logout").catch(() => {});
    this.#jwt = null;
    this.#identity.keepSession(null);
    this.#letters.clear();
    await this.#startAnew();
  }

  destroy() {
    this.#unwatch();
    this.#connection?.stop();
    this.#conversations.forget();
    this.#typing.forgetAll();
    this.#identity?.close();
    this.#tell("destroy");
    this.#emitter.off();
  }

  on(event, listener) {
    return this.#emitter.on(event, listener);
  }

  off(event, listener) {
    this.#emitter.off(event, listener);
  }

  // The connection

  getConnectionStatus() {
    return this.#connection?.status ?? { state: "offline" };
  }

  /** Tries again at once, also after the connection has ended. */
  async reconnect() {
    if (this.getConnectionStatus().state !== "offline") return this.#connection.nudge();
    return this.#start();
  }

  /** Whether somebody can see the conversation: a device in the background never marks anything read. */
  setForeground(foreground) {
    this.#foreground = foreground;
    this.#sayState();
    if (foreground) this.#connection?.nudge();
  }

  // The user

  getUser() {
    return this.#user;
  }

  async updateUser(changes) {
    const { user } = await this.#request("user:update", changes);
    this.#user = user;
    return user;
  }

  // Conversations

  getConversations() {
    return this.#conversations.views;
  }

  async getConversationById(conversationId) {
    return (await this.#conversations.open(conversationId)).view;
  }

  /** The conversation with its newest messages read. */
  async loadConversation(conversationId) {
    const room = await this.#conversations.open(conversationId);
    if (!room.loaded) await this.#conversations.history(conversationId);
    return room.view;
  }

  getMoreConversations() {
    return this.#conversations.more();
  }

  hasMoreConversations() {
    return this.#conversations.hasMore;
  }

  createConversation(options = {}) {
    return this.#conversations.create(options);
  }

  updateConversation(conversationId, changes) {
    return this.#conversations.update(conversationId, changes);
  }

  async getMessages(conversationId, { before, limit } = {}) {
    const room = await this.#conversations.open(conversationId);
    if (before === undefined) return this.#conversations.history(conversationId, { limit });
    const beforeSeq = room.find(before.id ?? before)?.seq;
    if (beforeSeq === room.oldestSeq) return this.#conversations.history(conversationId, { older: true, limit });
    return this.#request("message:list", { conversationId, beforeSeq, limit });
  }

  async markAllAsRead(conversationId = this.#defaultId()) {
    if (!this.#conversations.room(conversationId)?.unread || this.#reading.has(conversationId)) return;
    this.#reading.add(conversationId);
    try {
      await this.#request("conversation:read", { conversationId });
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      this.#unsaidReads.add(conversationId);
    } finally {
      this.#reading.delete(conversationId);
    }
  }

  startTyping(conversationId = this.#defaultId()) {
    if (this.#connection?.connected) this.#typing.start(conversationId);
  }

  stopTyping(conversationId = this.#defaultId()) {
    this.#typing.stop(conversationId);
  }

  // Messages

  /** Shows the message at once as pending; resolves when the gateway has it, rejects when it refuses. */
  sendMessage(textOrContent, conversationId = this.#defaultId(), { metadata } = {}) {
    const content = typeof textOrContent === "string" ? { type: "text", text: textOrContent } : textOrContent;
    this.#typing.forget(conversationId);
    return shown(this.#letters.write(conversationId, content, metadata));
  }

  /** Sends a message that was refused again. */
  retryMessage(message, conversationId = this.#defaultId()) {
    return shown(this.#letters.retry(conversationId, message));
  }

  /** Takes a message that was refused out of the conversation. */
  discardMessage(message, conversationId = this.#defaultId()) {
    this.#conversations.discard(conversationId, message.clientMessageId);
  }

  /** Answers a form: `answers` by the names of its fields, names of options where it gives a choice. */
  submitForm(message, answers, conversationId = this.#defaultId()) {
    return this.sendMessage(formResponse(message, answers), conversationId);
  }

  /** Uploads a `File` or `Blob`; gives `{mediaUrl, mediaType}` to show it with. */
  upload(file, { name = file.name, conversationId } = {}) {
    const session = this.#identity?.session;
    const authorization = this.#jwt ? `Bearer ${this.#jwt}` : basic(session);
    return upload({ ...this.#options, authorization, file, name, conversationId });
  }

  /** Uploads a file and sends it: a picture as an image, anything else as a file. */
  async sendFile(file, conversationId = this.#defaultId()) {
    const { mediaUrl, mediaType } = await this.upload(file, { conversationId });
    const type = mediaType.startsWith("image/") ? "image" : "file";
    return this.sendMessage({ type, mediaUrl, altText: file.name?.slice(0, 128) }, conversationId);
  }

  /** Presses a reply or postback button. Resolves with the message that this says, if it says one. */
  async triggerPostback(actionId, conversationId = this.#defaultId()) {
    const { message } = await this.#request("postback", { actionId, conversationId });
    return message;
  }

  // Inside

  #request = (type, fields) => this.#connection?.request(type, fields) ?? Promise.reject(new ConnectionLost());

  #tell = (event, ...args) => this.#emitter.emit(event, ...args);

  /** Resolves with the first welcome, rejects when the connection ends before it. */
  #start() {
    this.#arrival ??= deferred();
    this.#connection.start();
    return this.#arrival.promise;
  }

  #startAnew() {
    this.#connection.stop();
    this.#conversations.forget();
    this.#renewals = 0;
    return this.#start();
  }

  #hello() {
    const { platform = "web", appVersion, info, pushNotificationToken } = this.#options;
    const auth = { ...this.#identity.session, ...(this.#jwt && { jwt: this.#jwt }) };
    return {
      auth: Object.keys(auth).length ? auth : undefined,
      device: { guid: this.#identity.guid, platform, appVersion, info, pushNotificationToken },
      positions: this.#conversations.positions,
    };
  }

  #welcome(welcome) {
    this.#user = welcome.user;
    this.#renewals = 0;
    if (welcome.sessionToken) {
      this.#identity.keepSession({ userId: welcome.user.id, sessionToken: welcome.sessionToken });
    } else if (this.#jwt && this.#identity.session) {
      this.#identity.keepSession(null);
    }
    this.#conversations.welcome(welcome);
    this.#letters.flush();
    if (!this.#foreground) this.#sayState();
    this.#sayReads();
    this.#arrival?.resolve();
    this.#arrival = null;
  }

  #hear(frame) {
    const { type, payload } = frame.event;
    if (type === "user:update") this.#user = payload.user;
    else if (type === "user:merge") this.#merge(payload);
    else this.#conversations.hear(frame);
  }

  /** Two users are one from here on, perhaps another than this was: connects again as theirs, which heals the rest. */
  #merge({ mergedUsers: { surviving }, mergedConversations: rooms, sessionToken }) {
    if (sessionToken) this.#identity.keepSession({ userId: surviving.id, sessionToken });
    if (rooms) this.#letters.readdress(rooms.discarded.id, rooms.surviving.id);
    if (surviving.id !== this.#user.id) this.#conversations.forget();
    else if (rooms) this.#conversations.drop(rooms.discarded.id);
    this.#user = surviving;
    this.#connection.restart();
  }

  #sayState() {
    this.#request("device:update", { state: this.#foreground ? "foreground" : "background" }).catch(() => {});
  }

  #sayReads() {
    const unsaid = [...this.#unsaidReads];
    this.#unsaidReads.clear();
    for (const conversationId of unsaid) this.markAllAsRead(conversationId).catch(() => {});
  }

  #statusChanged(status) {
    if (status.state !== "connected") this.#typing.forgetAll();
    this.#tell("status", status);
    if (status.state === "connected") this.#tell("connected");
    if (status.state === "offline") this.#tell("disconnected", status);
    if (status.retryAt) this.#tell("reconnecting", status);
  }

  async #ended(goodbye) {
    if (goodbye.code === INVALID_AUTH && (await this.#renewed())) return this.#connection.start();
    this.#tell("error", goodbye);
    this.#arrival?.reject(goodbye);
    this.#arrival = null;
  }

  /** Whether there are other credentials to try: a fresh token, or a new anonymous user. */
  async #renewed() {
    this.#renewals += 1;
    if (this.#renewals > RENEWALS) return false;
    if (!this.#jwt) {
      this.#identity.keepSession(null);
      this.#conversations.forget();
      return true;
    }
    this.#jwt = await Promise.resolve(this.#options.onInvalidAuth?.()).catch(() => null);
    return Boolean(this.#jwt);
  }

  #defaultId() {
    const conversations = this.#conversations.views;
    return (conversations.find(({ isDefault }) => isDefault) ?? conversations[0])?.id;
  }
}

function authorOf(user) {
  const { givenName, surname } = user?.profile ?? {};
  return { type: "user", userId: user?.id, displayName: [givenName, surname].filter(Boolean).join(" ") || undefined };
}

/** The refusal is shown on the message too: nobody has to wait for the promise. */
function shown(sending) {
  sending.catch(() => {});
  return sending;
}

function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

function socketUrl({ url = globalThis.location?.origin, integrationId }) {
  const base = url.replace(/^http/, "ws").replace(/\/$/, "");
  return `${base}/sdk/v2/integrations/${encodeURIComponent(integrationId)}/socket`;
}
