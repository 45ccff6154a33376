// The API as a program calls it, with the cookies of one browser. Playwright's own request context does not send Secure cookies to
// http://127.0.0.1, which Chromium does.
import http from 'node:http';
import type { Network } from './network.ts';

export type Json = any; // what the contract test of package e2e checks is not typed again here

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  body: Json;
}

export class Api {
  readonly url: string;
  readonly #network: Network;
  readonly cookies = new Map<string, string>();

  constructor(url: string, network: Network) {
    this.url = url;
    this.#network = network;
  }

  /** Sends one request; it never throws because of a status. */
  call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const sent: Record<string, string> = { ...headers };
    let payload: Buffer | undefined;
    if (Buffer.isBuffer(body)) payload = body;
    else if (body !== undefined) {
      payload = Buffer.from(JSON.stringify(body));
      sent['content-type'] ??= 'application/json';
    }
    const target = new URL(path, this.url);
    const ours = target.origin === this.url;
    if (ours && this.cookies.size > 0) sent.cookie = [...this.cookies].map(([name, v]) => `${name}=${v}`).join('; ');
    if (payload) sent['content-length'] = String(payload.length);
    return new Promise((done, failed) => {
      const request = http.request(target, { method, headers: sent, agent: this.#network.agent }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', failed);
        answer.on('end', () => {
          if (ours) this.#keep(answer.headers['set-cookie'] ?? []);
          const text = Buffer.concat(parts).toString();
          let parsed: Json;
          try {
            parsed = JSON.parse(text);
          } catch {
            parsed = undefined;
          }
          done({ status: answer.statusCode ?? 0, headers: answer.headers, text, body: parsed });
        });
      });
      request.on('error', failed);
      request.end(payload);
    });
  }

  /** Like call, and fails unless the answer has the status. */
  async want(status: number, method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await this.call(method, path, body);
    if (answer.status !== status) throw new Error(`${method} ${path}: got ${answer.status}, want ${status}: ${answer.text}`);
    return answer.body;
  }

  #keep(lines: string[]) {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      const name = pair.slice(0, at).trim();
      if (attributes.some((a) => /^\s*max-age=(0|-\d+)\s*$/i.test(a))) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(at + 1).trim());
    }
  }
}
