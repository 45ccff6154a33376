// Serves a folder as the system serves its own files: compressed beforehand, over HTTP/1.1.
import http from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

function answers(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
  return new Map(files.map((f) => {
    const file = join(f.parentPath, f.name), type = types[extname(f.name)], body = readFileSync(file), packed = extname(f.name) === '.woff2';
    const headers = { 'content-type': type, ...(packed ? {} : { 'content-encoding': 'gzip', vary: 'accept-encoding' }) };
    return [file.slice(folder.length), { headers, body: packed ? body : gzipSync(body, { level: 9 }) }];
  }));
}

/** Calls work with the address of a server of the folder, whose index.html is the page of "/". */
export async function withStatic(folder, work) {
  const files = answers(folder);
  const server = http.createServer((request, answer) => {
    const file = files.get(request.url === '/' ? '/index.html' : request.url);
    if (file) answer.writeHead(200, { ...file.headers, 'content-length': file.body.length }).end(file.body);
    else answer.writeHead(404).end();
  });
  await new Promise((ready, failed) => server.once('error', failed).listen(0, '127.0.0.1', ready));
  try {
    return await work(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
