// @ts-check
import { clear, input, say, settled } from "./form.js";
import { t } from "./words.js";

/** The product's rule, as the API checks it too: 8 characters, upper case, lower case, a digit, a special character. @type {Record<string, (s: string) => boolean>} */
const rules = {
  length: (s) => [...s].length >= 8,
  upper: (s) => /\p{Lu}/u.test(s),
  lower: (s) => /\p{Ll}/u.test(s),
  digit: (s) => /\p{Nd}/u.test(s),
  special: (s) => /[^\p{Lu}\p{Ll}\p{Nd}]/u.test(s),
};

/** The rules that a password does not keep yet, in words. @param {string} s as typed */
function missing(s) {
  const names = Object.keys(rules).filter((name) => !rules[name](s.normalize("NFKC"))).map((name) => t(`password.rule.${name}`));
  const lower = names.map((name) => name[0].toLocaleLowerCase() + name.slice(1));
  return new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" }).format(lower);
}

/** Ticks off the rules below a new password while it is typed. @param {string} id */
function checklist(id) {
  const items = document.querySelectorAll(`#${id}-checks [data-rule]`);
  const look = () => {
    const s = input(id).value.normalize("NFKC");
    for (const item of items) {
      const met = rules[/** @type {HTMLElement} */ (item).dataset.rule ?? ""](s);
      item.classList.toggle("is-met", met);
      const said = item.querySelector("[data-said]");
      if (said) said.textContent = met ? `: ${t("password.met")}` : "";
    }
  };
  input(id).addEventListener("input", look);
  look();
}

/** @param {HTMLElement} button @param {boolean} shown */
function reveal(button, shown) {
  const field = input(button.dataset.reveal ?? "");
  const label = document.querySelector(`label[for=${field.id}]`)?.textContent?.trim();
  field.type = shown ? "text" : "password";
  button.textContent = t(shown ? "password.hide" : "password.show");
  button.setAttribute("aria-label", `${button.textContent}: ${label}`);
}

/** Brings the passwords of the page to life. They are hidden again when a form is sent or the page comes back. */
export function passwords() {
  const buttons = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-reveal]"));
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => reveal(button, input(button.dataset.reveal ?? "").type === "password"));
  }
  const hide = () => buttons.forEach((button) => reveal(button, false));
  document.addEventListener("submit", hide, true);
  document.addEventListener("translated", hide);
  addEventListener("pageshow", hide);
  for (const list of document.querySelectorAll(".checks")) {
    const id = list.id.replace("-checks", "");
    checklist(id);
    if (document.getElementById("confirm")) repeated(id);
  }
}

/**
 * The mistakes of a new password and its repetition.
 * @param {string} id @returns {import("./form.js").Mistake[]}
 */
export function newPassword(id) {
  const s = input(id).value, lacks = missing(s);
  const wrong = [];
  if (!s) wrong.push({ field: id, text: t("password.enter") });
  else if (lacks) wrong.push({ field: id, text: t("password.lacks", { list: lacks }) });
  if (s !== input("confirm").value) wrong.push({ field: "confirm", text: t(input("confirm").value ? "password.differ" : "password.confirm") });
  return wrong;
}

/** Compares the repetition when it is left, and takes the mistake back as soon as the two are the same. @param {string} id */
function repeated(id) {
  const first = input(id), second = input("confirm");
  const differ = () => second.value !== "" && second.value !== first.value;
  for (const field of [first, second]) {
    field.addEventListener("change", () => settled(() => differ() && say({ field: "confirm", text: t("password.differ") })));
    field.addEventListener("input", () => differ() || clear("confirm"));
  }
}

/** Empties the page's passwords, after a log-in that did not succeed. */
export function forget() {
  for (const field of document.querySelectorAll("input[autocomplete=current-password]")) /** @type {HTMLInputElement} */ (field).value = "";
}
