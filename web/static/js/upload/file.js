// @ts-check
// A file as the page shows it, whether it is here still or a document already.
import { copyOf, part } from "../template.js";

const KiB = 1024, MiB = 1024 * KiB;

/** As files are shown on people's devices. @param {number} bytes */
export function sizeOf(bytes) {
  const mega = bytes >= MiB;
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: mega ? "megabyte" : "kilobyte", maximumFractionDigits: mega ? 1 : 0 })
    .format(bytes / (mega ? MiB : KiB));
}

/** Shows a picture in place of the sign for a document. @param {HTMLElement} file @param {string | undefined} url */
export function picture(file, url) {
  if (!url) return;
  const small = new Image();
  small.alt = "";
  small.src = url;
  part(file, "[data-thumb]").replaceChildren(small);
}

/** @param {HTMLElement} file @param {"view" | "retry" | "cancel" | "remove"} act @param {string} name @param {(button: HTMLElement) => void} work */
export function act(file, act, name, work) {
  const button = /** @type {HTMLElement} */ (part(copyOf("file"), `[data-act=${act}]`));
  part(button, "[data-of]").textContent = ` ${name}`;
  button.addEventListener("click", () => work(button));
  part(file, ".file__acts").append(button);
  return button;
}
