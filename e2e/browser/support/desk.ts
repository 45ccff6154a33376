// A review desk whose API is answered here: one case of a sole proprietor, and whatever a test makes of it.
import { createHash } from 'node:crypto';
import type { Page, Route } from '@playwright/test';
import { jpeg } from './files.ts';
import type { Json } from './person.ts';

const picture = jpeg('page.jpg', 620, 877).buffer;
export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

export const reference = 'K7M2-9QXD';

const check = (id: string, text: string) => ({ id, text });
const checks = {
  pan_card: [check('name', 'The name as you typed it'), check('number', 'The number as you typed it'), check('legible', 'Every word can be read')],
  udyam_certificate: [check('holder', 'The legal name as you typed it'), check('valid', 'Valid today'), check('address', 'The address as you typed it')],
  cancelled_cheque: [check('holder', 'The legal name as you typed it'), check('legible', 'Every word can be read')],
};

const reason = (code: string, group: string, retryable: boolean, detail: string, explain = false) => ({ code, group, retryable, detail, explain, purge: false });
const reasons = [
  reason('not_readable', 'quality', true, 'We cannot read the document.'), reason('number_mismatch', 'match', true, 'The number on the document is another than the one that you gave.'),
  reason('other', 'data', true, '', true), reason('manipulated', 'final', false, 'We cannot verify you by these documents.'),
];

type Type = keyof typeof checks;

const paper = (id: string, type: Type, typeTitle: string, pages: number, more: Json = {}): Json => ({
  id, type, typeTitle, fileName: `${type}.pdf`, contentType: 'application/pdf', size: 24_000, state: 'clean', flattened: false, pages: Array(pages).fill(sha256(picture)), sha256: 'ab'.repeat(32),
  origin: { program: '', signature: 'none', signer: '', extended: false }, verdict: null, new: false, checklist: checks[type], ...more,
});

const requirement = (id: string, title: string, expected: Json[], documents: Json[], more: Json = {}): Json => ({
  pointer: `/requirements/${id}`, id, title, whose: 'entity', expected, documents, flag: null, answer: null, ...more,
});

const name = { label: 'Legal name', value: 'Asha Rao' }, pan = { label: 'PAN', value: 'ABCPR1234D' };

export function caseOf(more: Json = {}): Json {
  return {
    reference, accountId: '01HZX', caseNo: 1, status: 'under_review', lane: 'new', round: 1, version: 4, risk: null, dueAt: '2026-11-25T12:30:00Z', overdue: true, submittedAt: '2026-11-23T05:00:00Z',
    entityType: { code: 'sole_proprietorship', name: 'Sole proprietorship' }, holder: { name: 'Asha Rao', company: 'Rao Traders', email: 'asha@example.com', phone: '+919812345678', type: 'individual' },
    lease: { id: 'lease-1', by: 'Ravi Iyer', until: '2026-11-26T09:05:00Z', mine: true },
    fields: [
      { pointer: '/entityType', label: 'Entity type', value: 'Sole proprietorship', earlier: null, flag: null, answer: null, verdict: null },
      { pointer: '/fields/pan', label: 'PAN', value: pan.value, earlier: null, flag: null, answer: null, verdict: null },
    ],
    requirements: [
      requirement('entity_pan', 'PAN of the proprietor', [name, pan], [paper('d1', 'pan_card', 'PAN card', 2)]),
      requirement('business_proof', 'Proof of the business', [name], [paper('d2', 'udyam_certificate', 'Udyam registration certificate', 1)]),
      requirement('bank_proof', 'Proof of the bank account', [name], [paper('d3', 'cancelled_cheque', 'Cancelled cheque', 1)]),
    ],
    findings: [{ severity: 'warning', code: 'file_known', detail: 'The same file is in case AAAA-BBBB of another account.', pointers: ['/requirements/bank_proof'] }],
    rounds: [], notes: [], firstBy: null, canDecide: ['approve', 'needs_info', 'reject', 'second_look'], ...more,
  };
}

