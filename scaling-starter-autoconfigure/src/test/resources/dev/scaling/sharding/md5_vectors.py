"""Writes md5-vectors.tsv: python3 md5_vectors.py > md5-vectors.tsv

Each line has the type of a key, the key, a number of shards, and the index that Python
computes for them. Text is escaped as in Java sources.
"""
import random
import sys
import uuid
from hashlib import md5

source = random.Random(20240101)


def integer(bits):
    return source.getrandbits(bits) - (1 << (bits - 1))


def text():
    alphabets = ["abcdefghijklmnopqrstuvwxyz0123456789@.-_", "ÄÖÜßéñçøåАБВ中文字かな한글", "😀🚀𝔘𐍈"]
    return "".join(source.choice(source.choice(alphabets)) for _ in range(source.randrange(0, 24)))


def escaped(value):
    utf16 = value.encode("utf-16-be")
    units = [int.from_bytes(utf16[i:i + 2], "big") for i in range(0, len(utf16), 2)]
    return "".join(chr(unit) if 32 <= unit < 127 else "\\u%04x" % unit for unit in units)


def keys():
    for value in [0, 1, -1, 42, 2**31 - 1, -2**31]:
        yield "int", value
    for value in [0, 42, 2**31, 2**63 - 1, -2**63]:
        yield "long", value
    for value in ["", "0", "42", "Ä"]:
        yield "text", value
    for _ in range(2500):
        yield "int", integer(32)
        yield "long", integer(64)
        yield "uuid", uuid.UUID(int=source.getrandbits(128))
        yield "text", text()


for count, (type, key) in enumerate(keys()):
    if count == 10000:
        break
    n = source.randrange(1, 1025)
    shard = int(md5(str(key).encode()).hexdigest(), 16) % n
    sys.stdout.write("%s\t%s\t%d\t%d\n" % (type, escaped(str(key)), n, shard))
