#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sends bursts over TCP, as training does, or takes them.

burst.py take PORT
    accepts connections and discards what they send
burst.py take PORT lazy
    likewise, but reads little and late: the sender waits for room
burst.py send ADDRESS PORT FLOWS BYTES COUNT PERIOD
    COUNT bursts of BYTES, split over FLOWS connections, PERIOD seconds from
    start to start; then says "sent TOTAL retransmits N" and keeps the
    connections open until standard input ends; a line "again BYTES" from there
    sends one more burst
"""
import array
import fcntl
import selectors
import socket
import struct
import sys
import termios
import time

TCP_INFO_RETRANSMITS = 100      # offset of tcpi_total_retrans


def family(address):
    return socket.AF_INET6 if ':' in address else socket.AF_INET


def take(port, lazy):
    listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if lazy:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    listener.bind(('::', port))
    listener.listen(64)
    print('ready', flush=True)
    waiting = selectors.DefaultSelector()
    waiting.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            if key.fileobj is listener:
                conn, _ = listener.accept()
                waiting.register(conn, selectors.EVENT_READ)
                continue
            if lazy:
                time.sleep(0.02)
            try:
                data = key.fileobj.recv(4096 if lazy else 1 << 20)
            except ConnectionError:
                data = b''
            if not data:
                waiting.unregister(key.fileobj)
                key.fileobj.close()


def info(conn, offset):
    raw = conn.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    return struct.unpack_from('=I', raw, offset)[0]


def burst(conns, size):
    part = size // len(conns)
    for i, conn in enumerate(conns):
        rest = size - part * (len(conns) - 1) if not i else part
        conn.sendall(bytes(rest))


def drain(conns):
    """Until all of it was acknowledged: SIOCOUTQ is 0."""
    for conn in conns:
        left = array.array('i', [1])
        while left[0]:
            fcntl.ioctl(conn, termios.TIOCOUTQ, left)
            time.sleep(0.005)


def send(address, port, flows, size, count, period):
    conns = []
    for _ in range(flows):
        conn = socket.socket(family(address), socket.SOCK_STREAM)
        conn.connect((address, port))
        conns.append(conn)
    # the handshakes are not part of the first burst
    time.sleep(period)
    start = time.monotonic()
    for i in range(count):
        time.sleep(max(0, start + i * period - time.monotonic()))
        burst(conns, size)
    drain(conns)
    print('sent', size * count, 'retransmits',
          sum(info(conn, TCP_INFO_RETRANSMITS) for conn in conns), flush=True)
    for line in sys.stdin:
        burst(conns, int(line.split()[1]))
        drain(conns)
        print('again', flush=True)


def main():
    if sys.argv[1] == 'take':
        take(int(sys.argv[2]), sys.argv[3:] == ['lazy'])
    else:
        send(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]),
             int(sys.argv[6]), float(sys.argv[7]))


main()
