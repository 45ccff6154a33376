// A run of its own under the name localhost: browsers know passkeys for names alone, and not for 127.0.0.1.
import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Starts the run, hands its address over, and ends it afterwards. CENTRAL_URL is used as it is where it has that name. */
export async function onLocalhost(use: (url: string) => Promise<void>) {
  if (process.env.CENTRAL_URL?.includes('//localhost')) return use(process.env.CENTRAL_URL);
  const port = await freePort(), url = `http://localhost:${port}`;
  const child = spawn(process.execPath, [join(resolve(import.meta.dirname, '..'), 'serve.mjs'), '--set', `PublicUrl=${url}`], { stdio: 'ignore', env: { ...process.env, PORT: String(port) } });
  const ended = new Promise((done) => child.once('exit', done));
  try {
    for (let tries = 0; !(await fetch(`${url}/v1/health`).then((r) => r.ok, () => false)); tries++) {
      if (tries > 600 || child.exitCode !== null) throw new Error('the run on localhost did not start');
      await new Promise((later) => setTimeout(later, 100));
    }
    await use(url);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}
