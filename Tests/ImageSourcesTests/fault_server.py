"""Serves files of a folder over HTTP with Range requests, and with the faults that the first part of a path asks for.

Usage: fault_server.py FOLDER. Prints its port. Ends with its standard input.

/plain/F   as it is                    /fail2/F   two times 503, then as it is
/late/F    after 50 ms                 /cut1/F    once half of the answer, then as it is
/stall1/F  once half, then silence     /busy/F    always 503
/whole/F   without Range requests      /deny/F    403
/altered/F with one byte changed       /short/F   as a file of a sixteenth of the length
/there/F   redirects to /plain/F       /round/F   redirects to itself
/file/F    redirects to file:///F      /log       requests so far, one a line
"""
import os
import socket
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder = sys.argv[1]
lock = threading.Lock()
counts = {}
log = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16

    def log_message(self, *arguments):
        pass

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/log":
            return self.answer(200, "\n".join(log).encode())
        mode, _, name = self.path[1:].partition("/")
        asked = self.headers.get("Range")
        with lock:
            log.append(f"{self.path} {asked or '-'}")
            number = counts[(self.path, asked)] = counts.get((self.path, asked), 0) + 1
        if mode == "late":
            time.sleep(0.05)
        if mode == "deny":
            return self.answer(403)
        if mode == "busy" or mode == "fail2" and number <= 2:
            return self.answer(503, b"busy", Retry_After="0")
        if mode in ("there", "round", "file"):
            target = {"there": f"/plain/{name}", "round": self.path, "file": f"file:///{name}"}[mode]
            return self.answer(302, Location=target)
        try:
            path = os.path.join(folder, urllib.parse.unquote(name))
            size = os.path.getsize(path) // (16 if mode == "short" else 1)
            with open(path, "rb") as file:
                self.send(file, size, mode, asked, number)
        except OSError:
            self.answer(404)

    def send(self, file, size, mode, asked, number):
        first, last, status = 0, size - 1, 200
        if asked and mode != "whole":
            start, _, end = asked.removeprefix("bytes=").partition("-")
            first, last, status = int(start), min(int(end), size - 1), 206
            if first >= size:
                return self.answer(416, Content_Range=f"bytes */{size}")
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        count = last - first + 1
        self.send_header("Content-Length", str(count))
        self.end_headers()
        if mode in ("cut1", "stall1", "altered") and (mode == "altered" or number == 1):
            file.seek(first)
            data = bytearray(file.read(count))
            if mode == "altered":
                data[len(data) // 2] ^= 1
                self.wfile.write(data)
                return
            self.wfile.write(data[: len(data) // 2])
            self.wfile.flush()
            if mode == "stall1":
                time.sleep(30)
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.wfile.flush()
        while count > 0:
            sent = os.sendfile(self.connection.fileno(), file.fileno(), first, count)
            if sent == 0:
                break
            first += sent
            count -= sent


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


server = Server(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
