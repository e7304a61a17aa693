/**
 * Conversations, messages, participants and users are the objects of REST API v2. What this SDK adds to them is
 * said on each. Times are ISO 8601 with milliseconds and `Z`.
 */

export type Metadata = Record<string, string | number | boolean>;

export interface User {
  id: string;
  externalId?: string;
  authenticated: boolean;
  signedUpAt?: string;
  profile?: Profile;
  metadata?: Metadata;
}

export interface Profile {
  givenName?: string | null;
  surname?: string | null;
  email?: string | null;
  avatarUrl?: string | null;
  locale?: string | null;
}

export interface Author {
  type: "user" | "business";
  userId?: string;
  displayName?: string;
  avatarUrl?: string;
  subtypes?: string[];
}

export interface Action {
  id: string;
  type: "link" | "postback" | "reply" | "buy" | "webview" | "locationRequest";
  text: string;
  uri?: string;
  payload?: string;
  metadata?: Metadata;
  [field: string]: unknown;
}

export interface Item {
  title: string;
  description?: string;
  mediaUrl?: string;
  altText?: string;
  size?: "compact" | "large";
  actions: Action[];
  metadata?: Metadata;
}

export interface Option {
  name: string;
  label: string;
}

/** A field of a form, or its answer. */
export interface Field {
  type: "text" | "email" | "select";
  name: string;
  label: string;
  placeholder?: string;
  minSize?: number;
  maxSize?: number;
  format?: "integer" | "decimal";
  options?: Option[];
  text?: string;
  email?: string;
  select?: Option[];
}

/** Any content of REST API v2; `type` says which of the fields are there. */
export interface Content {
  type: "text" | "image" | "file" | "carousel" | "list" | "location" | "form" | "formResponse" | "template";
  text?: string;
  /** The gateway has made it safe; show it by an allow-list all the same. */
  htmlText?: string;
  mediaUrl?: string;
  mediaType?: string;
  altText?: string;
  items?: Item[];
  fields?: Field[];
  /** Whether a form has been answered. */
  submitted?: boolean;
  /** The answers to a form, a line each. */
  textFallback?: string;
  blockChatInput?: boolean;
  actions?: Action[];
  payload?: string;
  [field: string]: unknown;
}

export interface Message {
  /** Until the gateway has answered, the `clientMessageId`. */
  id: string;
  /** Orders the messages of a conversation; no two have the same. */
  received: string;
  author: Author;
  /** Absent when `deleted`. */
  content?: Content;
  source?: { type: string; integrationId?: string };
  metadata?: Metadata;
  deleted?: boolean;
  /** The form that this message answers. */
  quotedMessage?: { type: "message"; message?: Message } | { type: "externalMessageId"; externalMessageId?: string };

  /** Added: the place among the conversation's events. */
  seq?: number;
  /** Added to what this user sent: made by the sender, the same before and after the answer. */
  clientMessageId?: string;
  /** Added to what this device sends: not answered yet, or refused. Absent once the gateway has it. */
  state?: "pending" | "failed";
  /** Added to a `failed` message: why. */
  error?: Error;
}

export interface Participant {
  id: string;
  userId: string;
  userExternalId?: string;
  displayName?: string;
  unreadCount: number;
  /** The time of the last message read. */
  lastRead?: string;
}

export interface Typist {
  role: "user" | "business";
  userId?: string;
  name?: string;
  avatarUrl?: string;
}

/** A frozen picture of a conversation: the next change makes another. */
export interface Conversation {
  id: string;
  type: "personal" | "sdkGroup";
  isDefault?: boolean;
  displayName?: string;
  description?: string;
  iconUrl?: string;
  metadata?: Metadata;
  businessLastRead?: string;
  lastUpdatedAt?: string;
  createdAt?: string;

