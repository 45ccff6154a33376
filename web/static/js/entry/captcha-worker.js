// @ts-check
// Solves a proof of work in the wire format of ALTCHA 2: finds the counter whose PBKDF2 key begins as asked.

/** @param {string} hex */
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
/** @param {ArrayBuffer} buffer */
const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");

/** More than any challenge needs: then it is broken. */
const most = 1_000_000;

/** @param {any} challenge */
async function solve(challenge) {
  const p = challenge.parameters, nonce = bytes(p.nonce), salt = bytes(p.salt);
  const password = new Uint8Array(nonce.length + 4), counterOf = new DataView(password.buffer, nonce.length);
  password.set(nonce);
  const began = performance.now();
  for (let counter = 0; counter < most; counter++) {
    counterOf.setUint32(0, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derived = hex(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: p.cost }, key, p.keyLength * 8));
    if (derived.startsWith(p.keyPrefix)) {
      return { challenge, solution: { counter, derivedKey: derived, time: Math.round(performance.now() - began) } };
    }
  }
  throw new Error("no solution");
}

onmessage = ({ data }) => {
  solve(data).then((solution) => postMessage({ solution }), (error) => postMessage({ error: String(error) }));
};
