// @ts-check
// The messages that the page brought for its scripts.

/** @type {Record<string, string>} */
const words = JSON.parse(document.getElementById("words")?.textContent || "{}");

/** Takes the messages of another language. @param {string} json */
export const learn = (json) => void Object.assign(words, JSON.parse(json));

/** @param {string} key */
export const has = (key) => key in words;

/**
 * The message of a key, with {name} replaced by values.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

let kind = "";

/** What an entity type calls otherwise is called so from now on: "field.legalName.huf" comes before "field.legalName". @param {string | null} entityType */
export const speakOf = (entityType) => void (kind = entityType ?? "");

/**
 * What the API names in English, in the page's language where there are words for it.
 * @param {string} key
 * @param {string} english
 */
export const named = (key, english) => words[`${key}.${kind}`] ?? words[key] ?? english;

/** Whole seconds as 1:05. @param {number} seconds */
export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