  /** Added. */
  participants: Participant[];
  /** Added: as far as they are known, oldest first; those not answered yet stand at the end. */
  messages: Message[];
  /** Added: whether there are older ones. */
  hasMoreMessages: boolean;
  /** Added: messages that this user has not read. */
  unreadCount: number;
  /** Added: who else is typing now. */
  typing: Typist[];
}

export interface ConnectionStatus {
  state: "offline" | "connecting" | "connected" | "reconnecting";
  /** Attempts since the last steady connection. */
  attempt?: number;
  /** When the next attempt begins, in milliseconds since 1970; absent while one is under way. */
  retryAt?: number;
  delayMs?: number;
  /** Why the last connection ended. */
  code?: number;
  reason?: string;
}

export interface Storage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): void | Promise<void>;
  removeItem(key: string): void | Promise<void>;
}

export interface Options {
  integrationId: string;
  /** Address of the gateway; the page's own origin unless given. */
  url?: string;
  externalId?: string;
  /** Identifies the user. Without it the user is anonymous, and found again by what storage keeps. */
  jwt?: string;
  /** Gives a fresh token when the gateway refuses the one in use. */
  onInvalidAuth?: () => string | null | Promise<string | null>;
  /** Keeps the device's guid, an anonymous session and unsent messages. `localStorage` unless given. */
  storage?: Storage;
  /** Separates what is stored for several clients of one page. The `externalId` unless given. */
  profile?: string;
  platform?: "web" | "ios" | "android";
  appVersion?: string;
  info?: Metadata;
  pushNotificationToken?: string;
  /** Where there is no global one, or another is wanted. */
  WebSocket?: unknown;
}

type In = { conversation: Conversation };

export interface Events {
  ready: () => void;
  destroy: () => void;
  connected: () => void;
  disconnected: (status: ConnectionStatus) => void;
  reconnecting: (status: ConnectionStatus) => void;
  /** Any change of `getConnectionStatus()`. */
  status: (status: ConnectionStatus) => void;
  /** A message that is new here: received, sent by another device, or just written and pending. */
  message: (message: Message, where: In) => void;
  "message:received": (message: Message, where: In) => void;
  /** The gateway has it. */
  "message:sent": (message: Message, where: In) => void;
  /** The gateway refused it; `retryMessage` and `discardMessage` take it from there. */
  "message:failed": (message: Message, where: In) => void;
  unreadCount: (count: number, where: In) => void;
  "typing:start": (typist: Typist & In) => void;
  "typing:stop": (typist: Typist & In) => void;
  "conversation:added": (participants: Participant[], where: In) => void;
  "conversation:removed": (where: In) => void;
  "conversation:read": (read: { role: "user" | "business"; userId?: string; lastRead: string }, where: In) => void;
  "participant:added": (participant: Participant, where: In) => void;
  "participant:removed": (participant: Participant, where: In) => void;
  /** Anything in a conversation is different now: for those who draw from the state. */
  change: (where: In) => void;
  /** The connection has ended for good (`Goodbye`), or a repair was refused (`Refusal`). */
  error: (error: Error) => void;
}

/** A method that asks the gateway rejects with `Refusal`, or with `ConnectionLost` when there is no connection. */
export interface Client {
  /** Connects; resolves when the conversations are there, rejects with `Goodbye` when the gateway sends it away. */
  init(options?: Partial<Options>): Promise<void>;
  /** Becomes the token's user. What an anonymous user wrote goes with them. */
  login(externalId: string, jwt: string): Promise<void>;
  /** Goes on as a new anonymous user. */
  logout(): Promise<void>;
  /** Disconnects and forgets all listeners. */
  destroy(): void;

  /** Returns a function that ends it. */
  on<E extends keyof Events>(event: E, listener: Events[E]): () => void;
  /** Without `listener`, all of the event's; without both, all there are. */
  off<E extends keyof Events>(event?: E, listener?: Events[E]): void;

