// @ts-check
// A file as the page shows it, whether it is here still or a document already.
import { copyOf, part } from "../template.js";
import { named, t } from "../words.js";

const KiB = 1024, MiB = 1024 * KiB;

/** As files are shown on people's devices. @param {number} bytes */
export function sizeOf(bytes) {
  const mega = bytes >= MiB;
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: mega ? "megabyte" : "kilobyte", maximumFractionDigits: mega ? 1 : 0 })
    .format(bytes / (mega ? MiB : KiB));
}

/** @param {{options: {id: string, title: string}[]}} r what it was asked for @param {{documentType: string | null, fileName: string, size: number, state: string}} d */
export function fileOf(r, d) {
  const f = copyOf("file");
  part(f, "[data-name]").textContent = d.fileName;
  const option = r.options.find((o) => o.id === d.documentType);
  part(f, "[data-meta]").textContent = [
    option && r.options.length > 1 ? named(`document.${option.id}`, option.title) : "", sizeOf(d.size), t(`state.${d.state}`),
  ].filter(Boolean).join(" · ");
  for (const of of f.querySelectorAll("[data-of]")) of.textContent = ` ${d.fileName}`;
  for (const button of f.querySelectorAll("[data-act]")) button.remove();
  return f;
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
