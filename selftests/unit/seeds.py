#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""seeds.py FOLDER: frames that the fuzzer starts from, one a file."""

import struct
import sys

# All of it linear, no GSO, no VLAN; the fourth: off, on, flat.
CONTROL = bytes([255, 0, 0, 0, 0, 0])
TUNNELS = bytes([255, 0, 0, 1, 0, 0])
TEB = 0x6558
A4, B4 = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
A6 = bytes.fromhex("20010db8000000000000000000000001")
B6 = bytes.fromhex("20010db8000000000000000000000002")
ETH4, ETH6 = 0x0800, 0x86dd


def eth(proto, data):
    return struct.pack("!H", proto) + data


def vlan(vid, inner):
    return struct.pack("!H", vid) + inner


def ip4(proto, data, frag=0, options=b"", ttl=64):
    ihl = 5 + len(options) // 4
    return struct.pack("!BBHHHBBH", 4 << 4 | ihl, 0, 4 * ihl + len(data), 1,
                       frag, ttl, proto, 0) + A4 + B4 + options + data


def ip6(proto, data, hops=64):
    return struct.pack("!IHBB", 6 << 28, len(data), proto, hops) + A6 + B6 + data


def tcp(data=b"", doff=5, flags=0x10):
    return struct.pack("!HHIIBBHHH", 40000, 443, 1, 2, doff << 4, flags, 512,
                       0, 0) + data


def udp(data=b"", port=53):
    return struct.pack("!HHHH", 40000, port, 8 + len(data), 0) + data


def mac(proto, data):
    return bytes(12) + eth(proto, data)


def vxlan(inner, port=4789, flags=8):
    return udp(struct.pack("!II", flags << 24, 5 << 8) + inner, port)


def geneve(proto, inner, words=0):
    return udp(struct.pack("!BBHI", words, 0, proto, 5 << 8) +
               bytes(4 * words) + inner, 6081)


def gre(proto, inner, flags=0):
    words = sum(bool(flags & bit) for bit in (0x8000, 0x2000, 0x1000))
    return struct.pack("!HH", flags, proto) + bytes(4 * words) + inner


def ext(nexthdr, data, words=0):
    return struct.pack("!BB", nexthdr, words) + bytes(6 + 8 * words) + data


def frag6(nexthdr, data, offset):
    return struct.pack("!BBHI", nexthdr, 0, offset, 7) + data


def icmp(kind, code, inner):
    return struct.pack("!BBHI", kind, code, 0, 0) + inner


def seeds():
    yield "ip4-tcp", eth(ETH4, ip4(6, tcp(b"data")))
    yield "ip4-tcp-options", eth(ETH4, ip4(6, tcp(bytes(12), 8), 0, bytes(8)))
    yield "ip4-syn", eth(ETH4, ip4(6, tcp(b"", 5, 2)))
    yield "ip4-udp", eth(ETH4, ip4(17, udp(b"query")))
    yield "ip4-fragment-first", eth(ETH4, ip4(17, udp(bytes(8)), 0x2000))
    yield "ip4-fragment-later", eth(ETH4, ip4(17, bytes(16), 0x0002))
    yield "ip4-icmp-echo", eth(ETH4, ip4(1, icmp(8, 0, b"ping")))
    yield "ip4-icmp-error", eth(ETH4, ip4(1, icmp(3, 4, ip4(6, tcp()))))
    yield "ip4-igmp", eth(ETH4, ip4(2, bytes(8), ttl=1))
    yield "ip4-sctp", eth(ETH4, ip4(132, bytes(12)))
    yield "ip4-gre", eth(ETH4, ip4(47, bytes(8)))
    yield "ip6-tcp", eth(ETH6, ip6(6, tcp(b"data")))
    yield "ip6-udp", eth(ETH6, ip6(17, udp(b"query")))
    yield "ip6-chain", eth(ETH6, ip6(0, ext(60, ext(43, ext(6, tcp(), 2)))))
    yield "ip6-ah", eth(ETH6, ip6(51, struct.pack("!BB", 6, 4) + bytes(22) + tcp()))
    yield "ip6-fragment-first", eth(ETH6, ip6(44, frag6(17, udp(bytes(8)), 1)))
    yield "ip6-fragment-later", eth(ETH6, ip6(44, frag6(17, bytes(16), 8)))
    yield "ip6-icmp-error", eth(ETH6, ip6(58, icmp(1, 4, ip6(17, udp()))))
    yield "ip6-icmp-error-ext", eth(ETH6, ip6(58, icmp(2, 0, ip6(60, ext(6, tcp())))))
    yield "ip6-nd", eth(ETH6, ip6(58, icmp(135, 0, A6), 255))
    yield "ip6-mld", eth(ETH6, ip6(0, ext(58, icmp(143, 0, bytes(4))), 1))
    yield "vlan", eth(0x8100, vlan(5, eth(ETH4, ip4(6, tcp()))))
    yield "qinq", eth(0x88a8, vlan(5, eth(0x8100, vlan(6, eth(ETH6, ip6(6, tcp()))))))
    yield "arp", eth(0x0806, bytes(28))


