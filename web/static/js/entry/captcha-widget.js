// @ts-check
// The captchas of third parties, rendered on request. Only loaded where one is configured.

/** Where each provider's script lies, and what it calls itself. @type {Record<string, {script: string, name: string}>} */
const providers = {
  turnstile: { script: "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit", name: "turnstile" },
  hcaptcha: { script: "https://js.hcaptcha.com/1/api.js?render=explicit", name: "hcaptcha" },
  recaptcha: { script: "https://www.google.com/recaptcha/api.js?render=explicit", name: "grecaptcha" },
};

/** @param {string} provider @returns {Promise<any>} */
function load(provider) {
  const { script, name } = providers[provider];
  return new Promise((resolve, reject) => {
    const found = /** @type {any} */ (window)[name];
    if (found) return resolve(found);
    const tag = document.createElement("script");
    tag.src = script;
    tag.onload = () => {
      const api = /** @type {any} */ (window)[name];
      if (api.ready) api.ready(() => resolve(api));
      else resolve(api);
    };
    tag.onerror = () => reject(new Error(`${provider} cannot be loaded`));
    document.head.append(tag);
  });
}

/**
 * Shows the widget and waits for its token.
 * @param {string} provider @param {string} siteKey @param {HTMLElement} room
 * @returns {Promise<string>}
 */
export async function widget(provider, siteKey, room) {
  const api = await load(provider);
  const box = document.createElement("div");
  room.replaceChildren(box);
  return new Promise((resolve, reject) => {
    api.render(box, { sitekey: siteKey, callback: resolve, "error-callback": () => reject(new Error(provider)), "expired-callback": () => reject(new Error("expired")) });
  });
}
