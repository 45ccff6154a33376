// @ts-check
// Asking in place: which one, and whether really.
import { copyOf, part } from "./template.js";

/**
 * Asks in place before something is done that cannot be undone. Whoever keeps things as they are is back at the control that asked.
 * @param {HTMLElement} place where the question stands @param {string} question @param {string} yes what the button says that does it
 * @param {HTMLElement} from the control that asks
 * @returns {Promise<boolean>}
 */
export function ask(place, question, yes, from) {
  const box = copyOf("ask"), keep = part(box, "[data-keep]"), go = part(box, "[data-go]");
  part(box, "[data-question]").textContent = question;
  box.setAttribute("aria-label", question);
  go.textContent = yes;
  place.append(box);
  keep.focus();
  return new Promise((resolve) => {
    /** @param {boolean} answer */
    const answered = (answer) => {
      if (!answer) from.focus();
      box.remove();
      resolve(answer);
    };
    go.addEventListener("click", () => answered(true));
    keep.addEventListener("click", () => answered(false));
    box.addEventListener("keydown", (event) => event.key === "Escape" && answered(false));
  });
}

/**
 * Below what is said of a text: a button for whoever knows that the number in it is none of Aadhaar. It takes no focus, because the text is judged when it is left.
 * @param {HTMLElement} place @param {string} of the name of the text @param {() => void} yes
 */
export function sure(place, of, yes) {
  place.querySelector(".sure")?.remove();
  const box = copyOf("sure"), button = part(box, "button");
  part(button, "[data-of]").textContent = `: ${of}`;
  button.addEventListener("click", () => {
    box.remove();
    yes();
  });
  place.append(box);
}

/**
 * Calls with each choice as soon as it is made. Who goes through the options with the keys has not chosen yet: that counts on Enter and on
 * leaving, unless it does no harm to take it at once.
 * @param {HTMLSelectElement} select @param {() => string} now what is chosen so far @param {() => void} chosen @param {() => boolean} [harmless]
 */
export function onChoice(select, now, chosen, harmless = () => false) {
  let going = false;
  const take = () => {
    if (select.value && select.value !== now()) chosen();
  };
  select.addEventListener("keydown", (event) => {
    going = !["Enter", " ", "Tab", "Escape"].includes(event.key);
    if (event.key !== "Enter" || !select.value || select.value === now()) return;
    event.preventDefault(); // it would hand in the form
    take();
  });
  select.addEventListener("pointerdown", () => (going = false));
  select.addEventListener("change", () => (going && !harmless()) || take());
  select.addEventListener("blur", take);
}