def tunnels():
    inner4, inner6 = ip4(6, tcp(b"data")), ip6(6, tcp(b"data"))
    frame = mac(ETH4, inner4)
    yield "vxlan", eth(ETH4, ip4(17, vxlan(frame)))
    yield "vxlan-8472", eth(ETH6, ip6(17, vxlan(mac(ETH6, inner6), 8472)))
    yield "vxlan-gpe", eth(ETH4, ip4(17, vxlan(inner4, 4789, 12)))
    yield "vxlan-vlan", eth(ETH4, ip4(17, vxlan(mac(0x8100, vlan(5, eth(ETH4, inner4))))))
    yield "vxlan-arp", eth(ETH4, ip4(17, vxlan(mac(0x0806, bytes(28)))))
    yield "vxlan-in-vxlan", eth(ETH4, ip4(17, vxlan(mac(ETH4, ip4(17, vxlan(frame))))))
    yield "vxlan-inner-later", eth(ETH4, ip4(17, vxlan(mac(ETH4, ip4(17, bytes(16), 2)))))
    yield "vxlan-outer-first", eth(ETH4, ip4(17, vxlan(frame), 0x2000))
    yield "vxlan-outer-later", eth(ETH4, ip4(17, vxlan(frame), 0x0002))
    yield "vxlan-icmp-error", eth(ETH4, ip4(17, vxlan(mac(
        ETH4, ip4(1, icmp(3, 4, inner4))))))
    yield "icmp-error-vxlan", eth(ETH4, ip4(1, icmp(3, 4, ip4(17, vxlan(frame)))))
    yield "geneve", eth(ETH4, ip4(17, geneve(TEB, frame)))
    yield "geneve-options", eth(ETH4, ip4(17, geneve(TEB, frame, 63)))
    yield "geneve-ip6", eth(ETH6, ip6(17, geneve(ETH6, inner6, 2)))
    yield "gre", eth(ETH4, ip4(47, gre(ETH4, inner4)))
    yield "gre-all", eth(ETH6, ip6(47, gre(ETH6, inner6, 0xb000)))
    yield "gre-routing", eth(ETH4, ip4(47, gre(ETH4, inner4, 0x4000)))
    yield "gretap", eth(ETH4, ip4(47, gre(TEB, frame, 0x2000)))
    yield "ipip", eth(ETH4, ip4(4, inner4))
    yield "sit", eth(ETH4, ip4(41, inner6))
    yield "ip6ip6", eth(ETH6, ip6(60, ext(41, inner6)))
    yield "icmp-error-ipip", eth(ETH4, ip4(1, icmp(3, 4, ip4(4, inner4))))


for control, frames in (CONTROL, seeds()), (TUNNELS, tunnels()):
    for name, frame in frames:
        with open(f"{sys.argv[1]}/{name}", "wb") as f:
            f.write(control + frame)
