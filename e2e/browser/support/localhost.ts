// A run of its own under the name localhost: browsers know passkeys for names alone, and not for 127.0.0.1.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Starts the run, hands its address over, and ends it afterwards. The run of all other tests has built what it is. */
export async function onLocalhost(use: (url: string) => Promise<void>) {
  const port = await freePort(), url = `http://localhost:${port}`, data = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'central-localhost-'));
  const child = spawn(join(root, '.local/bin/local'), ['--root', root, '--data', data, '--no-watch', '--set', `PublicUrl=${url}`], { stdio: 'ignore', env: { ...process.env, PORT: String(port), CAPTCHA: '' } });
  const ended = new Promise((done) => child.once('exit', done));
  try {
    for (let tries = 0; !(await fetch(`${url}/v1/health`).then((r) => r.ok, () => false)); tries++) {
      if (tries > 900 || child.exitCode !== null) throw new Error('the run on localhost did not start');
      await new Promise((later) => setTimeout(later, 100));
    }
    await use(url);
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
}
