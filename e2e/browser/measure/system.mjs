// The system that is measured, and what both measurements share.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const chromium = {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
};

// What was started ends with this process, also when that is told to end.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** Calls work with the address of the run that CENTRAL_URL names, or else of one that begins now and ends afterwards. */
export async function withSystem(work) {
  if (process.env.CENTRAL_URL) return work(new URL(process.env.CENTRAL_URL).origin);
  const port = process.env.PORT || '4200';
  const child = spawn(process.execPath, [join(import.meta.dirname, '../serve.mjs')], {
    env: { ...process.env, PORT: port }, stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  const stop = () => child.kill('SIGTERM');
  process.once('exit', stop);
  try {
    await Promise.race([healthy(`http://127.0.0.1:${port}`), ended.then(() => { throw new Error('the system did not start'); })]);
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    stop();
    await ended;
    process.off('exit', stop);
  }
}

async function healthy(url) {
  for (const end = Date.now() + 300_000; Date.now() < end; await sleep(200)) { // the first build compiles everything
    if (await fetch(`${url}/v1/health`).then((answer) => answer.ok, () => false)) return;
  }
  throw new Error(`${url} does not answer`);
}

/** The middle one of a list in order: of an even number, the later. */
export const middle = (list) => list[list.length >> 1];

export const median = (numbers) => middle(numbers.toSorted((a, b) => a - b));

/** Prints rows as a table in Markdown, numbers to the right. */
export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const line = (row) => `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const [first, ...rest] = all;
  console.log([line(first), `|${widths.map((w, i) => '-'.repeat(w + 1) + (i === 0 ? '-' : ':')).join('|')}|`, ...rest.map(line)].join('\n'));
}

/** A whole number of at least 1. */
export function count(text, name) {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} takes a number, not ${text}`);
  return Number(text);
}
