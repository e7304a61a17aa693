import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { createClient, memoryStorage } from "../index.js";
import { ME, Socket, happened, line, message, options, posted, row, settled, texts, time, welcome } from "./stage.js";

let client;
let heard;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  mock.method(Math, "random", () => 0.5);
  Socket.opened = [];
  heard = [];
});

afterEach(() => {
  client?.destroy();
  mock.timers.reset();
  mock.restoreAll();
});

async function connected(...rows) {
  client = createClient(options());
  for (const event of ["message:sent", "message:failed", "unreadCount", "conversation:added", "conversation:removed"]) {
    client.on(event, () => heard.push(event));
  }
  const ready = client.init();
  const socket = await line();
  socket.say(welcome(...rows));
  await ready;
  return socket;
}

async function back(after, frame) {
  mock.timers.tick(after);
  const socket = await line();
  socket.say(frame);
  await settled();
  return socket;
}

const conversation = () => client.getConversations()[0];

test("the hello names the device, the token and where it stands", async () => {
  const socket = await connected(row("c1", 4));
  assert.equal(socket.url, "ws://gateway.test/sdk/v2/integrations/i1/socket");
  assert.deepEqual(socket.sent[0].auth, { jwt: "first" });
  socket.say(posted("c1", 5));
  socket.drop();
  const again = await back(500, { ...welcome(row("c1", 5)), recovered: { c1: true } });
  assert.deepEqual(again.sent[0].positions, { epoch: "e1", seq: { c1: 5 } });
  assert.equal(again.sent[0].device.guid, socket.sent[0].device.guid);
});

test("an event that is repeated is dropped, one that comes early waits for those before it", async () => {
  const socket = await connected(row("c1", 4));
  socket.say(posted("c1", 5));
  socket.say(posted("c1", 5));
  socket.say(posted("c1", 8));
  socket.say(posted("c1", 7));
  const [question] = socket.heard("events:since");
  assert.deepEqual(question, { type: "events:since", id: question.id, conversationId: "c1", seq: 5 });
  socket.ok(question, { recovered: true, events: [posted("c1", 6), posted("c1", 7)] });
  await settled();
  assert.deepEqual(texts(conversation()), ["m5", "m6", "m7", "m8"]);
  assert.equal(conversation().unreadCount, 4);
  assert.equal(socket.heard("events:since").length, 1);
});

test("what was missed while away counts once, though the welcome counts it too", async () => {
  const socket = await connected(row("c1", 4));
  socket.drop();
  const fresh = row("c1", 6);
  fresh.participants[0].unreadCount = 2;
  const again = await back(500, { ...welcome(fresh), recovered: { c1: true } });
  again.say(posted("c1", 5));
  again.say(posted("c1", 6));
  again.say(posted("c1", 7));
  assert.equal(conversation().unreadCount, 3);
  assert.deepEqual(texts(conversation()), ["m5", "m6", "m7"]);
});

test("history that could not be replayed is read again", async () => {
  const socket = await connected(row("c1", 4));
  const loading = client.loadConversation("c1");
  await settled();
  socket.ok(socket.heard("message:list")[0], { messages: [message("old", 1)], hasMore: false });
  await loading;
  socket.drop();
  const again = await back(500, { ...welcome(row("c1", 900)), recovered: { c1: false } });
  again.ok(again.heard("message:list")[0], { messages: [message("new", 900)], hasMore: true });
  await settled();
  assert.deepEqual(texts(conversation()), ["new"]);
  again.say(posted("c1", 901));
  assert.deepEqual(texts(conversation()), ["new", "m901"]);
});

test("a message is shown at once, and is the same one after the answer and the echo", async () => {
  const socket = await connected(row("c1", 4));
  const sending = client.sendMessage("hello", "c1");
  assert.equal(conversation().messages[0].state, "pending");
  const [frame] = socket.heard("message:send");
  const kept = { ...message("m5", 5, ME), content: frame.content };
  socket.say(posted("c1", 5, kept, { clientMessageId: frame.clientMessageId }));
  socket.ok(frame, { message: kept, seq: 5 });
  assert.equal((await sending).id, "m5");
  assert.deepEqual(texts(conversation()), ["hello"]);
  assert.equal(conversation().messages[0].state, undefined);
  assert.deepEqual(heard, ["message:sent"]);
  assert.equal(conversation().unreadCount, 0);
});

test("what was not answered goes out again, under the same name, after a reconnect", async () => {
  const socket = await connected(row("c1", 4));
  const sending = client.sendMessage("hello", "c1");
  const [first] = socket.heard("message:send");
  socket.drop();
  client.sendMessage("second", "c1");
  const again = await back(500, welcome(row("c1", 4)));
  const [repeated, second] = again.heard("message:send");
  assert.equal(repeated.clientMessageId, first.clientMessageId);
  assert.equal(second.content.text, "second");
  again.ok(repeated, { message: message("m5", 5, ME), seq: 5, duplicate: true });
  assert.equal((await sending).id, "m5");
});

