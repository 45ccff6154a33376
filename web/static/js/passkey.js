// @ts-check
// What a browser and its passkeys say to each other, in the words of the API.
import { Problem } from "./api.js";
import { t } from "./words.js";

/** @typedef {{challenge: string, rpId: string, passkeys: string[], userVerification: boolean}} Asked */
/** @typedef {{challenge: string, rpId: string, user: {id: string, name: string}, algorithms: number[], exclude: string[]}} Wanted */

/** Whether this browser knows passkeys. */
export const known = "PublicKeyCredential" in window;

/** @param {string} text base64url */
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

/** @param {ArrayBuffer | null} buffer */
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer ?? new ArrayBuffer(0)))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** @param {string[]} ids @returns {PublicKeyCredentialDescriptor[]} */
const descriptors = (ids) => ids.map((id) => ({ type: "public-key", id: bytes(id) }));

/** What the person gave up, or the device refused, is a problem like any other. @template T @param {() => Promise<T>} work */
async function within(work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem) throw error;
    const there = error instanceof DOMException && error.name === "InvalidStateError";
    throw new Problem(0, { code: there ? "passkey_present" : "passkey_none", detail: t("js.passkey.none") }, 0);
  }
}

/** Asks a passkey to prove its holder. @param {Asked} asked */
export const prove = (asked) => within(async () => {
  const found = /** @type {PublicKeyCredential} */ (await navigator.credentials.get({
    publicKey: { challenge: bytes(asked.challenge), rpId: asked.rpId, allowCredentials: descriptors(asked.passkeys), userVerification: asked.userVerification ? "required" : "preferred" },
  }));
  const r = /** @type {AuthenticatorAssertionResponse} */ (found.response);
  return { id: found.id, clientData: text(r.clientDataJSON), authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: text(r.userHandle) };
});

/** Makes a passkey. @param {Wanted} wanted */
export const make = (wanted) => within(async () => {
  const made = /** @type {PublicKeyCredential} */ (await navigator.credentials.create({
    publicKey: {
      challenge: bytes(wanted.challenge), rp: { id: wanted.rpId, name: "Central" }, user: { id: bytes(wanted.user.id), name: wanted.user.name, displayName: wanted.user.name },
      pubKeyCredParams: wanted.algorithms.map((alg) => ({ type: "public-key", alg })), excludeCredentials: descriptors(wanted.exclude),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    },
  }));
  const r = /** @type {AuthenticatorAttestationResponse} */ (made.response);
  return { id: made.id, clientData: text(r.clientDataJSON), attestationObject: text(r.attestationObject) };
});
