// Solves one challenge, written from the format's description alone: an independent check of the Go code.
// Standard input: the challenge as JSON. Standard output: the payload as base64 of JSON.
import { pbkdf2Sync } from 'node:crypto';
import { readFileSync } from 'node:fs';

const challenge = JSON.parse(readFileSync(0, 'utf8'));
const { algorithm, nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
if (algorithm !== 'PBKDF2/SHA-256') throw new Error(`unknown algorithm ${algorithm}`);

const password = Buffer.concat([Buffer.from(nonce, 'hex'), Buffer.alloc(4)]);
for (let counter = 0; ; counter++) {
  password.writeUInt32BE(counter, password.length - 4);
  const derivedKey = pbkdf2Sync(password, Buffer.from(salt, 'hex'), cost, keyLength, 'sha256').toString('hex');
  if (derivedKey.startsWith(keyPrefix)) {
    const payload = { challenge, solution: { counter, derivedKey, time: 1.5 } };
    process.stdout.write(Buffer.from(JSON.stringify(payload)).toString('base64'));
    break;
  }
}
