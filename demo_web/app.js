/** The page: everybody side by side, or with `?as=ann` one person alone. */
import { avatar } from "./avatar.js";
import { icon, make, rove } from "./dom.js";
import { Person } from "./person.js";
import { themeButton } from "./theme.js";
import { WebhookPanel } from "./webhooks.js";
import { firstName } from "./words.js";

const WAIT_MS = 500;

const floor = document.getElementById("floor");
const switcher = document.getElementById("switcher");
const tools = document.getElementById("tools");
const alone = new URLSearchParams(location.search).get("as");

/** Whether the panel lies over the page instead of beside it. */
const overlay = matchMedia("(max-width: 1379px)");

/** Whose place the visitor sits at: there, what is shown is read. */
let seat = null;
let people = [];
const unread = new Map();

function isLookingFor(externalId) {
  return () => document.visibilityState === "visible" && seat === externalId;
}

function sit(externalId) {
  if (seat === externalId) return;
  seat = externalId;
  for (const person of people) {
    const here = person.who.externalId === seat;
    person.element.classList.toggle("here", here);
    person.attend();
  }
  for (const tab of switcher.querySelectorAll("[role=tab]")) {
    const here = tab.dataset.person === seat;
    tab.setAttribute("aria-selected", String(here));
    tab.tabIndex = here ? 0 : -1;
  }
}

async function fetchScene() {
  for (;;) {
    const answer = await fetch("scene.json");
    if (answer.ok) return answer.json();
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}

function setUp({ integrationId, people: cast }) {
  const shown = cast.filter(({ externalId }) => !alone || externalId === alone);
  if (!shown.length) return void (document.getElementById("notice").textContent = `Nobody here is called ${alone}.`);
  people = shown.map((who) => {
    const { externalId } = who;
    const onUnread = (count) => countUnread(externalId, count);
    return new Person({ who, integrationId, alone: Boolean(alone), isLooking: isLookingFor(externalId), onUnread });
  });
  floor.replaceChildren(...people.map(({ element }) => element));
  document.body.classList.toggle("alone", Boolean(alone));
  if (!alone) drawSwitcher();
  for (const person of people) {
    for (const event of ["pointerdown", "focusin"]) {
      person.element.addEventListener(event, () => sit(person.who.externalId));
    }
    person.start();
  }
  sit(people[0]?.who.externalId);
}

function drawSwitcher() {
  switcher.setAttribute("role", "tablist");
  const tab = ({ externalId, displayName }) =>
    make(
      "button",
      {
        type: "button",
        role: "tab",
        class: "seat",
        dataset: { person: externalId },
        "aria-controls": `person-${externalId}`,
        onclick: () => sit(externalId),
      },
      avatar(displayName, "person", "small"),
      firstName(displayName),
      make("span", { class: "badge", hidden: true }),
    );
  switcher.replaceChildren(...people.map(({ who }) => tab(who)));
  rove(switcher, "[role=tab]", { onMove: ({ dataset }) => sit(dataset.person) });
}

function countUnread(externalId, count) {
  unread.set(externalId, count);
  const badge = switcher.querySelector(`[data-person="${externalId}"] .badge`);
  if (badge) {
    badge.hidden = !count;
    badge.replaceChildren(String(count), make("span", { class: "unseen" }, " unread"));
  }
  const total = alone ? count : 0;
  const whose = alone && people[0] ? `${firstName(people[0].who.displayName)} – ` : "";
  document.title = `${total ? `(${total}) ` : ""}${whose}Heliograph`;
}

function setUpWebhooks() {
  const badge = make("span", { class: "calls-count", hidden: true });
  const button = make(
    "button",
    { type: "button", class: "tool wide", "aria-controls": "hooks", onclick: () => toggle() },
    icon("hook"),
    make("span", { class: "tool-words" }, "Webhook calls"),
    badge,
  );
  const panel = new WebhookPanel({
    onCount: (count) => {
      badge.hidden = false;
      badge.textContent = String(count);
    },
    onClose: () => toggle(false),
  });
  const toggle = (open = !document.body.classList.contains("with-hooks")) => {
    document.body.classList.toggle("with-hooks", open);
    button.setAttribute("aria-expanded", String(open));
    if (!open && panel.element.contains(document.activeElement)) button.focus();
  };
  document.body.append(panel.element);
  addEventListener("keydown", ({ key }) => key === "Escape" && overlay.matches && toggle(false));
  overlay.addEventListener("change", () => toggle(!alone && !overlay.matches));
  tools.append(button, themeButton());
  toggle(!alone && !overlay.matches);
  panel.start();
}

document.addEventListener("visibilitychange", () => people.forEach((person) => person.attend()));
setUpWebhooks();
setUp(await fetchScene());
