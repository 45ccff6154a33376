// @ts-check
// Times on the desk are Indian times, wherever the reviewer's clock is.
import { t } from "./words.js";

/** @param {Intl.DateTimeFormatOptions} style @param {string} iso */
const written = (style, iso) => new Intl.DateTimeFormat(`${document.documentElement.lang}-IN`, { timeZone: "Asia/Kolkata", ...style }).format(new Date(iso));

/** A day and a time as 26 Nov, 3:05 pm. @param {string} iso */
export const momentOf = (iso) => written({ day: "numeric", month: "short", hour: "numeric", minute: "2-digit" }, iso);

/** A day with its year. @param {string} iso */
export const dayOf = (iso) => written({ dateStyle: "medium" }, iso);

/** When a case is due, and that it is overdue. @param {{dueAt: string | null, overdue: boolean}} c */
export const dueText = (c) => (c.dueAt ? t(c.overdue ? "desk.js.overdue" : "desk.js.due", { time: momentOf(c.dueAt) }) : "");
