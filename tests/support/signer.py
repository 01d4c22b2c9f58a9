# SPDX-License-Identifier: Apache-2.0
"""A key that is elsewhere: signs with the keys of files, for tests of external keys.

A line in: key file, number of the signature scheme, input in hexadecimal. A line out: the signature in hexadecimal.
"""
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

HASHES = [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()]


def sign(key, scheme, data):
    if scheme == 0x0807:
        return key.sign(data)
    high, low = scheme >> 8, scheme & 0xFF
    if low == 3:
        return key.sign(data, ec.ECDSA(utils.Prehashed(HASHES[high - 4])))
    hash_ = HASHES[low - 4] if high == 8 else HASHES[high - 4]
    scheme_padding = padding.PSS(padding.MGF1(hash_), hash_.digest_size) if high == 8 else padding.PKCS1v15()
    return key.sign(data, scheme_padding, utils.Prehashed(hash_))


for line in sys.stdin:
    file, scheme, data = line.rstrip("\n").split("\t")
    with open(file, "rb") as stored:
        loaded = serialization.load_pem_private_key(stored.read(), None)
    print(sign(loaded, int(scheme), bytes.fromhex(data)).hex(), flush=True)
