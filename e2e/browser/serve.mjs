// Runs the whole system with data of its own, in memory where there is such a folder, until it is told to end.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const binary = join(root, '.local/bin/local');
execFileSync('go', ['build', '-trimpath', '-buildvcs=false', '-o', binary, './cmd/local'], { cwd: root, stdio: 'inherit', env: { ...process.env, CGO_ENABLED: '0' } });

const data = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'central-browser-'));
const args = ['--root', root, '--data', data, '--no-watch', '--set', 'CallProvider=api', ...process.argv.slice(2)];
const child = spawn(binary, args, { stdio: 'inherit', env: { PORT: '3100', ...process.env, CAPTCHA: '' } });
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'));
child.on('error', (e) => { console.error(e.message); process.exitCode = 1; });
child.on('exit', (code) => {
  if (process.env.KEEP_DATA) console.error(`the data is in ${data}`);
  else rmSync(data, { recursive: true, force: true });
  process.exit(code ?? 1);
});
