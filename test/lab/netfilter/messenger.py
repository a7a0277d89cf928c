# Sends and counts protocol-112 packets in the namespace it is started in. One JSON command per line on stdin, one
# JSON answer per line on stdout. Knows nothing of firewalls.
import json
import select
import socket
import struct
import sys
import time

PROTOCOL = 112
ADVERT = bytes([0x21, 51, 100, 1, 0, 1, 0, 0, 10, 99, 1, 100]) + bytes(8)


def join(interface):
    four = socket.socket(socket.AF_INET, socket.SOCK_RAW, 255)
    index = socket.if_nametoindex(interface)
    request = socket.inet_aton("224.0.0.18") + socket.inet_aton("0.0.0.0") + struct.pack("@i", index)
    four.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
    six = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 255)
    six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, socket.inet_pton(socket.AF_INET6, "ff02::12") + struct.pack("@I", index))
    return [four, six]


def listen():
    return [socket.socket(socket.AF_INET, socket.SOCK_RAW, PROTOCOL), socket.socket(socket.AF_INET6, socket.SOCK_RAW, PROTOCOL)]


def drain(sockets, expected, wait):
    seen = 0
    deadline = time.monotonic() + wait
    while seen < expected:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        ready, _, _ = select.select(sockets, [], [], left)
        for ready_socket in ready:
            ready_socket.recvfrom(2048)
            seen += 1
    return seen


def send(interface, source, destination, count):
    six = ":" in destination
    sender = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_RAW, PROTOCOL)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0")
    index = socket.if_nametoindex(interface)
    if six:
        sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)
        sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
        sender.setsockopt(socket.IPPROTO_IPV6, 67, 0xC0)
        sender.bind((source, 0, 0, index if source.startswith("fe80") else 0))
        target = (destination, 0, 0, index)
    else:
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 255)
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0xC0)
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("0.0.0.0") * 2 + struct.pack("@i", index))
        sender.bind((source, 0))
        target = (destination, 0)
    refused = 0
    for _ in range(count):
        try:
            sender.sendto(ADVERT, target)
        except OSError:
            refused += 1
    sender.close()
    return refused


def forget():
    # An empty IPCTNL_MSG_CT_DELETE flushes the connection table of this namespace.
    link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
    link.send(struct.pack("=IHHII", 20, (1 << 8) | 2, 1 | 4, 1, 0) + struct.pack("=BBH", 0, 0, 0))
    reply = link.recv(4096)
    link.close()
    return struct.unpack("=i", reply[16:20])[0]


kept = [join(interface) for interface in sys.argv[1:]]
ears = listen()
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    command = json.loads(line)
    if command["op"] == "send":
        answer = {"refused": send(command["interface"], command["src"], command["dst"], command["count"])}
    elif command["op"] == "forget":
        answer = {"error": forget()}
    else:
        answer = {"seen": drain(ears, command["expected"], command["wait"])}
    print(json.dumps(answer), flush=True)
