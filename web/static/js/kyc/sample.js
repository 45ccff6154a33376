// @ts-check
// What a good one looks like: a drawing of the paper with numbers, and beside it what we look for at each. Nothing of it is loaded before somebody opens it.
import { copyOf, part } from "../template.js";
import { named, t } from "../words.js";

/** @typedef {import("./case.js").Requirement} Requirement */
/** @typedef {Requirement["options"][number]} Option */

/** @param {Option} o */
function checksOf(o) {
  return o.checklist.map((c) => {
    const item = document.createElement("li");
    item.textContent = named(`check.${c.id}`, c.text);
    return item;
  });
}

/** A place in hundredths, with the number that the list has for it. @param {{x: number, y: number}} spot @param {number} i */
function numbered({ x, y }, i) {
  const mark = Object.assign(document.createElement("span"), { className: "sample__mark", textContent: String(i + 1) });
  mark.ariaHidden = "true";
  mark.style.insetInlineStart = `${x}%`;
  mark.style.insetBlockStart = `${y}%`;
  return mark;
}

/** @param {Option} o */
function figureOf(o) {
  const figure = copyOf("sample"), paper = part(figure, "[data-paper]");
  part(figure, "[data-checks]").append(...checksOf(o));
  if (!o.sample) paper.remove();
  else {
    const { name, spots } = o.sample, drawing = new Image();
    drawing.addEventListener("load", () => paper.append(...spots.map(numbered)), { once: true }); // before, there is nothing for them to point at
    drawing.alt = t(`sample.${name}`);
    drawing.src = new URL(`../../samples/${name}.svg`, import.meta.url).href;
    paper.append(drawing);
  }
  return figure;
}

/** Whether there is something to show of a requirement. @param {Requirement} r */
export const hasSamples = (r) => r.options.some((o) => o.checklist.length > 0);

/** Draws what a folding shows when it is opened and has nothing but its summary. @param {HTMLElement} folding @param {() => Node[]} draw */
const onOpen = (folding, draw) => folding.addEventListener("toggle", () => folding.childElementCount === 1 && folding.append(...draw()));

/** Of one document that would do, the drawing; of several, one folding each. @param {HTMLElement} folding @param {() => Requirement} now */
export function samples(folding, now) {
  onOpen(folding, () => {
    const { options } = now(), shown = options.filter((o) => o.checklist.length > 0);
    return options.length === 1 ? shown.map(figureOf) : shown.map((o) => {
      const kind = copyOf("sample-kind");
      part(kind, "summary").textContent = named(`document.${o.id}`, o.title);
      onOpen(kind, () => [figureOf(o)]);
      return kind;
    });
  });
}

/** Folds it again, to be drawn anew. @param {HTMLElement} folding */
export function forget(folding) {
  /** @type {HTMLDetailsElement} */ (folding).open = false;
  folding.replaceChildren(part(folding, "summary"));
}
