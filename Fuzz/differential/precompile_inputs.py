"""Inputs for the precompiled contracts that they accept more often than not, from a generator of random numbers."""
import functools
import hashlib

import coincurve
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from py_ecc import optimized_bls12_381 as bls
from py_ecc import optimized_bn128 as bn

POOL = 12


def word(number):
    return (number % 2**256).to_bytes(32, "big")


def coordinates(curve, point, width):
    """x and y, the parts of each in their order in the field; zeros at infinity."""
    if curve.is_inf(point):
        return bytes(2 * width * (2 if hasattr(point[0], "coeffs") else 1))
    parts = [part for value in curve.normalize(point)
             for part in (value.coeffs if hasattr(value, "coeffs") else [value.n])]
    return b"".join(int(part).to_bytes(width, "big") for part in parts)


def bn_g2(point):
    """Of each coordinate the imaginary part comes first (EIP-197)."""
    data = coordinates(bn, point, 32)
    return data[32:64] + data[:32] + data[96:] + data[64:96]


@functools.cache
def pool(curve, group):
    """Multiples of a generator: the factor and the point, infinity first."""
    generator = getattr(curve, group)
    factors = [0, 1, 2] + [pow(7, 11 * index + 99, curve.curve_order) for index in range(POOL)]
    return [(factor, curve.multiply(generator, factor)) for factor in factors]


class PrecompileInputs:
    def __init__(self, random):
        self.random = random

    def of(self, number):
        """An input for the precompile with this number, changed in one place now and then."""
        makers = {
            1: self.recovery, 5: self.power, 6: lambda: self.bn_point() + self.bn_point(),
            7: lambda: self.bn_point() + self.scalar(), 8: self.bn_pairs, 9: self.compression,
            10: self.point_evaluation, 11: lambda: self.bls_g1() + self.bls_g1(),
            12: lambda: self.several(lambda: self.bls_g1() + self.scalar()),
            13: lambda: self.bls_g2() + self.bls_g2(), 14: lambda: self.several(lambda: self.bls_g2() + self.scalar()),
            15: self.bls_pairs, 16: self.bls_field, 17: lambda: self.bls_field() + self.bls_field(), 0x100: self.p256,
        }
        data = makers[number]() if number in makers else self.random.randbytes(self.random.randrange(200))
        pick = self.random.randrange(10)
        if pick == 0 and data:
            position = self.random.randrange(len(data))
            data = data[:position] + bytes([data[position] ^ 1 << self.random.randrange(8)]) + data[position + 1:]
        elif pick == 1:
            data = data[:self.random.randrange(len(data) + 1)]
        elif pick == 2:
            data += self.random.randbytes(self.random.randrange(40))
        return data

    def scalar(self):
        return word(self.random.choice([0, 1, bn.curve_order - 1, bn.curve_order, bls.curve_order, 2**256 - 1]
                                       + [self.random.getrandbits(256)] * 4))

    def several(self, make):
        return b"".join(make() for _ in range(self.random.randint(1, 3)))

    def recovery(self):
        digest = self.random.randbytes(32)
        key = coincurve.PrivateKey(word(self.random.getrandbits(250) + 1))
        signature = key.sign_recoverable(digest, hasher=None)
        v = self.random.choice([27, 27, 27, 0, 1, 26]) + signature[64]
        return digest + word(v) + signature[:64]

    def power(self):
        counts = [self.random.choice([0, 1, 2, 7, 8, 9, 31, 32, 33, 64, 100]) for _ in range(3)]
        numbers = [self.random.randbytes(count) for count in counts]
        if self.random.random() < 0.3 and numbers[2]:  # even, or a power of two
            numbers[2] = numbers[2][:self.random.randrange(len(numbers[2]))].ljust(counts[2], b"\x00")
        if self.random.random() < 0.3:
            index = self.random.randrange(3)
            numbers[index] = bytes([self.random.choice([0, 0xFF])]) * counts[index]
        return b"".join(map(word, counts)) + b"".join(numbers)

    def compression(self):
        rounds = self.random.choice([0, 1, 10, 12, 300])
        return rounds.to_bytes(4, "big") + self.random.randbytes(208) + bytes([self.random.choice([0, 1, 1, 2])])

    def p256(self):
        key = ec.derive_private_key(self.random.getrandbits(250) + 1, ec.SECP256R1())
        digest = self.random.randbytes(32)
        # The nonce is random, so that a seed gives other signatures each time: valid ones all the same.
        signature = key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        r, s = utils.decode_dss_signature(signature)
        public = key.public_key().public_numbers()
        return digest + word(r) + word(s) + word(public.x) + word(public.y)

    # BN254

    def bn_point(self):
        return coordinates(bn, self.random.choice(pool(bn, "G1"))[1], 32)

    def bn_pairs(self):
        return self.pairs(bn, lambda point: coordinates(bn, point, 32), bn_g2)

    def pairs(self, curve, encode1, encode2):
        """A few pairs; half of the time the last one makes the product one."""
        data, sum_of_products = b"", 0
        for _ in range(self.random.randrange(3)):
            (a, p), (b, q) = self.random.choice(pool(curve, "G1")), self.random.choice(pool(curve, "G2"))
            data += encode1(p) + encode2(q)
            sum_of_products += a * b
        if self.random.random() < 0.5:
            data += encode1(curve.multiply(curve.G1, -sum_of_products % curve.curve_order)) + encode2(curve.G2)
        return data

    # BLS12-381

    def bls_g1(self):
        return coordinates(bls, self.random.choice(pool(bls, "G1"))[1], 64)

    def bls_g2(self):
        return coordinates(bls, self.random.choice(pool(bls, "G2"))[1], 64)

    def bls_pairs(self):
        return self.pairs(bls, lambda point: coordinates(bls, point, 64), lambda point: coordinates(bls, point, 64))

    def bls_field(self):
        number = self.random.choice([0, 1, bls.field_modulus - 1, bls.field_modulus] + [self.random.getrandbits(380)] * 4)
        return number.to_bytes(64, "big")

    def point_evaluation(self):
        """A constant polynomial: it commits to a multiple of the generator, and the proof is infinity."""
        factor, point = self.random.choice(pool(bls, "G1"))
        if bls.is_inf(point):
            commitment = bytes([0xC0]) + bytes(47)
        else:
            x, y = (value.n for value in bls.normalize(point))
            sign = 0x20 if y > (bls.field_modulus - 1) // 2 else 0
            commitment = bytearray(x.to_bytes(48, "big"))
            commitment[0] |= 0x80 | sign
        claim = factor if self.random.random() < 0.8 else factor + 1
        z = self.random.getrandbits(254)
        versioned = b"\x01" + hashlib.sha256(bytes(commitment)).digest()[1:]
        return versioned + word(z) + word(claim) + bytes(commitment) + bytes([0xC0]) + bytes(47)
