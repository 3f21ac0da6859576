"""A receiver by SeaTable's page, in the way of its Python sample: hex of an HMAC
over the body, after "sha256=". The secret is in SECRET, the port is the first
argument. The sample answers 200 with its verdict in JSON; here the status tells it."""

import hmac
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = os.environ["SECRET"].encode("utf-8")


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sent = self.headers.get("X-Seatable-Signature", "").replace("sha256=", "")
        made = hmac.new(SECRET, body, digestmod="sha256").hexdigest()
        valid = hmac.compare_digest(made.encode(), sent.encode("latin-1"))
        self.send_response(200 if valid else 401)
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
print("started", flush=True)
server.serve_forever()
