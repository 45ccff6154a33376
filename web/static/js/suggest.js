// @ts-check
// Addresses that just miss a large provider. Loaded once an address was entered.
import { trim } from "./typed.js";
import { t } from "./words.js";

/** The ten that most addresses in India are of. */
const providers = ["gmail.com", "yahoo.com", "yahoo.co.in", "yahoo.in", "rediffmail.com", "hotmail.com", "outlook.com", "live.com", "icloud.com", "protonmail.com"];
/** Those that look like a slip and are none. */
const real = /^(ymail|mail|email|gmx|rediff|me)\.|^(yahoo|hotmail|live|outlook)\.(co\.(uk|jp|id)|fr|de|it|es|in)$/;

/**
 * How many slips of one key make b of a: a letter too many, too few, another one, or two that changed places (optimal string alignment).
 * @param {string} a @param {string} b
 */
function slips(a, b) {
  /** @type {number[][]} */
  const d = [[...Array(b.length + 1).keys()]];
  for (let i = 1; i <= a.length; i++) {
    d[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      d[i][j] = Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + Number(a[i - 1] !== b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.length][b.length];
}

/** Providers that have one domain in the whole world: behind another ending they were meant, too. */
const unique = ["gmail", "rediffmail", "icloud", "protonmail"];

/** The domain that was probably meant, or "". @param {string} domain */
function near(domain) {
  const name = domain.split(".")[0];
  if (providers.includes(domain) || real.test(domain)) return "";
  const close = providers.map((p) => ({ p, n: slips(domain, p) })).sort((a, b) => a.n - b.n)[0];
  if (close.n <= (close.p.length > 8 ? 2 : 1)) return close.p;
  return providers.find((p) => domain === p.split(".")[0] || (unique.includes(p.split(".")[0]) && slips(name, p.split(".")[0]) < 2)) ?? "";
}

/** The address that was probably meant, or "". @param {string} typed */
function meant(typed) {
  const [, local, domain] = /^([^@\s]+)@+([^@\s]+)$/.exec(trim(typed)) ?? [];
  const other = domain ? near(domain.toLowerCase()) : "";
  return other && `${local}@${other}`;
}

/** @type {WeakMap<HTMLElement, HTMLElement>} */
const lines = new WeakMap();

/** The line below a field, made when it is first needed. @param {HTMLInputElement} field */
function lineOf(field) {
  const line = lines.get(field) ?? document.createElement("p");
  if (lines.has(field)) return line;
  lines.set(field, line);
  line.className = "hint";
  line.dataset.added = "";
  line.setAttribute("role", "status");
  field.after(line);
  field.addEventListener("input", () => line.replaceChildren());
  document.addEventListener("translated", () => line.hasChildNodes() && suggest(field));
  return line;
}

/** "Did you mean gmail.com?": a suggestion, which only a press makes a change. @param {HTMLInputElement} field */
export function suggest(field) {
  const other = meant(field.value), line = lineOf(field);
  if (!other) return line.replaceChildren();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "linkbtn";
  button.textContent = other;
  button.addEventListener("click", () => {
    field.value = other;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  const [before, after] = t("email.js.meant").split("{email}");
  line.replaceChildren(before, button, after ?? "");
}
