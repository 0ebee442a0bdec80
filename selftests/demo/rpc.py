#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Request and answer of equal size over one TCP connection that stays open.

rpc.py serve PORT
rpc.py call ADDRESS PORT SIZE RATE FILE

The client asks RATE times a second, or as soon as the answer is there where
that took longer, and appends "SENT_AT SECONDS" (CLOCK_MONOTONIC, half a round
trip) to FILE for each until it is ended by a signal. Unlike sockperf it sleeps
between requests: a guest of two emulated CPUs has none to spin on.
"""
import socket
import sys
import threading
import time


def receive(conn, view):
    """Fills view; False if the other side closed."""
    while view:
        n = conn.recv_into(view)
        if not n:
            return False
        view = view[n:]
    return True


def answer(conn):
    # the size of the first request, in 4 bytes, comes before it
    head = bytearray(4)
    if not receive(conn, memoryview(head)):
        return
    buf = bytearray(int.from_bytes(head, "big"))
    while receive(conn, memoryview(buf)):
        conn.sendall(buf)


def serve(port):
    with socket.create_server(("", port)) as listener:
        while True:
            conn, _ = listener.accept()
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=answer, args=(conn,), daemon=True).start()


def call(address, port, size, rate, path):
    with socket.create_connection((address, port)) as conn, \
         open(path, "w", buffering=1, encoding="ascii") as log:
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        buf = bytearray(size)
        view = memoryview(buf)
        conn.sendall(size.to_bytes(4, "big"))
        due = time.monotonic()
        while True:
            time.sleep(max(0, due - time.monotonic()))
            sent = time.monotonic()
            conn.sendall(buf)
            if not receive(conn, view):
                sys.exit("rpc.py: the server closed the connection")
            log.write(f"{sent:.6f} {(time.monotonic() - sent) / 2:.6f}\n")
            due = max(due + 1 / rate, sent)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    else:
        call(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]),
             float(sys.argv[5]), sys.argv[6])
