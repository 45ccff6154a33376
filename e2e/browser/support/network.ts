// A network of one's own. Limits count requests per address, so each person sends from an own 127.x.y.z: Node directly, the browser
// through a forward proxy that does nothing but connect onward from that address.
import http from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { randomInt } from 'node:crypto';

export class Network {
  readonly address: string;
  readonly agent: http.Agent;
  /** What the browser asked for so far: "POST http://127.0.0.1:3101/…". */
  readonly requests: string[] = [];
  /** Answers in place of the system where it returns something: a gateway in trouble, for example. Also what a service worker asks. */
  instead: (method: string, path: string) => { status: number; body: string } | undefined = () => undefined;
  readonly #server: http.Server;
  readonly #tunnels = new Set<Duplex>();
  #gone = false;

  private constructor(address: string) {
    this.address = address;
    // Node takes the address for each connection that the agent makes.
    this.agent = new http.Agent({ keepAlive: true, localAddress: address, family: 4 } as http.AgentOptions);
    this.#server = http.createServer((request, answer) => this.#forward(request, answer));
    // Chromium asks for HTTP plainly; Playwright's own requests (page.request, route.fetch) want a tunnel even for that.
    this.#server.on('connect', (request, socket: Duplex) => this.#tunnel(request.url ?? '', socket));
    this.#server.keepAliveTimeout = 60_000; // longer than a test: no connection closes just when the browser uses it again
  }

  static async open(): Promise<Network> {
    const n = new Network(`127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`);
    await new Promise<void>((ready, failed) => n.#server.once('error', failed).listen(0, '127.0.0.1', ready));
    return n;
  }

  /** What a browser context needs to send from this network. */
  get proxy() {
    // Chromium asks no proxy for this machine unless it is told to.
    return { server: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`, bypass: '<-loopback>' };
  }

  /** Breaks what is under way and takes no more, until it comes back. */
  goes() {
    this.#gone = true;
    for (const socket of this.#tunnels) socket.destroy();
    this.#server.closeAllConnections();
  }

  comesBack() { this.#gone = false; }

  async close() {
    for (const socket of this.#tunnels) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
    this.agent.destroy();
  }

  #forward(request: http.IncomingMessage, answer: http.ServerResponse) {
    let url: URL;
    if (this.#gone) {
      request.socket.destroy();
      return;
    }
    this.requests.push(`${request.method} ${request.url}`);
    try {
      url = new URL(request.url ?? '');
    } catch {
      answer.writeHead(400).end();
      return;
    }
    // What else a browser looks for fails at once, and nothing waits for it.
    if (url.protocol !== 'http:' || !here(url.hostname)) {
      answer.writeHead(502, { 'content-type': 'text/plain' }).end('The tests reach this machine only.\n');
      return;
    }
    const instead = this.instead(request.method ?? '', url.pathname);
    if (instead) {
      request.resume();
      answer.writeHead(instead.status, { 'content-type': 'application/json' }).end(instead.body);
      return;
    }
    const headers = { ...request.headers };
    delete headers['proxy-connection'];
    delete headers['proxy-authorization'];
    const onward = http.request({
      agent: this.agent, host: url.hostname, port: url.port || 80, path: url.pathname + url.search, method: request.method, headers,
    }, (received) => {
      answer.writeHead(received.statusCode ?? 502, received.statusMessage, received.rawHeaders);
      received.pipe(answer);
      received.on('error', () => answer.destroy());
    });
    onward.on('error', () => (answer.headersSent ? answer.destroy() : answer.socket?.destroy())); // a reset stays a reset
    answer.on('close', () => { if (!answer.writableFinished) onward.destroy(); });
    request.pipe(onward);
  }

  #tunnel(to: string, socket: Duplex) {
    const [host = '', port] = to.split(':');
    socket.on('error', () => onward?.destroy());
    const onward = here(host) ? connect({ host, port: Number(port), localAddress: this.address, family: 4 }) : undefined;
    if (!onward) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    onward.on('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket);
      socket.pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    onward.on('close', () => socket.destroy());
    socket.on('close', () => onward.destroy());
    this.#tunnels.add(socket);
    socket.on('close', () => this.#tunnels.delete(socket));
  }
}

const here = (host: string) => host === 'localhost' || host.startsWith('127.');
