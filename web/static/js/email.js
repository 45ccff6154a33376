// @ts-check
// The address on the pages before the log-in: typed once, kept in this tab, with a suggestion where it just misses a large provider.
import { input, settled } from "./form.js";
import { trim } from "./typed.js";

const kept = "email";

/** The address as it is sent. */
export const address = () => trim(input("email").value);

export const looksRight = () => /^\S+@\S+$/.test(address());

/** Brings the field to life, with the address that this tab knows already; or keeps an address for the pages that follow. @param {string} [known] */
export function remember(known) {
  if (known) return sessionStorage.setItem(kept, known);
  const field = input("email");
  field.value ||= sessionStorage.getItem(kept) ?? "";
  field.addEventListener("input", () => sessionStorage.setItem(kept, address()));
  field.addEventListener("change", () => import("./suggest.js").then(({ suggest }) => settled(() => suggest(field)), () => {})); // nothing is lost without it
}