const item = { reference, lane: 'new', dueAt: '2026-11-25T12:30:00Z', overdue: true, entityType: 'sole_proprietorship', displayName: 'Rao Traders', round: 1, risk: null, submittedAt: '2026-11-23T05:00:00Z', leasedBy: null, leaseUntil: null, status: 'submitted' };

const home = {
  reviewer: { accountId: '01HZY', name: 'Ravi Iyer', lead: true }, scanner: 'on', reasons, checklists: checks, mine: [item],
  lanes: ['second_look', 'answered', 'new', 'rekyc', 'colleague'].map((lane) => ({ lane, waiting: lane === 'new' ? 12 : 0, overdue: lane === 'new' ? 1 : 0, oldest: null })),
};

const report = {
  lanes: home.lanes, decisions: [{ hour: '2026-11-26T04:00:00Z', count: 7 }], firstTimeRight: [{ entityType: 'sole_proprietorship', approvedFirst: 3, decided: 4 }], reasons: [{ code: 'not_readable', count: 5 }], reversals: 1, samples: [{ reference, entityType: 'sole_proprietorship', at: '2026-11-26T05:00:00Z' }],
};

/** What the page sent, newest last: method and path below /v1/review, and the body. */
export interface Sent { at: string; body: Json }

/**
 * Answers the desk's API for a page. `own` answers what a test wants otherwise, by method and path below /v1/review.
 */
export async function mockDesk(page: Page, own: Record<string, (body: Json) => { status?: number; json?: Json } | undefined> = {}): Promise<Sent[]> {
  const sent: Sent[] = [], one = `/cases/${reference}`, soon = () => new Date(Date.now() + 60_000).toISOString();
  const answers: Record<string, () => Json> = {
    'GET ': () => home, 'POST /next': () => ({ case: caseOf() }), [`GET ${one}`]: () => caseOf(), [`POST ${one}/claim`]: () => caseOf(), [`POST ${one}/release`]: () => ({ leaseUntil: null }),
    [`POST ${one}/heartbeat`]: () => ({ leaseUntil: soon() }), [`POST ${one}/preview`]: () => ({ language: 'hi', subject: 'आपका KYC स्वीकृत है', sentences: ['आप सभी उत्पाद उपयोग कर सकते हैं।'] }),
    [`POST ${one}/decision`]: () => ({ status: 'approved', lane: null, undoUntil: soon(), recordId: 'r1' }), [`POST ${one}/undo`]: () => ({ status: 'under_review' }),
    [`GET ${one}/history`]: () => ({ records: [{ at: '2026-11-23T05:00:00Z', actor: { kind: 'holder', name: '' }, kind: 'submit', reason: null, note: null, parts: [], flags: {} }] }),
    'GET /report': () => report, 'POST /search': () => ({ items: [item] }), 'GET /cases': () => ({ items: [item], next: null }),
  };
  await page.route('**/v1/review**', (route: Route) => answer(route));
  await page.route('**/v1/review/**', (route: Route) => answer(route));
  await page.route('**/pages/*.jpg', (route) => route.fulfill({ contentType: 'image/jpeg', body: picture }));
  async function answer(route: Route) {
    const r = route.request(), path = new URL(r.url()).pathname.replace('/v1/review', ''), at = `${r.method()} ${path}`, body = r.postDataJSON() ?? {};
    sent.push({ at, body });
    const given = own[at]?.(body);
    if (given) return route.fulfill({ status: given.status ?? 200, json: given.json ?? {}, contentType: given.status && given.status > 299 ? 'application/problem+json' : undefined });
    const document = /documents\/(\w+)\/pages\/(\d+)$/.exec(path);
    if (document) return route.fulfill({ json: { url: `/pages/${document[1]}-${document[2]}.jpg`, sha256: sha256(picture), expiresAt: soon() } });
    const known = answers[at];
    return known ? route.fulfill({ json: known() }) : route.fulfill({ status: 404, json: { status: 404, code: 'case_unknown', detail: 'There is no such case.' } });
  }
  return sent;
}

export { paper, requirement };
