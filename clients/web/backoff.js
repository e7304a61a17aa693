/** When to come back after a connection is lost, and whether at all. */

const BASE_MS = 500;
const CAP_MS = 30_000;

const NORMAL = 1000;
const REPLACED = 4009;
const FIRST_FINAL = 4500;

/** A time from 0 to twice as much at every attempt: a crowd that was cut off together comes back spread out. */
export function fullJitter(attempt, random = Math.random) {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt);
}

/**
 * 4000 to 4499 and all that a network does: come back. 4500 and above: not until something changes.
 * 4009 says that a newer socket of this same device is open, 1000 that the two agreed to part.
 */
export function comesBack(code) {
  return code !== NORMAL && code !== REPLACED && code < FIRST_FINAL;
}
