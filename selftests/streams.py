#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Streams over TCP, byte by byte as a test wants them.

streams.py serve PORT           takes connections and what comes, in the
                                background; ready when this returns
streams.py send ADDR PORT PIECE...
        each piece one send() without delay: hex digits, or N*HH for many; "-" is
        a silence of a tenth of a second after all has arrived; the connection is
        kept open in the background
streams.py gloo ADDR PORT N [SEED]
        N messages framed as Gloo's, in pieces of random size; prints how many,
        and their bytes
streams.py nccl ADDR PORT [TYPE [MAGIC]]
        the handshake of NCCL's socket transport, in sends of 8, 4 and 1 bytes,
        then a megabyte
streams.py many ADDR PORT N PIECE
        the piece over each of N connections
streams.py tls ADDR PORT PIECE...
        as send, with kernel TLS asked for first; exit status 4 without it
"""
import os
import random
import selectors
import socket
import struct
import sys
import time

PAUSE = b''


def background():
    """Go on alone, without what a caller may wait for."""
    if os.fork():
        os._exit(0)
    null = os.open(os.devnull, os.O_RDWR)
    for fd in 0, 1, 2:
        os.dup2(null, fd)


def take(conn):
    while conn.recv(1 << 16):
        pass


def listener(addr, port):
    family = socket.AF_INET6 if ':' in addr else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((addr, port))
    sock.listen(1024)
    return sock


def serve(port):
    sock = listener('::', port)
    background()
    ready = selectors.DefaultSelector()
    ready.register(sock, selectors.EVENT_READ)
    while True:
        for key, _ in ready.select():
            if key.fileobj is sock:
                ready.register(sock.accept()[0], selectors.EVENT_READ)
            elif not key.fileobj.recv(1 << 16):
                ready.unregister(key.fileobj)
                key.fileobj.close()


def connect(addr, port):
    sock = socket.create_connection((addr, int(port)))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def piece(text):
    if text == '-':
        return PAUSE
    times, star, byte = text.partition('*')
    return bytes.fromhex(byte) * int(times) if star else bytes.fromhex(text)


def many(addr, port, count, data):
    socks = [connect(addr, port) for _ in range(count)]
    for sock in socks:
        sock.sendall(data)
    for sock in socks:
        drained(sock)
    keep(socks[0])


def keep(sock):
    background()
    take(sock)


def drained(sock):
    """Until everything was acknowledged: SIOCOUTQ."""
    import fcntl
    while struct.unpack('i', fcntl.ioctl(sock, 0x5411, b'\0' * 4))[0]:
        time.sleep(0.01)


def send(sock, pieces):
    for data in pieces:
        if data == PAUSE:
            drained(sock)
            time.sleep(0.1)
        else:
            sock.sendall(data)
    drained(sock)


def gloo(sock, count, seed):
    rand = random.Random(seed)
    stream = bytearray(struct.pack('<6Q', 48, 3, 4 << 56, 0, 0, 0))
    total = 0
    for i in range(count - 1):
        size = rand.choice((0, 1, 700, 70000, rand.randrange(20000)))
        # so that no packet holds more headers than are read
        if i % 8 == 0:
            size = 70000
        stream += struct.pack('<6Q', 48 + size, 0, 4 << 56 | 7 << 24, 0,
                              size, 0)
        stream += bytes(size)
        total += size
    at = 0
    while at < len(stream):
        some = rand.choice((1, 8, 47, 48, 1448, 5000, 65536))
        sock.sendall(stream[at:at + some])
        at += some
    drained(sock)
    print(count, total, flush=True)


def nccl(kind, magic):
    return [bytes.fromhex(magic), struct.pack('<I', kind), b'\0',
            bytes(1 << 20)]


def main():
    what, *args = sys.argv[1:]
    if what == 'serve':
        serve(int(args[0]))
        return
    if what == 'many':
        many(args[0], args[1], int(args[2]), piece(args[3]))
        return
    sock = connect(args[0], args[1])
    if what == 'send':
        send(sock, [piece(p) for p in args[2:]])
    elif what == 'tls':
        try:
            sock.setsockopt(socket.IPPROTO_TCP, 31, b'tls')
        except OSError:
            sys.exit(4)
        # No keys: what is sent goes as it is, but the socket is TLS's now.
        send(sock, [piece(p) for p in args[2:]])
    elif what == 'gloo':
        gloo(sock, int(args[2]), int(args[3]) if len(args) > 3 else 1)
    elif what == 'nccl':
        send(sock, nccl(int(args[2]) if len(args) > 2 else 3,
                        args[3] if len(args) > 3 else '6c9d4bfcf2b94a56'))
    keep(sock)


main()
