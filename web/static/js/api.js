// @ts-check
import { has, t } from "./words.js";

/** How long an answer may take, in ms: longer than the API itself allows any of its dependencies. */
const patience = 20_000;

/** An answer that is not a success (RFC 9457), or none at all: status 0. */
export class Problem extends Error {
  /** @param {number} status @param {Record<string, any>} body @param {number} retryAfter seconds, 0 if unknown */
  constructor(status, body, retryAfter) {
    super(textOf(body.code, body.detail));
    this.status = status;
    this.code = /** @type {string} */ (body.code);
    this.retryAfter = retryAfter;
    this.body = body;
    /** @type {{pointer: string, code: string, text: string}[]} */
    this.errors = (body.errors ?? []).map((/** @type {any} */ e) => ({ pointer: e.pointer, code: e.code, text: textOf(e.code, e.detail) }));
  }
}

/** @param {string} code @param {string} detail */
function textOf(code, detail) {
  if (code === "too_many_requests" && has("limit")) return t("limit");
  return has(`error.${code}`) ? t(`error.${code}`) : detail;
}

/** What to do when the session is over: pages that need one leave, and say so. */
export const session = { ended: () => false };

/**
 * Calls the API. Throws a Problem for anything but success.
 * @param {"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} method
 * @param {string} path
 * @param {unknown} [body] sent as JSON
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>} the JSON of the answer; its ETag is the member etag
 */
export async function call(method, path, body, headers = {}) {
  const init = { method, headers, signal: AbortSignal.timeout(patience), keepalive: method === "PATCH" }; // what is being saved arrives though the page is left
  if (body !== undefined) Object.assign(init, { headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });
  /** @type {Response} */
  let answer;
  let value;
  try {
    answer = await fetch(path, init);
    const text = await answer.text();
    value = text ? JSON.parse(text) : {};
  } catch {
    throw new Problem(0, { code: "unreachable", detail: t(navigator.onLine ? "js.unreachable" : "js.offline") }, 0);
  }
  if (answer.ok) return Object.assign(value, { etag: answer.headers.get("ETag") });
  const problem = new Problem(answer.status, { code: "unreachable", detail: t("js.unreachable"), ...value }, Number(answer.headers.get("Retry-After")) || 0);
  if (answer.status === 401 && problem.code !== "credentials_wrong" && session.ended()) return new Promise(() => {}); // the page is being left
  throw problem;
}
