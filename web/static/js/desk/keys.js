// @ts-check
// The keys of the desk: what each does, and the dialog that says so, made of the same list.
import { byId, input } from "../form.js";
import { t } from "../words.js";
import { asking, dialogOf, open } from "./dialog.js";

/** @typedef {{keys: string[], text: string, run: (name: string) => void, when?: () => boolean}} Key  keys as KeyboardEvent.key has them, Shift+ before an arrow; text is a message; when says whether it does anything now */

const remembered = "__Host-desk-keys", names = /** @type {Record<string, string>} */ ({ ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" });

/** Single letters can be turned off (WCAG 2.1.4): who dictates says letters without meaning them. */
const isOff = () => document.cookie.split("; ").includes(`${remembered}=off`); // not in the storage, which a log-out empties

/** @param {Element} target */
const isTyping = (target) => target.matches("textarea, select, input:not([type=checkbox])");

/**
 * Listens to the keys. None counts while something is typed, while a dialog or the menu is open, or with a modifier but Shift; Escape
 * leaves what is typed.
 * @param {Key[]} list
 */
export function listen(list) {
  const all = [...list, { keys: ["?"], text: "desk.key.help", run: help }];
  draw(all);
  addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || asking() || !byId("menu-pop").hidden) return;
    if (target instanceof HTMLElement && isTyping(target)) {
      if (event.key === "Escape") target.blur();
      return;
    }
    if (event.key.length === 1 && (isOff() || event.repeat && !"jk".includes(event.key))) return;
    const name = (event.shiftKey && event.key.startsWith("Arrow") ? "Shift+" : "") + event.key;
    const found = all.find((k) => k.keys.includes(name) && (k.when?.() ?? true));
    if (!found) return;
    event.preventDefault();
    found.run(name);
  }, true);
  byId("keys-open").addEventListener("click", help);
  for (const button of dialogOf("keys").querySelectorAll("[data-close]")) button.addEventListener("click", () => dialogOf("keys").close());
  input("keys-on").checked = !isOff();
  input("keys-on").addEventListener("change", () => (document.cookie = `${remembered}=${input("keys-on").checked ? "on" : "off"}; Path=/; Secure; SameSite=Lax; Max-Age=31536000`));
}

const help = () => void open("keys");

/** @param {Key[]} all */
function draw(all) {
  byId("keys-list").replaceChildren(...all.map((k) => {
    const row = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
    for (const key of k.keys) {
      dt.append(Object.assign(document.createElement("kbd"), { textContent: key.replace(/Arrow\w+/, (name) => names[name]).replace("Escape", names.Escape) }), " ");
    }
    dd.textContent = t(k.text);
    row.append(dt, dd);
    return row;
  }));
}
