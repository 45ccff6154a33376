// @ts-check
// The verdicts on one case while a reviewer makes them, and what follows from them. It knows no page.

/** @typedef {"y" | "n" | "na"} Answer */
/** @typedef {{id: string, text: string}} Check */
/** @typedef {{verdict: "yes" | "no" | null, code: string, detail: string, checklist: Record<string, Answer>, validUntil: string}} Verdict  validUntil is the last day on which a document is valid, as 2031-12-31, or "" */
/** @typedef {{pointer: string, documentId: string | null, checks: Check[], kept: Verdict | null, required: boolean}} Thing  a document or a field; kept is the verdict of an earlier round */
/** @typedef {{code: string, group: string, retryable: boolean, detail: string, explain: boolean, purge: boolean}} ReviewReason */

/** The reason that a check proposes where the answer is no. @type {Record<string, string>} */
const reasonOfCheck = {
  legible: "not_readable", name: "name_mismatch", holder: "name_mismatch", number: "number_mismatch", address: "address_mismatch", addresses: "address_missing",
  all_pages: "pages_missing", all_sides: "back_side_missing", valid: "expired", recent: "too_old", letterhead: "not_on_letterhead", dated: "not_dated",
  signed: "not_signed", partners: "not_signed", seal: "not_stamped", stamped: "not_stamped", signatory: "signatory_mismatch", directors: "signatory_not_authorised",
  owners: "additional_document", registered: "not_registered", notarised: "not_registered", apostilled: "language_unsupported", masked: "aadhaar_unmasked",
};

/** @param {Thing} thing */
const keyOf = (thing) => `${thing.pointer} ${thing.documentId ?? ""}`;

/** @returns {Verdict} */
const none = () => ({ verdict: null, code: "", detail: "", checklist: {}, validUntil: "" });

export class Verdicts {
  /** @type {Map<string, Verdict>} */
  #given;

  /** @param {Thing[]} things @param {ReviewReason[]} reasons @param {[string, Verdict][]} [draft] what was given before the page was loaded again */
  constructor(things, reasons, draft = []) {
    this.things = things;
    this.reasons = reasons;
    const known = new Set(things.map(keyOf));
    this.#given = new Map(draft.filter(([key]) => known.has(key)));
  }

  /** @param {Thing} thing @returns {Verdict} */
  of(thing) { return this.#given.get(keyOf(thing)) ?? thing.kept ?? none(); }

  /** Whether it was judged in this sitting, and not in an earlier round. @param {Thing} thing */
  isNew(thing) { return this.#given.has(keyOf(thing)); }

  /** The check that nobody has answered yet; null when the verdict itself is next. @param {Thing} thing */
  open(thing) {
    const { checklist } = this.of(thing);
    return thing.checks.find((c) => !checklist[c.id]) ?? null;
  }

  /** The checks whose answer is no. @param {Thing} thing */
  against(thing) {
    const { checklist } = this.of(thing);
    return thing.checks.filter((c) => checklist[c.id] === "n");
  }

  /** Answers one check. A verdict that the answer contradicts is taken back. @param {Thing} thing @param {string} check @param {Answer} answer */
  answer(thing, check, answer) {
    const before = this.of(thing), v = { ...before, checklist: { ...before.checklist, [check]: answer } };
    if (answer === "n" && v.verdict === "yes") v.verdict = null;
    this.#given.set(keyOf(thing), v);
  }

  /** Remembers the last day on which a document is valid. @param {Thing} thing @param {string} day */
  lasts(thing, day) { this.#given.set(keyOf(thing), { ...this.of(thing), validUntil: day }); }

  /** Whether a yes would contradict or precede the checklist. @param {Thing} thing */
  mayAccept(thing) { return this.open(thing) === null && this.against(thing).length === 0; }

  /** @param {Thing} thing */
  accept(thing) { this.#given.set(keyOf(thing), { ...this.of(thing), verdict: "yes", code: "", detail: "" }); }

  /** @param {Thing} thing @param {string} code @param {string} detail */
  refuse(thing, code, detail) { this.#given.set(keyOf(thing), { ...this.of(thing), verdict: "no", code, detail }); }

  /** The code that the checklist proposes; "" where it proposes none. @param {Thing} thing */
  proposed(thing) {
    const code = this.against(thing).map((c) => reasonOfCheck[c.id]).find((code) => this.reasons.some((r) => r.code === code));
    return code ?? "";
  }

  /** Whether a verdict is complete: a no has a reason, and where that asks for it a sentence. @param {Thing} thing */
  isJudged(thing) {
    const v = this.of(thing), reason = this.reasons.find((r) => r.code === v.code);
    return v.verdict === "yes" || (v.verdict === "no" && v.code !== "" && (!reason?.explain || v.detail.trim() !== ""));
  }

  /** What has no verdict, and needs one: each document, each field that was changed, and each no without a reason. */
  missing() { return this.things.filter((thing) => !this.isJudged(thing) && (thing.required || this.of(thing).verdict === "no")); }

  /** What follows: null while something is missing. @returns {"approve" | "needs_info" | "reject" | null} */
  outcome() {
    if (this.missing().length) return null;
    const against = this.things.map((thing) => this.of(thing)).filter((v) => v.verdict === "no");
    const final = against.some((v) => this.reasons.find((r) => r.code === v.code)?.retryable === false);
    return final ? "reject" : against.length ? "needs_info" : "approve";
  }

  /** The verdicts of this sitting as the API takes them: those of earlier rounds stand there already. */
  parts() {
    return this.things.filter((thing) => this.isNew(thing) && this.isJudged(thing)).map((thing) => {
      const v = this.of(thing);
      const validUntil = v.verdict === "yes" && v.validUntil || null; // of what is not accepted nobody asks
      return { pointer: thing.pointer, documentId: thing.documentId, verdict: v.verdict, code: v.code, detail: v.detail.trim(), checklist: v.checklist, validUntil };
    });
  }

  /** What a page that is loaded again begins with. @returns {[string, Verdict][]} */
  draft() { return [...this.#given]; }
}
