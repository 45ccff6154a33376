// @ts-check
import { byId } from "./form.js";

/** Hides one section and shows another, and goes to its heading. @param {string} from @param {string} to */
export function swap(from, to) {
  byId("problems").hidden = true;
  byId(from).hidden = true;
  byId(to).hidden = false;
  /** @type {HTMLElement | null} */ (byId(to).querySelector("h1"))?.focus();
}
