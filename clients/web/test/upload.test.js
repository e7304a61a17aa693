import assert from "node:assert/strict";
import { test } from "node:test";

import { ConnectionLost, Refusal } from "../index.js";
import { basic, upload } from "../upload.js";

const KEPT = { mediaUrl: "https://chat.example/attachments/v2/x/cat.png", mediaType: "image/png" };

/** A gateway that answers uploads, and remembers what came. */
function gateway(status, body) {
  const came = [];
  const fetch = async (url, options) => {
    came.push({ url, ...options });
    return { ok: status < 400, status, json: async () => body };
  };
  return { came, fetch };
}

const what = { url: "https://chat.example/sc/", integrationId: "i/1", file: new Blob(["x"]), name: "cat.png" };

test("a file goes as the field `source`, by whoever the device is", async () => {
  const { came, fetch } = gateway(201, { attachment: KEPT });
  const kept = await upload({ ...what, authorization: "Bearer t", conversationId: "c1", fetch });
  assert.deepEqual(kept, KEPT);
  const [request] = came;
  assert.equal(request.url, "https://chat.example/sc/sdk/v2/integrations/i%2F1/attachments?conversationId=c1");
  assert.equal(request.method, "POST");
  assert.deepEqual(request.headers, { Authorization: "Bearer t" });
  assert.equal(request.body.get("source").name, "cat.png");
});

test("an anonymous user shows their session", () => {
  assert.equal(basic({ userId: "u", sessionToken: "s" }), `Basic ${btoa("u:s")}`);
});

test("what is refused rejects with the gateway's own words", async () => {
  const { fetch } = gateway(415, { errors: [{ code: "unsupported_media_type", title: "no" }] });
  await assert.rejects(upload({ ...what, fetch }), (error) => {
    assert.ok(error instanceof Refusal);
    assert.deepEqual([error.status, error.code, error.message], [415, "unsupported_media_type", "no"]);
    return true;
  });
});

test("a gateway that cannot be reached is a lost connection", async () => {
  const fetch = () => Promise.reject(new TypeError("failed to fetch"));
  await assert.rejects(upload({ ...what, fetch }), ConnectionLost);
});
