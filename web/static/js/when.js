// @ts-check
// Dates as they are written in India, in Indian time, in the language of the page.

/** @param {string} iso @param {Intl.DateTimeFormatOptions} style */
const written = (iso, style) => new Intl.DateTimeFormat(`${document.documentElement.lang}-IN`, { timeZone: "Asia/Kolkata", ...style }).format(new Date(iso));

/** "3 December 2026" @param {string} iso */
export const dayOf = (iso) => written(iso, { dateStyle: "long" });

/** "Thursday, 3 December 2026, 18:00 IST" @param {string} iso */
export const momentOf = (iso) => `${written(iso, { weekday: "long" })}, ${dayOf(iso)}, ${written(iso, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}\u00a0IST`; // a zone does not stand alone in a line

/** "3 Dec, 18:00", where there is little room @param {string} iso */
export const shortOf = (iso) => written(iso, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
