// @ts-check
// The place of a requirement where files are added: drop, choose or photograph.
import { act, copyOf, part, picture, sizeOf } from "./case.js";
import { look, upload } from "./upload.js";
import { named, t } from "./words.js";

/** Rows that show an upload on its way. @type {WeakMap<Element, number>} */
const uploads = new WeakMap();

/** What the photos of this visit look like, by document. @type {Map<string, string>} */
export const pictures = new Map();

/** @param {Element} row */
export const busy = (row) => (uploads.get(row) ?? 0) > 0;

/** @param {Element} row @param {number} change */
const count = (row, change) => uploads.set(row, (uploads.get(row) ?? 0) + change);

/**
 * Shows a file on its way until it has arrived, was cancelled, or is tried again.
 * @param {HTMLElement} row @param {import("./case.js").Requirement} r @param {string} documentType @param {File} file @param {string} type
 * @param {() => Promise<void>} done
 */
async function send(row, r, documentType, file, type, done) {
  const shown = copyOf("file");
  for (const button of shown.querySelectorAll("[data-act]")) button.remove();
  part(shown, "[data-name]").textContent = file.name;
  const progress = /** @type {HTMLProgressElement} */ (part(shown, "progress")), meta = part(shown, "[data-meta]");
  progress.hidden = false;
  progress.setAttribute("aria-label", `${t("state.uploading")} ${file.name}`);
  const photo = type.startsWith("image/") ? URL.createObjectURL(file) : "";
  picture(shown, photo);
  const stop = new AbortController();
  const cancel = act(shown, "cancel", file.name, () => stop.abort());
  part(row, "[data-files]").append(shown);
  count(row, 1);
  try {
    const id = await upload({ requirement: r.id, documentType, file, type }, stop.signal, (sent, all) => {
      progress.value = (100 * sent) / all;
      meta.textContent = t("upload.progress", { done: sizeOf(sent), all: sizeOf(all) });
    });
    if (photo) pictures.set(id, photo);
    shown.remove();
    count(row, -1);
    await done();
  } catch (error) {
    count(row, -1);
    URL.revokeObjectURL(photo);
    cancel.remove();
    progress.hidden = true;
    meta.textContent = /** @type {Error} */ (error).message;
    meta.setAttribute("role", "alert");
    if (stop.signal.aborted) return shown.remove();
    count(row, 1); // it stays in sight until it is tried again or taken away
    const left = new AbortController();
    /** @param {() => Promise<void>} then */
    const leave = (then) => {
      left.abort();
      count(row, -1);
      shown.remove();
      void then();
    };
    const again = act(shown, "retry", file.name, () => leave(() => send(row, r, documentType, file, type, done)));
    act(shown, "remove", file.name, () => leave(done));
    addEventListener("online", () => again.click(), { signal: left.signal });
    again.focus();
  }
}

/**
 * @param {HTMLElement} row @param {import("./case.js").Requirement} r @param {() => Promise<void>} done after each file
 * @returns {HTMLElement}
 */
export function adder(row, r, done) {
  const box = copyOf("adder"), problem = part(box, "[data-problem]");
  const title = named(`requirement.${r.id}`, r.title);
  part(box, "[data-limits]").textContent = t("upload.limits", { most: sizeOf(r.maxBytes) });
  for (const of of box.querySelectorAll("[data-of]")) of.textContent = t("upload.of", { title });
  const kind = part(box, ".kind"), kinds = /** @type {HTMLSelectElement} */ (part(kind, "select"));
  kind.hidden = r.options.length < 2;
  if (r.options.length > 1) kinds.append(new Option(t("upload.kind"), ""));
  for (const o of r.options) kinds.append(new Option(named(`document.${o.id}`, o.title), o.id));

  /** @param {FileList | null | undefined} files */
  const add = async (files) => {
    problem.hidden = kinds.value !== "" || r.minOf < 2;
    problem.textContent = t("upload.which");
    if (!problem.hidden) return kinds.focus();
    for (const file of files ?? []) {
      const seen = await look(file, r.maxBytes);
      if (seen.problem) {
        problem.textContent = `${file.name}: ${seen.problem}`;
        problem.hidden = false;
      } else void send(row, r, kinds.value, file, seen.type, done);
    }
  };
  /** @param {string} button @param {string} file */
  const choose = (button, file) => {
    const control = /** @type {HTMLInputElement} */ (part(box, file));
    part(box, button).addEventListener("click", () => control.click());
    control.addEventListener("change", async () => {
      await add(control.files);
      control.value = "";
    });
  };
  choose("[data-act=choose]", "[data-file]");
  choose("[data-act=photo]", "[data-camera]");
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("is-over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("is-over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("is-over");
    void add(event.dataTransfer?.files);
  });
  return box;
}
