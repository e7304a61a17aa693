/** What a browser page knows of its surroundings. Elsewhere, as in React Native, there is nothing to watch. */

/**
 * Calls `onVisible(boolean)` when the page comes to the front or goes, and `onOnline()` when there is a network again.
 * Returns a function that ends it.
 */
export function watchPage({ onVisible, onOnline }) {
  const page = globalThis.document;
  if (!page?.addEventListener) return () => {};
  const visibility = () => onVisible(page.visibilityState !== "hidden");
  page.addEventListener("visibilitychange", visibility);
  globalThis.addEventListener("online", onOnline);
  return () => {
    page.removeEventListener("visibilitychange", visibility);
    globalThis.removeEventListener("online", onOnline);
  };
}

export function isPageVisible() {
  return globalThis.document?.visibilityState !== "hidden";
}
