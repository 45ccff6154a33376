// A product beside Central, of plain HTTP and nothing else: it logs people in with Central, and hears when they have logged out.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

const central = resolve(import.meta.dirname, '../../../.local/bin/central');
const base64url = (bytes: Buffer) => bytes.toString('base64url');

type Tokens = { id_token: string; access_token: string };

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

export class Product {
  readonly url: string;
  /** The sessions that are over, by their names in tokens. */
  readonly ended: string[] = [];
  readonly #server: Server;
  readonly #issuer: string;
  readonly #verifier = base64url(randomBytes(32));
  #client = { id: '', secret: '' };
  tokens: Tokens | undefined;

  private constructor(server: Server, issuer: string) {
    this.#server = server;
    this.#issuer = issuer;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Opens a product and registers it as an operator does. */
  static async open(issuer: string, name: string, ...flags: string[]): Promise<Product> {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const product = new Product(server, issuer);
    server.on('request', (request, answer) => void product.#answer(request).then(([status, text, headers]) => answer.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', ...headers }).end(text)));
    const { id, secret } = JSON.parse(execFileSync(central, [
      'client', 'add', '--local', issuer, '--json', '--yes', '--name', name, '--redirect', `${product.url}/cb`, '--post-logout', `${product.url}/bye`, '--backchannel', `${product.url}/out`,
      '--scope', 'openid,profile,email', ...flags,
    ], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
    product.#client = { id, secret };
    return product;
  }

  close() { this.#server.close(); }

  /** Where a log-in begins. */
  request(more: Record<string, string> = {}): string {
    return `${this.#issuer}/oauth2/authorize?${new URLSearchParams({
      client_id: this.#client.id, redirect_uri: `${this.url}/cb`, response_type: 'code', scope: 'openid profile email', state: 'here', nonce: 'once',
      code_challenge: base64url(createHash('sha256').update(this.#verifier).digest()), code_challenge_method: 'S256', ...more,
    })}`;
  }

  /** Where a log-out leads. */
  leave(): string {
    return `${this.#issuer}/oauth2/logout?${new URLSearchParams({ id_token_hint: this.tokens?.id_token ?? '', post_logout_redirect_uri: `${this.url}/bye` })}`;
  }

  /** What a token of ours says. */
  claims(token = this.tokens?.id_token ?? ''): Record<string, any> { return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()); }

  async #answer(request: IncomingMessage): Promise<[number, string, Record<string, string>?]> {
    const at = new URL(request.url ?? '/', this.url);
    switch (at.pathname) {
      case '/': return [200, `<h1>Product</h1><a href="${this.request().replaceAll('&', '&amp;')}">Log in with Central</a>`];
      case '/framed': return [200, `<h1>Silent</h1><iframe src="${this.request({ prompt: 'none' }).replaceAll('&', '&amp;')}"></iframe>`];
      case '/favicon.ico': return [204, ''];
      case '/bye': return [200, '<h1>Bye</h1>'];
      case '/out': {
        this.ended.push(this.claims((await formOf(request)).get('logout_token') ?? '')['sid']);
        return [200, ''];
      }
      case '/cb': return this.#back(at.searchParams);
    }
    return [404, ''];
  }

  async #back(answer: URLSearchParams): Promise<[number, string]> {
    if (answer.get('iss') !== this.#issuer || answer.get('state') !== 'here') return [400, '<h1>Not mine</h1>'];
    if (answer.has('error')) return [200, `<h1>${answer.get('error')}</h1>`];
    const got = await fetch(`${this.#issuer}/oauth2/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${this.#client.id}:${this.#client.secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code: answer.get('code') ?? '', redirect_uri: `${this.url}/cb`, code_verifier: this.#verifier }),
    });
    if (!got.ok) return [500, `<h1>${got.status} ${await got.text()}</h1>`];
    this.tokens = await got.json() as Tokens;
    const who = await (await fetch(`${this.#issuer}/oauth2/userinfo`, { headers: { Authorization: `Bearer ${this.tokens.access_token}` } })).json() as { email: string };
    return [200, `<h1>Welcome ${who.email}</h1>`];
  }
}
