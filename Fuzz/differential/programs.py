"""Random programs, accounts and transactions for the virtual machine, from a seed.

Programs keep count of the stack so that most of them run for a while; now and then they do not, on purpose.
"""
import random

from precompile_inputs import PrecompileInputs

SENDER_KEY = 0x45A915E4D060149EB4365960E6A7A45F334393093061116B197E3240065FF2D8
SENDER = "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b"
COINBASE = "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba"
CONTRACTS = [f"0x{0xC0DE00 + index:040x}" for index in range(4)]
STRANGERS = [f"0x{0xDEAD00 + index:040x}" for index in range(2)]

# Calls the precompile that the first word of its input names with the rest, and stores success, hash and size of the
# answer: CALLDATACOPY STATICCALL SSTORE RETURNDATACOPY KECCAK256 SSTORE RETURNDATASIZE SSTORE.
FORWARDER = f"0x{0xC0DEFF:040x}"
FORWARDER_CODE = "0x602036038060205f375f5f825f5f355afa5f553d5f5f3e3d5f206001553d60025500"

# opcode: (taken from the stack, put on it)
ARITHMETIC = {
    0x01: 2, 0x02: 2, 0x03: 2, 0x04: 2, 0x05: 2, 0x06: 2, 0x07: 2, 0x08: 3, 0x09: 3, 0x0B: 2,
    0x10: 2, 0x11: 2, 0x12: 2, 0x13: 2, 0x14: 2, 0x15: 1, 0x16: 2, 0x17: 2, 0x18: 2, 0x19: 1, 0x1A: 2,
    0x1B: 2, 0x1C: 2, 0x1D: 2,
}
ENVIRONMENT = [0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3A, 0x3D, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x4A,
               0x58, 0x59, 0x5A]
INTERESTING = [0, 1, 2, 31, 32, 33, 255, 256, 2**63, 2**64 - 1, 2**64, 2**127, 2**128, 2**255 - 1, 2**255, 2**256 - 1,
               2**160 - 1]