test("a pile that was written offline goes out a few at a time, in order", async () => {
  const socket = await connected(row("c1", 4));
  socket.drop();
  for (let letter = 0; letter < 45; letter++) client.sendMessage(String(letter), "c1");
  const again = await back(500, welcome(row("c1", 4)));
  const sent = () => again.heard("message:send").map(({ content }) => content.text);
  assert.ok(sent().length <= 20);
  for (let second = 0; second < 3; second++) mock.timers.tick(1000);
  assert.deepEqual(sent(), [...Array(45).keys()].map(String));
});

test("unsent messages outlive the page", async () => {
  const kept = options();
  client = createClient(kept);
  const ready = client.init();
  const socket = await line();
  socket.say(welcome(row("c1", 4)));
  await ready;
  client.sendMessage("before the reload", "c1");
  client.destroy();
  client = createClient(kept);
  client.init();
  const reloaded = await line();
  reloaded.say(welcome(row("c1", 4)));
  assert.equal(reloaded.heard("message:send")[0].content.text, "before the reload");
  assert.equal(conversation().messages[0].state, "pending");
});

test("a refusal is shown on the message, which can be retried or discarded", async () => {
  const socket = await connected(row("c1", 4));
  const sending = client.sendMessage("hello", "c1");
  socket.refuse(socket.heard("message:send")[0]);
  await assert.rejects(sending, { name: "Refusal", status: 400 });
  const [failed] = conversation().messages;
  assert.equal(failed.state, "failed");
  client.retryMessage(failed, "c1");
  assert.equal(conversation().messages[0].state, "pending");
  socket.refuse(socket.heard("message:send")[1]);
  await settled();
  client.discardMessage(failed, "c1");
  assert.deepEqual(conversation().messages, []);
});

test("what was too much for now goes out again", async () => {
  const socket = await connected(row("c1", 4));
  client.sendMessage("hello", "c1");
  socket.refuse(socket.heard("message:send")[0], { status: 429, code: "too_many_requests", title: "slow down" });
  await settled();
  assert.equal(conversation().messages[0].state, "pending");
  mock.timers.tick(1000);
  assert.equal(socket.heard("message:send").length, 2);
});

test("a goodbye is followed by a reconnect after the time it gives, 4009 and 45xx by none", async () => {
  const socket = await connected(row("c1", 4));
  socket.say({ type: "goodbye", code: 4000, reason: "restarting", comeBack: true, afterSeconds: 3 });
  socket.drop(4000);
  assert.equal(client.getConnectionStatus().delayMs, 3000);
  const again = await back(3000, welcome(row("c1", 4)));
  const errors = [];
  client.on("error", (error) => errors.push(error.code));
  again.drop(4009, "replaced");
  assert.equal(client.getConnectionStatus().state, "offline");
  const sentAway = assert.rejects(client.reconnect(), { code: 4503 });
  (await line()).drop(4503);
  await sentAway;
  assert.deepEqual(errors, [4009, 4503]);
  assert.equal(Socket.opened.length, 3);
});

test("refused credentials are renewed, a few times at most", async () => {
  client = createClient({ ...options(), onInvalidAuth: () => "fresh" });
  const ready = client.init();
  const refused = assert.rejects(ready, { name: "Goodbye", code: 4501 });
  for (let attempt = 0; attempt < 4; attempt++) (await line()).drop(4501);
  await refused;
  assert.equal(Socket.opened.length, 4);
  assert.deepEqual(Socket.opened[1].sent[0].auth, { jwt: "fresh" });
});

test("a login takes the anonymous user along, a logout leaves everything behind", async () => {
  client = createClient({ ...options(), jwt: undefined });
  const ready = client.init();
  (await line()).say({ ...welcome(row("c1", 4)), sessionToken: "t1" });
  await ready;
  const login = client.login("ann", "token");
  const identified = await line();
  assert.deepEqual(identified.sent[0].auth, { userId: ME, sessionToken: "t1", jwt: "token" });
  assert.equal(identified.sent[0].positions, undefined);
  identified.say(welcome());
  await login;
  const logout = client.logout();
  identified.ok(identified.heard("logout")[0]);
  const anonymous = await line();
  assert.equal(anonymous.sent[0].auth, undefined);
  anonymous.say({ ...welcome(), sessionToken: "t2" });
  await logout;
});

