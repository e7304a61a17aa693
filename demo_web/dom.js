/** The few words this page needs to speak to the document. Text is always text: nothing here takes HTML. */

const SVG = "http://www.w3.org/2000/svg";

/** An element with properties (`class`, `dataset`, `on…` listeners, ARIA and other attributes) and children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) set(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function set(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name === "class") element.className = value;
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else element.setAttribute(name, value === true ? "" : value);
}

const ICONS = {
  clip: "m8 12.500 6-6a2.8 2.8 0 0 1 4 4l-7.5 7.500a4.6 4.6 0 0 1-6.500-6.500L11 4.500",
  send: "M4 12 20 4l-4.5 16-3.8-6.200L4 12Zm7.7 1.800L20 4",
  unplug: "M9 3v4M15 3v4M6.5 7h11v4a5.5 5.5 0 0 1-11 0V7ZM12 16.500V21",
  replug: "m4 4 16 16M9 3v3M15 3v4M17.5 7v4a5.5 5.5 0 0 1-.7 2.700M13.5 16.300A5.5 5.5 0 0 1 6.5 11V7M12 16.500V21",
  window: "M13 5h6v6M19 5l-8 8M17 14v4a1.5 1.5 0 0 1-1.5 1.500H6A1.5 1.5 0 0 1 4.5 18V8.500A1.5 1.5 0 0 1 6 7h4",
  clock: "M12 7.500V12l3 2M12 20.500a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z",
  check: "m5 12.5 4.5 4.500L19 7.5",
  alert: "M12 8v5M12 16.300v.2M12 20.500a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z",
  down: "M12 5v14M6 13l6 6 6-6",
  close: "M6 6l12 12M18 6 6 18",
  sun: "M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.400M5.6 18.4 7 17M17 7l1.4-1.400M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z",
  moon: "M20 14.500A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.500Z",
  hook: "M8.5 10.500a4 4 0 1 1 6.2 2.200M8.5 10.5 5 16.500M16 15.500h-5.500a3.5 3.5 0 1 1-3.3-2.300M14.7 12.7 17 16.500a3 3 0 1 1-2 3.3",
  leaf: "M5 19c8 1.5 14-3.5 14-14-8.5 0-14 4-14 10.500V19Zm0 0c1.5-4 4-6.5 8-8.5",
  roof: "M3.5 12 12 5l8.5 7M6 10.500V19h12v-8.500M12 19v-5M12 15.500c-2 0-3-1-3-2.8 2 0 3 1 3 2.800Zm0-.7c1.7 0 2.5-.9 2.5-2.4-1.7 0-2.5.9-2.5 2.400Z",
};

/** A line icon that says nothing to a screen reader: its button has the name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * Makes `parent`'s children those of `rows`, each `{key, sign, build}`: an element stays while its `sign` does, so
 * that focus, selection and running animations do too; what a rebuilt one takes over keeps the focus.
 */
export function reconcile(parent, rows) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const active = document.activeElement;
  let previous = null;
  for (const { key, sign, build } of rows) {
    const kept = known.get(key);
    known.delete(key);
    const child = kept?.dataset.sign === sign ? kept : build(Boolean(kept));
    if (kept && kept !== child) exchange(kept, child);
    Object.assign(child.dataset, { key, sign });
    const place = previous ? previous.nextSibling : parent.firstChild;
    if (place !== child) parent.insertBefore(child, place);
    previous = child;
  }
  for (const gone of known.values()) gone.remove();
  if (active !== document.activeElement && parent.contains(active)) active.focus({ preventScroll: true });
}

function exchange(old, fresh) {
  const focused = old === document.activeElement;
  old.replaceWith(fresh);
  if (focused) fresh.focus({ preventScroll: true });
}

/** Arrow keys, Home and End move the focus among the children of `list` that match; only one is a tab stop. */
export function rove(list, selector, { onMove = () => {} } = {}) {
  const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  list.addEventListener("keydown", (event) => {
    const stops = [...list.querySelectorAll(selector)];
    const at = stops.indexOf(event.target);
    const ends = { Home: 0, End: stops.length - 1 };
    const to = ends[event.key] ?? (event.key in STEPS ? (at + STEPS[event.key] + stops.length) % stops.length : -1);
    if (at < 0 || to < 0) return;
    event.preventDefault();
    stops[to].focus();
    onMove(stops[to]);
  });
}
