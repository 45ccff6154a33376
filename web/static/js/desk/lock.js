// @ts-check
// The desk is opened by the reviewer's password, and shuts when nobody has touched it for ten minutes.
import { Problem, call } from "../api.js";
import { byId, input } from "../form.js";
import { passwords } from "../password.js";
import { stepUp } from "../step-up.js";
import { dialogOf, open, sends } from "./dialog.js";

/** How long the desk stays open without a touch, in ms; the API counts the same from its last call. */
const idle = 10 * 60_000;

const dialog = dialogOf("lock");
let sitting = 0; // counts how often the desk was opened
/** @type {{done: Promise<void>, open: () => void} | null} */
let locked = null;

export const isLocked = () => locked !== null;

/** Shuts the desk, and hides what lies on it until the password was given. */
function lock() {
  if (locked) return locked.done;
  let opened = () => {};
  const done = new Promise((/** @type {(value: void) => void} */ resolve) => (opened = resolve));
  locked = { done, open: opened };
  document.body.classList.add("is-locked");
  ask();
  return done;
}

function ask() {
  open("lock");
  input("password").focus();
}

passwords();
sends("lock", async ({ password }) => {
  await stepUp(() => call("POST", "/v1/review/unlock", { password }));
  sitting++;
  document.body.classList.remove("is-locked");
  locked?.open();
  locked = null;
});
dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.preventDefault());
dialog.addEventListener("close", () => locked && ask()); // a browser lets nobody be kept in one for ever

/** Says whose password it is, for the password manager. @param {string} email */
export const lockFor = (email) => void (input("username").defaultValue = email);

/**
 * Calls the API of the desk; where that is locked, after it was opened. Throws a Problem for anything else.
 * @param {"GET" | "POST"} method @param {string} path below /v1/review @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function desk(method, path, body) {
  for (;;) {
    await locked?.done;
    const before = sitting;
    try {
      return await call(method, `/v1/review${path}`, body);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "desk_locked") throw error;
      if (before === sitting) await lock();
    }
  }
}

let touched = Date.now();
for (const type of ["keydown", "pointerdown", "pointermove", "wheel"]) addEventListener(type, () => (touched = Date.now()), { capture: true, passive: true });

/** Shuts the desk when nobody has touched it for too long. */
const look = () => void (Date.now() - touched >= idle && lock());
setInterval(look, 15_000);
document.addEventListener("visibilitychange", look);
byId("lock-now").addEventListener("click", () => void lock());
