// @ts-check
// The token of a mailed link. It stays out of history and of every request but the one that uses it; it survives a reload.

const shape = /[\w-]+(?:\.[\w-]+){2}/;

/** What follows the # of the page's address, whatever a mail gateway or a copying hand has added or escaped. */
function ofAddress() {
  let text = location.hash.slice(1);
  try {
    text = decodeURIComponent(text);
  } catch {} // as it is
  return shape.exec(text)?.[0] ?? text;
}

/** @param {string} kept the name under which this tab keeps it */
export function mailedToken(kept) {
  const token = ofAddress() || sessionStorage.getItem(kept) || "";
  sessionStorage.setItem(kept, token);
  if (location.hash) history.replaceState(null, "", location.pathname);
  return token;
}