  getConnectionStatus(): ConnectionStatus;
  /** Does not wait for the next attempt; also begins anew after the connection has ended. */
  reconnect(): Promise<void>;
  /** For where there is no `document` to watch, as in React Native. In the background nothing is marked read. */
  setForeground(foreground: boolean): void;

  getUser(): User | null;
  updateUser(changes: { profile?: Profile; metadata?: Metadata }): Promise<User>;

  /** Those known, most recently active first. */
  getConversations(): Conversation[];
  getConversationById(conversationId: string): Promise<Conversation>;
  /** With its newest messages read. */
  loadConversation(conversationId: string): Promise<Conversation>;
  getMoreConversations(): Promise<Conversation[]>;
  hasMoreConversations(): boolean;
  /** A personal conversation, where the integration allows it. Groups are made by the business. */
  createConversation(options?: {
    displayName?: string;
    description?: string;
    iconUrl?: string;
    metadata?: Metadata;
    messages?: Content[];
  }): Promise<Conversation>;
  /** `null` unsets a field. */
  updateConversation(
    conversationId: string,
    changes: {
      displayName?: string | null;
      description?: string | null;
      iconUrl?: string | null;
      metadata?: Metadata | null;
    },
  ): Promise<Conversation>;

  /** The newest page, or with `before` (a message or its id) the one before it; oldest first. */
  getMessages(
    conversationId: string,
    options?: { before?: Message | string; limit?: number },
  ): Promise<{ messages: Message[]; hasMore: boolean }>;
  /** Where `conversationId` is left out, here and below, the user's default conversation is meant. */
  markAllAsRead(conversationId?: string): Promise<void>;
  /** Call it at every key: it is said once per 10 s, and ends by itself 10 s after the last call. */
  startTyping(conversationId?: string): void;
  stopTyping(conversationId?: string): void;

  /**
   * Shows the message at once as `pending` and sends it, again after every reconnect, until it is answered. Resolves
   * when the gateway has it on disk; rejects with `Refusal`, and the message is shown as `failed`.
   */
  sendMessage(
    textOrContent: string | Content,
    conversationId?: string,
    more?: { metadata?: Metadata },
  ): Promise<Message>;
  retryMessage(message: Message, conversationId?: string): Promise<Message>;
  discardMessage(message: Message, conversationId?: string): void;
  /**
   * Answers a form, as `sendMessage` does: `answers` by the names of its fields, names of options where there is a
   * choice. The gateway refuses answers that do not fit, and a second answer.
   */
  submitForm(
    message: Message,
    answers: Record<string, string | string[]>,
    conversationId?: string,
  ): Promise<Message>;
  /**
   * Presses a reply or postback button; `actionId` is the action's `id`. Resolves with the message that this says: a
   * reply always says one, a postback where the app echoes them.
   */
  triggerPostback(actionId: string, conversationId?: string): Promise<Message | undefined>;
  /**
   * Uploads a file, up to 50 MB; give `mediaUrl` to a message of type `image` or `file`. Rejects with `Refusal`, or with
   * `ConnectionLost` where the gateway could not be reached: uploads are not repeated by themselves.
   */
  upload(file: Blob, more?: { name?: string; conversationId?: string }): Promise<{ mediaUrl: string; mediaType: string }>;
  /** Uploads a file and sends it, a picture as an image. */
  sendFile(file: File, conversationId?: string): Promise<Message>;
}

/** A client of its own: any number may live in one page, each with its own user. */
export function createClient(options?: Partial<Options>): Client;

/** The page's one client. */
declare const Heliograph: Client;
export default Heliograph;

/** The gateway said no; the command had no effect. */
export class Refusal extends Error {
  status: number;
  code: string;
}

/** The connection went before the answer came; whether the command took effect is not known. */
export class ConnectionLost extends Error {}

/** The connection has ended and is not tried again. */
export class Goodbye extends Error {
  code: number;
  reason: string;
}

/** A storage that lasts as long as the page. */
export function memoryStorage(): Storage;
