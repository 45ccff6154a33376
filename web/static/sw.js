// @ts-check
// The service worker: shows a page of ours where otherwise the browser's own would say that there is no network, or a gateway
// would say "Internal Server Error". It keeps nothing else, and no answer of the API. Its address has the version and the language.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const language = new URL(location.href).searchParams.get("language");
const cacheName = location.href;

/** @param {"offline" | "500"} name */
const address = (name) => new URL(`${name}.${language}.html`, location.href).href;

worker.addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(cacheName);
  await cache.addAll([address("offline"), address("500")]);
  await worker.skipWaiting(); // it holds nothing that a page of the version before could miss
})()));

worker.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== cacheName) await caches.delete(name);
  await worker.registration.navigationPreload?.enable(); // the request does not wait for this worker
})()));

/** @param {"offline" | "500"} name @param {number} [status] */
async function kept(name, status = 200) {
  const page = await caches.match(address(name));
  return page && new Response(page.body, { status, headers: page.headers });
}

/** @param {FetchEvent} event */
async function navigate(event) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    return (answer.status >= 500 && (await kept("500", answer.status))) || answer;
  } catch (error) {
    const page = await kept("offline");
    if (page) return page;
    throw error;
  }
}

worker.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(navigate(event));
});
