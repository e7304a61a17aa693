/**
 * Who this device is, kept in storage: the device's guid, an anonymous user's session, and what is not yet sent.
 *
 * Two tabs of one browser are two devices, or the newer would send the older away (4009). Each tab takes the first
 * free place under a Web Lock and keeps it until it closes, so that guids are found again and do not pile up.
 */
import { newId } from "./ids.js";

export class Identity {
  #storage;
  #key;
  #place;
  #leave;

  /** Opens the identity stored for `integrationId` and `profile`, or begins a new one. */
  static async open({ integrationId, profile, storage = defaultStorage(), locks = globalThis.navigator?.locks }) {
    const key = `heliograph:${integrationId}:${profile}`;
    const { place, leave } = await takePlace(key, locks);
    const identity = new Identity(storage, key, place, leave);
    await identity.#load();
    return identity;
  }

  constructor(storage, key, place, leave) {
    this.#storage = storage;
    this.#key = key;
    this.#place = `${key}:${place}`;
    this.#leave = leave;
  }

  async #load() {
    const device = parse(await this.#storage.getItem(this.#place));
    this.guid = device?.guid ?? newId();
    this.unsent = device?.unsent ?? [];
    this.session = parse(await this.#storage.getItem(this.#key));
    this.#saveDevice();
  }

  /** `{userId, sessionToken}` of an anonymous user, or null to forget it. */
  keepSession(session) {
    this.session = session;
    if (session) this.#write(this.#key, session);
    else this.#attempt(() => this.#storage.removeItem(this.#key));
  }

  keepUnsent(unsent) {
    this.unsent = unsent;
    this.#saveDevice();
  }

  /** Frees the place for another tab. */
  close() {
    this.#leave();
  }

  #saveDevice() {
    this.#write(this.#place, { guid: this.guid, unsent: this.unsent });
  }

  #write(key, value) {
    this.#attempt(() => this.#storage.setItem(key, JSON.stringify(value)));
  }

  /** Storage that is full or forbidden costs the memory of this visit, not the visit. */
  async #attempt(write) {
    try {
      await write();
    } catch (error) {
      console.warn("heliograph: storage refused a write", error);
    }
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function takePlace(key, locks) {
  if (!locks) return { place: 0, leave: () => {} };
  for (let place = 0; ; place++) {
    const leave = await hold(locks, `${key}:${place}`);
    if (leave) return { place, leave };
  }
}

/** Holds the lock until the function it resolves to is called; null when somebody else has it. */
function hold(locks, name) {
  return new Promise((resolve, reject) => {
    const whileHeld = (lock) => (lock ? new Promise((leave) => resolve(leave)) : resolve(null));
    locks.request(name, { ifAvailable: true }, whileHeld).catch(reject);
  });
}

function defaultStorage() {
  try {
    if (globalThis.localStorage) return globalThis.localStorage;
  } catch {
    // the page may not use storage: this visit remembers by itself
  }
  return memoryStorage();
}

/** A storage that lasts as long as the page. */
export function memoryStorage() {
  const items = new Map();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}
