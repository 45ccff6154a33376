// A captcha whose work is done in no time. The pages do the whole work of theirs; the steps over the API, which hundreds of tests begin with,
// would spend a third of the tests' time on it.
import { createHmac, hkdfSync, pbkdf2Sync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The value of the member "captcha": a challenge of ten rounds, signed with the secret of the run whose folder of data this is, and solved. */
export async function cheapCaptcha(data: string): Promise<string> {
  const { current } = JSON.parse(await readFile(join(data, 'secret.json'), 'utf8'));
  const counter = 5, nonce = randomBytes(16), salt = randomBytes(16), cost = 10, keyLength = 32;
  const password = Buffer.concat([nonce, Buffer.alloc(4)]);
  password.writeUInt32BE(counter, nonce.length);
  const derivedKey = pbkdf2Sync(password, salt, cost, keyLength, 'sha256').toString('hex');
  const parameters = {
    algorithm: 'PBKDF2/SHA-256', nonce: nonce.toString('hex'), salt: salt.toString('hex'), cost, keyLength,
    keyPrefix: derivedKey.slice(0, 32), keySignature: sign(current, 'key', nonce.toString('hex'), derivedKey), expiresAt: Math.floor(Date.now() / 1000) + 600,
  };
  // Each value is signed, in this order.
  const challenge = { parameters, signature: sign(current, 'challenge', ...Object.values(parameters).map(String)) };
  return Buffer.from(JSON.stringify({ challenge, solution: { counter, derivedKey, time: 0 } })).toString('base64');
}

/** As shared/token signs for the purpose "captcha". */
function sign(secret: string, ...parts: string[]): string {
  const mac = createHmac('sha256', Buffer.from(hkdfSync('sha256', secret, '', 'central captcha', 32)));
  for (const part of parts) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(part));
    mac.update(length).update(part);
  }
  return mac.digest('hex');
}