test("attempts are further and further apart, up to a cap", async () => {
  const socket = await connected();
  socket.drop();
  const delays = [];
  for (let attempt = 0; attempt < 9; attempt++) {
    delays.push(client.getConnectionStatus().delayMs);
    mock.timers.tick(30_000);
    (await line()).drop();
  }
  assert.deepEqual(delays, [250, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
});

test("a line that went silent is given up", async () => {
  const socket = await connected();
  mock.timers.tick(25_000);
  assert.equal(socket.heard("ping").length, 1);
  mock.timers.tick(10_000);
  assert.equal(socket.closed, true);
  assert.equal(client.getConnectionStatus().state, "reconnecting");
});

test("typing is said once in ten seconds, and ends by itself", async () => {
  const socket = await connected(row("c1", 4));
  for (let second = 0; second < 15; second++) {
    client.startTyping("c1");
    mock.timers.tick(1000);
  }
  assert.equal(socket.heard("typing:start").length, 2);
  mock.timers.tick(9000);
  assert.equal(socket.heard("typing:stop").length, 1);
});

test("others are typing until they stop, write, or nothing more is heard", async () => {
  const socket = await connected(row("c1", 4));
  const author = { type: "user", userId: "user-bob", displayName: "Bob" };
  const typing = happened("c1", undefined, "conversation:typing", { activity: { type: "typing:start", author } });
  socket.say(typing);
  assert.equal(conversation().typing[0].name, "Bob");
  socket.say(posted("c1", 5));
  assert.deepEqual(conversation().typing, []);
  socket.say(typing);
  mock.timers.tick(13_000);
  assert.deepEqual(conversation().typing, []);
});

test("reading empties the count, here and on the mark of whoever read", async () => {
  const socket = await connected(row("c1", 4));
  socket.say(posted("c1", 5));
  client.markAllAsRead("c1");
  assert.equal(socket.heard("conversation:read").length, 1);
  const read = (userId) => ({ activity: { author: { type: "user", userId } }, lastRead: time(5) });
  socket.say(happened("c1", 6, "conversation:read", read(ME)));
  assert.equal(conversation().unreadCount, 0);
  assert.equal(conversation().participants[0].lastRead, time(5));
  assert.deepEqual(heard, ["unreadCount", "unreadCount"]);
});

test("being added brings the conversation, being removed takes it away", async () => {
  const socket = await connected(row("c1", 4));
  socket.say(happened("c2", 7, "conversation:join", { ...row("c2", 7), user: { id: ME } }));
  socket.say(posted("c2", 8));
  assert.equal(client.getConversations().length, 2);
  assert.deepEqual(texts(await client.getConversationById("c2")), ["m8"]);
  socket.say(happened("c2", 9, "conversation:leave", { user: { id: ME }, participant: { userId: ME } }));
  assert.equal(client.getConversations().length, 1);
  assert.deepEqual(heard, ["conversation:added", "unreadCount", "conversation:removed"]);
});

test("older pages join on before the oldest message", async () => {
  const socket = await connected(row("c1", 4, { lastMessage: message("m4", 4) }));
  const loading = client.loadConversation("c1");
  await settled();
  socket.ok(socket.heard("message:list")[0], { messages: [{ ...message("m4", 4), seq: 4 }], hasMore: true });
  await loading;
  const older = client.getMessages("c1", { before: conversation().messages[0] });
  await settled();
  assert.equal(socket.heard("message:list")[1].beforeSeq, 4);
  socket.ok(socket.heard("message:list")[1], { messages: [{ ...message("m2", 2), seq: 2 }], hasMore: false });
  await older;
  assert.deepEqual(texts(conversation()), ["m2", "m4"]);
  assert.equal(conversation().hasMoreMessages, false);
});

test("an anonymous user is found again, and forgotten when the gateway no longer knows them", async () => {
  const anonymous = { ...options(), jwt: undefined };
  client = createClient(anonymous);
  const ready = client.init();
  const socket = await line();
  assert.equal(socket.sent[0].auth, undefined);
  socket.say({ ...welcome(), sessionToken: "t1" });
  await ready;
  socket.drop();
  mock.timers.tick(500);
  const again = await line();
  assert.deepEqual(again.sent[0].auth, { userId: ME, sessionToken: "t1" });
  again.drop(4501);
  assert.equal((await line()).sent[0].auth, undefined);
});

const FORM = {
  ...message("f1", 5),
  content: {
    type: "form",
    submitted: false,
    fields: [
      { type: "text", name: "name", label: "Name" },
      { type: "email", name: "mail", label: "E-mail" },
      { type: "select", name: "size", label: "Size", options: [{ name: "s", label: "Small" }, { name: "l", label: "L" }] },
    ],
  },
};

const submittedForm = { ...FORM, content: { ...FORM.content, submitted: true } };
const quoting = (id, at, form) => ({
  ...message(id, at, ME),
  content: { type: "formResponse", fields: [] },
  quotedMessage: { type: "message", message: form },
});

test("a form is answered by the names of its fields, and is submitted once the gateway has the answer", async () => {
  const socket = await connected(row("c1", 4));
  socket.say(posted("c1", 5, FORM));
  const answered = client.submitForm(FORM, { name: "Ann", mail: "", size: "s" }, "c1");
  await settled();
  const [sent] = socket.heard("message:send");
  assert.deepEqual(sent.content, {
    type: "formResponse",
    quotedMessageId: "f1",
    fields: [
      { type: "text", name: "name", label: "Name", text: "Ann" },
      { type: "select", name: "size", label: "Size", select: [{ name: "s", label: "Small" }] },
    ],
  });
  assert.equal(conversation().messages[0].content.submitted, false);
  socket.ok(sent, { message: quoting("r1", 6, submittedForm), seq: 6 });
  assert.equal((await answered).id, "r1");
  assert.equal(conversation().messages[0].content.submitted, true);
});

test("a form that another device answered is submitted here too; once deleted, it is gone from the quote", async () => {
  const socket = await connected(row("c1", 4));
  socket.say(posted("c1", 5, FORM));
  socket.say(posted("c1", 6, quoting("r1", 6, submittedForm)));
  assert.deepEqual(conversation().messages.map(({ content }) => content.submitted), [true, undefined]);
  socket.say(happened("c1", 7, "message:delete", { message: { id: "f1", deleted: true } }));
  const [form, response] = conversation().messages;
  for (const gone of [form, response.quotedMessage.message]) {
    assert.equal(gone.deleted, true);
    assert.equal(gone.content, undefined);
  }
});

test("a reply that is pressed resolves with what it says, a postback with nothing", async () => {
  const socket = await connected(row("c1", 4));
  const [reply, postback] = ["a1", "a2"].map((actionId) => client.triggerPostback(actionId, "c1"));
  await settled();
  const [first, second] = socket.heard("postback");
  socket.ok(first, { message: message("m5", 5, ME), seq: 5 });
  socket.ok(second, {});
  assert.equal((await reply).id, "m5");
  assert.equal(await postback, undefined);
});

function merge(surviving, discarded, more = {}) {
  const mergedUsers = { surviving: { id: surviving, profile: {} }, discarded: { id: discarded } };
  const mergedConversations = { surviving: { id: "c1" }, discarded: { id: "c2" } };
  const payload = { mergedUsers, mergedConversations, reason: "api", ...more };
  return { type: "event", event: { type: "user:merge", payload } };
}

test("whoever is merged goes on as the survivor, with the session that was handed over", async () => {
  const storage = memoryStorage();
  client = createClient({ ...options(), jwt: undefined, storage });
  const ready = client.init();
  const socket = await line();
  socket.say({ ...welcome(row("c2", 4)), sessionToken: "t1" });
  await ready;
  const writing = client.sendMessage("hi", "c2");
  await settled();
  const [first] = socket.heard("message:send");
  socket.say(merge("user-eve", ME, { sessionToken: "t2" }));
  const again = await line();
  await settled();
  assert.notEqual(again, socket);
  assert.equal(socket.closed, true);
  assert.deepEqual(again.sent[0].auth, { userId: "user-eve", sessionToken: "t2" });
  assert.equal(again.sent[0].positions, undefined);
  again.say({ ...welcome(row("c1", 9)), user: { id: "user-eve", profile: {} } });
  await settled();
  assert.deepEqual(client.getConversations().map(({ id }) => id), ["c1"]);
  assert.equal(client.getUser().id, "user-eve");
  const [second] = again.heard("message:send");
  assert.deepEqual([second.conversationId, second.clientMessageId], ["c1", first.clientMessageId]);
  again.ok(second, { message: message("m10", 10, "user-eve"), seq: 10 });
  assert.equal((await writing).id, "m10");
  client.destroy();
  client = createClient({ ...options(), jwt: undefined, storage });
  client.init().catch(() => {});
  assert.equal((await line()).sent[0].auth.sessionToken, "t2");
});

test("a survivor reads what was merged again, and keeps the rest", async () => {
  const socket = await connected(row("c1", 4), row("c2", 4), row("c3", 4));
  socket.say(merge(ME, "user-bob"));
  assert.deepEqual(heard, ["conversation:removed"]);
  const again = await line();
  await settled();
  assert.deepEqual(again.sent[0].positions.seq, { c1: 4, c3: 4 });
  again.say({ ...welcome(row("c1", 9), row("c3", 4)), recovered: { c1: false, c3: true } });
  await settled();
  again.say(posted("c1", 10));
  assert.deepEqual(texts(client.getConversations().find(({ id }) => id === "c1")), ["m10"]);
  assert.deepEqual(client.getConversations().map(({ id }) => id).sort(), ["c1", "c3"]);
});
