// @ts-check

/** What was typed or pasted without white space and marks that nobody sees at both ends, as the API reads it too. @param {string} s */
export const trim = (s) => s.replace(/^[\s\p{DI}\p{Cf}\u2800]+|[\s\p{DI}\p{Cf}\u2800]+$/gu, "");
