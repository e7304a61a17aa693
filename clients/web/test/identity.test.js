import assert from "node:assert/strict";
import { test } from "node:test";

import { memoryStorage } from "../index.js";
import { Identity } from "../identity.js";

/** The browser's Web Locks, as far as `ifAvailable` goes. */
class Locks {
  #held = new Set();

  async request(name, _options, whileHeld) {
    if (this.#held.has(name)) return whileHeld(null);
    this.#held.add(name);
    await whileHeld({ name });
    this.#held.delete(name);
  }
}

test("two tabs are two devices, and a closed tab's device is found again", async () => {
  const browser = { integrationId: "i1", profile: "ann", storage: memoryStorage(), locks: new Locks() };
  const first = await Identity.open(browser);
  const second = await Identity.open(browser);
  assert.notEqual(first.guid, second.guid);
  first.close();
  await new Promise(setImmediate);
  assert.equal((await Identity.open(browser)).guid, first.guid);
});

test("storage that refuses costs the memory, not the visit", async () => {
  const refusing = { getItem: () => null, setItem: () => Promise.reject(new Error("full")), removeItem: () => {} };
  const warnings = [];
  const { warn } = console;
  console.warn = (...said) => warnings.push(said);
  const identity = await Identity.open({ integrationId: "i1", profile: "ann", storage: refusing });
  await new Promise(setImmediate);
  console.warn = warn;
  assert.equal(identity.guid.length, 32);
  assert.equal(warnings.length, 1);
});
