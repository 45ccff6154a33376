// @ts-check
// What every page has: the language, and the name menu where somebody is logged in.

/** Remembers the language and shows the page in it. What follows the # stays: it may be a mailed token. @param {string} tag */
function speak(tag) {
  document.cookie = `language=${tag}; Path=/; Max-Age=31536000; SameSite=Lax; Secure`;
  location.reload();
}

for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-language]"))) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    speak(link.dataset.language ?? "en");
  });
}

const button = document.getElementById("menu"), pop = document.getElementById("menu-pop");
if (button && pop) {
  /** @param {boolean} open */
  const set = (open) => {
    pop.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => set(pop.hidden));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || pop.hidden) return;
    set(false);
    button.focus();
  });
  document.addEventListener("click", (event) => {
    if (!button.parentElement?.contains(/** @type {Node} */ (event.target))) set(false);
  });
  button.parentElement?.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !button.parentElement?.contains(/** @type {Node} */ (event.relatedTarget))) set(false);
  });
}
