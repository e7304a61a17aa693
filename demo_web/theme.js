/** Light or dark: the system's choice, until the visitor makes their own. */
import { icon, make } from "./dom.js";

const KEY = "heliograph:theme";
const DARK = matchMedia("(prefers-color-scheme: dark)");

export function themeButton() {
  const button = make("button", { class: "tool", type: "button", onclick: () => choose(isDark() ? "light" : "dark") });
  const draw = () => {
    const other = isDark() ? "light" : "dark";
    button.replaceChildren(icon(isDark() ? "sun" : "moon"));
    button.setAttribute("aria-label", `Use the ${other} colours`);
    button.title = `Use the ${other} colours`;
  };
  const choose = (theme) => {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(KEY, theme);
    draw();
  };
  const chosen = localStorage.getItem(KEY);
  if (chosen) document.documentElement.dataset.theme = chosen;
  DARK.addEventListener("change", draw);
  draw();
  return button;
}

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : DARK.matches;
}
