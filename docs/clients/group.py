#!/usr/bin/env python3
"""A complete client for the group door: python3 group.py 127.0.0.1 6671
Lines are said in the room; "@IP:PORT text" goes to one person alone."""
import os, select, socket, sys

room = socket.create_connection((sys.argv[1], int(sys.argv[2])))
alone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
alone.bind(("", room.getsockname()[1] + 1))  # where the others find us: our port in the room, plus 1

def say(line):
    to, _, text = line.partition(b" ")
    if to.startswith(b"@") and b":" in to:
        ip, port = to[1:].decode().split(":")
        alone.sendto(text, (ip, int(port) + 1))
    else:
        room.sendall(line + b"\n")  # the line feed keeps two quick lines apart

sources = [0, room, alone]
while room in sources:
    for source in select.select(sources, [], [])[0]:
        if source is alone:
            text, (ip, port) = alone.recvfrom(65536)
            print(f"private from {ip}:{port - 1}: {text.decode(errors='replace')}", flush=True)
        elif data := os.read(source if source == 0 else room.fileno(), 65536):
            for line in data.splitlines():
                say(line) if source == 0 else print(line.decode(errors="replace"), flush=True)
        else:  # The end: of the input, so we say that we are done; or of the connection.
            sources.remove(source)
            if source == 0:
                room.shutdown(socket.SHUT_WR)
