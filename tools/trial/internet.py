"""The way from a browser to Central: a proxy (CONNECT) that asks the emulator's Route 53 where a name leads, as a resolver would, and goes
there from an address of its own for each connection."""
import itertools
import socket
import threading
import time
from socketserver import StreamRequestHandler, ThreadingTCPServer

TTL = 60  # seconds, of an alias record


class Resolver:
    """Keeps an answer as long as the record allows: after a change people still go where it led before."""

    def __init__(self, records, ttl=TTL, now=time.time):
        self.records, self.ttl, self.now, self.kept = records, ttl, now, {}

    def target(self, name):
        """What the A record of the name leads to, or None where there is none."""
        found, until = self.kept.get(name, (None, 0))
        if self.now() >= until:
            found = self.records().get(name)
            self.kept[name] = found, self.now() + self.ttl
        return found


class Internet:
    def __init__(self, resolver, aws, edge):
        """aws and edge: the ports where API Gateway and CloudFront answer."""
        self.resolver, self.aws, self.edge, self.addresses = resolver, aws, edge, itertools.count(2)
        ThreadingTCPServer.daemon_threads = True
        self.server = ThreadingTCPServer(("127.0.0.1", 0), tunnel(self))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def connect(self, name):
        target = name if name.endswith(".amazonaws.com") else self.resolver.target(name)
        if target is None:
            return None
        n = next(self.addresses)
        port = self.edge if target.rstrip(".").endswith(".cloudfront.net") else self.aws
        return socket.create_connection(("127.0.0.1", port), source_address=(f"127.{1 + n // 60000}.{n // 250 % 250}.{1 + n % 250}", 0), timeout=30)


def tunnel(internet):
    class Tunnel(StreamRequestHandler):
        def handle(self):
            method, where, _ = self.rfile.readline().decode().split(" ", 2)
            while self.rfile.readline().strip():
                pass
            there = internet.connect(where.rsplit(":", 1)[0]) if method == "CONNECT" else None
            if there is None:
                self.wfile.write(b"HTTP/1.1 502 No such name\r\nContent-Length: 0\r\n\r\n")
                return
            with there:
                self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                back = threading.Thread(target=copy, args=(there, self.connection), daemon=True)
                back.start()
                copy(self.connection, there)
                back.join()
    return Tunnel


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
