#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A checkpoint's bulk: many TCP connections that are never idle.

checkpoint.py store PORT
checkpoint.py write ADDRESS PORT CONNECTIONS

Does what iperf3 -P does, for a fraction of its instructions: iperf3's receiver
asks after all its sockets for each packet that arrives, and the emulated guest
has no CPU to spare.
"""
import selectors
import socket
import sys

CHUNK = 1 << 16


def store(port):
    with socket.create_server(("", port), backlog=128) as listener, \
         selectors.DefaultSelector() as ready:
        ready.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fileobj is listener:
                    conn, _ = listener.accept()
                    # woken once a chunk, not once a packet
                    conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, CHUNK)
                    ready.register(conn, selectors.EVENT_READ)
                # MSG_TRUNC: take the data off the socket without copying it
                elif not key.fileobj.recv(CHUNK, socket.MSG_TRUNC):
                    ready.unregister(key.fileobj)
                    key.fileobj.close()


def write(address, port, connections):
    data = bytes(CHUNK)
    with selectors.DefaultSelector() as ready:
        for _ in range(connections):
            conn = socket.create_connection((address, port))
            conn.setblocking(False)
            ready.register(conn, selectors.EVENT_WRITE)
        while True:
            for key, _ in ready.select():
                try:
                    key.fileobj.send(data)
                except BlockingIOError:
                    pass


if __name__ == "__main__":
    if sys.argv[1] == "store":
        store(int(sys.argv[2]))
    else:
        write(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
