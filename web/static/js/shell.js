// @ts-check
// What every page has: the language, the name menu where somebody is logged in, and a page for when the network is gone.

/** Remembers the language and shows the page in it; in place where a password was typed, which a new page would lose. @param {string} tag */
async function speak(tag) {
  document.cookie = `__Host-language=${tag}; Path=/; Max-Age=31536000; SameSite=Lax; Secure`;
  const typed = [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[autocomplete$=password]"))].some((field) => field.value);
  if (!typed) return location.reload();
  await import("./language.js").then(({ translate }) => translate()).catch(() => {}); // the next page is in that language
}

for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-language]"))) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    void speak(link.dataset.language ?? "en");
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

// Where something could not be loaded: the page is loaded again by a press, or as soon as there is a network.
for (const again of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-reload]"))) {
  again.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  });
  addEventListener("online", () => again.offsetParent && location.reload());
}

/** Keeps the pages that say what is wrong when nothing else can be loaded. */
function keep() {
  const worker = new URL(`../sw.js?language=${document.documentElement.lang}`, import.meta.url).href;
  const policy = /** @type {any} */ (window).trustedTypes?.createPolicy("service-worker", { createScriptURL: () => worker });
  navigator.serviceWorker.register(policy ? policy.createScriptURL("") : worker, { scope: "/" }).catch(() => {}); // nothing is lost without
}

// After everything that a person waits for.
if ("serviceWorker" in navigator) addEventListener("load", () => setTimeout(keep, 2000));