class Programs:
    """Writes programs for one fork; `storage_mask` keeps every storage key below 8, for peers that cannot list slots."""

    def __init__(self, seed, *, storage_mask, has_clz, precompiles):
        self.random = random.Random(seed)
        self.storage_mask = storage_mask
        self.has_clz = has_clz
        self.precompiles = [f"0x{index:040x}" for index in precompiles]

    def word(self):
        pick = self.random.randrange(5)
        if pick == 0:
            return self.random.choice(INTERESTING)
        if pick == 1:
            return self.random.getrandbits(256)
        if pick == 2:
            return (1 << self.random.randrange(256)) - self.random.randrange(2)
        return self.random.randrange(300)

    @staticmethod
    def push(value):
        width = (value.bit_length() + 7) // 8
        return bytes([0x5F + width]) + value.to_bytes(width, "big")

    def address(self):
        pool = CONTRACTS * 3 + STRANGERS + self.precompiles + [SENDER, COINBASE]
        return int(self.random.choice(pool), 16)

    def offset(self):
        return self.random.choice([0, 1, 31, 32, 64, 100, 255, 1000]) if self.random.random() < 0.97 else self.word()

    def size(self):
        return self.random.choice([0, 1, 20, 32, 33, 64, 96, 128, 192, 213]) if self.random.random() < 0.97 else self.word()

    def program(self, statements, depth=0):
        out, stack = bytearray(), 0
        for _ in range(statements):
            piece, stack = self.statement(len(out), stack, depth)
            out += piece
        ending = self.random.randrange(8)
        if ending < 4:
            out += self.push(self.size() % 256) + self.push(self.offset() % 1024) + b"\xf3"
        elif ending == 4:
            out += self.push(self.size() % 256) + self.push(self.offset() % 1024) + b"\xfd"
        elif ending == 5:
            out += self.push(self.address()) + b"\xff"
        elif ending == 6:
            out += bytes([self.random.choice([0xFE, 0x0C, 0x50, 0x01, 0xEF])])
        return bytes(out)

    def statement(self, position, stack, depth):
        rnd = self.random
        pick = rnd.randrange(100)
        if pick < 30:
            opcode = rnd.choice(list(ARITHMETIC))
            if self.has_clz and rnd.random() < 0.05:
                return self.push(self.word()) + b"\x1e", stack + 1
            taken = ARITHMETIC[opcode]
            pushes = taken if stack < taken or rnd.random() < 0.6 else rnd.randrange(taken)
            code = b"".join(self.push(self.word()) for _ in range(pushes)) + bytes([opcode])
            return code, stack + pushes - taken + 1
        if pick < 34:
            base, exponent = self.word(), rnd.choice([0, 1, 2, 3, 5, 255, 256, self.word()])
            return self.push(exponent) + self.push(base) + b"\x0a", stack + 1
        if pick < 42:
            return bytes([rnd.choice(ENVIRONMENT)]), stack + 1
        if pick < 50:
            if stack == 0:
                return self.push(self.word()), 1
            reach = min(stack, 16)
            kind = rnd.randrange(3)
            if kind == 0:
                return bytes([0x7F + rnd.randint(1, reach)]), stack + 1
            if kind == 1 and reach > 1:
                return bytes([0x8F + rnd.randint(1, reach - 1)]), stack
            return b"\x50", stack - 1
        if pick < 60:
            return self.memory(stack)
        if pick < 70:
            return self.storage(stack)
        if pick < 74:
            topics = rnd.randrange(5)
            code = b"".join(self.push(self.word()) for _ in range(topics))
            return code + self.push(self.size()) + self.push(self.offset()) + bytes([0xA0 + topics]), stack
        if pick < 84:
            return self.call(), stack + 1
        if pick < 87 and depth < 2:
            return self.create(depth), stack + 1
        if pick < 91:
            opcode = rnd.choice([0x31, 0x3B, 0x3F])
            return self.push(self.address()) + bytes([opcode]), stack + 1
        if pick < 93:
            return self.push(rnd.randrange(8)) + bytes([rnd.choice([0x40, 0x49])]), stack + 1
        if pick < 97:
            return self.jump(position), stack
        if pick < 98:
            return self.loop(position), stack
        if pick < 99:
            return bytes([rnd.randrange(256)]), stack
        return b"\x5b", stack

    def memory(self, stack):
        kind = self.random.randrange(8)
        if kind < 2:
            return self.push(self.word()) + self.push(self.offset()) + b"\x52", stack
        if kind == 2:
            return self.push(self.word()) + self.push(self.offset()) + b"\x53", stack
        if kind == 3:
            return self.push(self.offset()) + b"\x51", stack + 1
        if kind == 4:
            return self.push(self.size()) + self.push(self.offset()) + b"\x20", stack + 1
        if kind == 5:
            return self.push(self.size()) + self.push(self.offset()) + self.push(self.offset()) + b"\x5e", stack
        if kind == 6:
            opcode = self.random.choice([0x37, 0x39, 0x3E])
            return self.push(self.size()) + self.push(self.offset()) + self.push(self.offset()) + bytes([opcode]), stack
        code = self.push(self.size()) + self.push(self.offset()) + self.push(self.offset()) + self.push(self.address())
        return code + b"\x3c", stack

    def storage(self, stack):
        key = self.push(self.word()) + (b"\x60\x07\x16" if self.storage_mask else b"")
        if not self.storage_mask and self.random.random() < 0.8:
            key = self.push(self.random.randrange(8))
        kind = self.random.randrange(5)
        value = self.push(self.random.choice([0, 0, 1, 2, self.word()]))
        if kind < 2:
            return key + b"\x54", stack + 1
        if kind < 4:
            return value + key + b"\x55", stack
        return (value + key + b"\x5d", stack) if self.random.random() < 0.5 else (key + b"\x5c", stack + 1)

    def call(self):
        opcode = self.random.choice([0xF1, 0xF1, 0xF2, 0xF4, 0xFA])
        code = self.push(self.size()) + self.push(self.offset()) + self.push(self.size()) + self.push(self.offset())
        if opcode in (0xF1, 0xF2):
            code += self.push(self.random.choice([0, 0, 0, 1, 7, self.word()]))
        gas = b"\x5a" if self.random.random() < 0.5 else self.push(self.random.choice([0, 100, 2300, 30000, 300000, self.word()]))
        return code + self.push(self.address()) + gas + bytes([opcode])

    def create(self, depth):
        """Puts initialisation code into memory word by word and creates from it."""
        runtime = self.program(self.random.randrange(4), depth + 1)[:64]
        init = self.program(self.random.randrange(3), depth + 1)[:40] if self.random.random() < 0.5 else b""
        init += self.push(int.from_bytes(runtime.ljust(32, b"\x00")[:32], "big")) + b"\x5f\x52"
        init += self.push(min(len(runtime), 32)) + b"\x5f\xf3"
        code = b""
        for start in range(0, len(init), 32):
            code += self.push(int.from_bytes(init[start:start + 32].ljust(32, b"\x00"), "big")) + self.push(start) + b"\x52"
        value = self.push(self.random.choice([0, 0, 1]))
        if self.random.random() < 0.5:
            return code + self.push(len(init)) + b"\x5f" + value + b"\xf0"
        return code + self.push(self.random.randrange(3)) + self.push(len(init)) + b"\x5f" + value + b"\xf5"

    def jump(self, position):
        """A forward jump over garbage, conditional or not; the target is now and then wrong."""
        garbage = bytes(self.random.randrange(256) for _ in range(self.random.randrange(6)))
        wrong = self.random.random() < 0.03
        if self.random.random() < 0.5:
            condition = self.push(self.random.randrange(2))
            target = position + len(condition) + 3 + 1 + len(garbage) + wrong
            return condition + b"\x61" + target.to_bytes(2, "big") + b"\x57" + b"\x5b" * len(garbage) + b"\x5b"
        target = position + 3 + 1 + len(garbage) + wrong
        # Garbage could begin a PUSH that swallows the target: end it with enough bytes that cannot.
        return b"\x61" + target.to_bytes(2, "big") + b"\x56" + bytes(b & 0x3F for b in garbage) + b"\x5b"

    def loop(self, position):
        """Counts down from a small number, with a few words of arithmetic in the body."""
        rounds = self.random.choice([1, 3, 10, 200])
        head = self.push(rounds)
        target = position + len(head)
        body = b"".join(self.push(self.word()) + self.push(self.word()) + bytes([self.random.choice([1, 2, 3, 0x16, 0x18])]) + b"\x50"
                          for _ in range(self.random.randrange(4)))
        return head + b"\x5b" + body + b"\x60\x01\x90\x03\x80\x61" + target.to_bytes(2, "big") + b"\x57\x50"

    def accounts(self):
        """Addresses to accounts in the shape of a state test's `pre`."""
        rnd = self.random
        pre = {SENDER: {"balance": hex(10**20), "nonce": hex(rnd.randrange(3)), "code": "0x", "storage": {}}}
        for address in CONTRACTS:
            storage = {hex(slot): hex(rnd.choice([1, 2, self.word() or 1])) for slot in range(8) if rnd.random() < 0.3}
            pre[address] = {
                "balance": hex(rnd.choice([0, 1, 10**18])), "nonce": "0x1",
                "code": "0x" + self.program(rnd.randint(3, 30)).hex(), "storage": storage,
            }
        pre[FORWARDER] = {"balance": "0x0", "nonce": "0x1", "code": FORWARDER_CODE, "storage": {}}
        if rnd.random() < 0.5:
            pre[STRANGERS[0]] = {"balance": "0x5", "nonce": "0x0", "code": "0x", "storage": {}}
        return pre

    def transaction(self):
        """A legacy transaction without its signature: (to or None, value, data, gas limit)."""
        rnd = self.random
        gas_limit = rnd.choice([25_000, 60_000, 200_000, 1_000_000, 3_000_000])
        if rnd.random() < 0.1:
            return None, rnd.choice([0, 1]), self.program(rnd.randint(1, 12)), gas_limit
        if rnd.random() < 0.1:
            precompile = int(rnd.choice(self.precompiles), 16)
            return FORWARDER, 0, precompile.to_bytes(32, "big") + PrecompileInputs(rnd).of(precompile), 3_000_000
        data = bytes(rnd.getrandbits(8) for _ in range(rnd.choice([0, 4, 32, 36, 100])))
        to = rnd.choice(CONTRACTS * 6 + STRANGERS + self.precompiles[:3])
        return to, rnd.choice([0, 0, 1, 10**15]), data, gas_limit
