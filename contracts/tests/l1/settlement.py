"""A rollup's contracts on a test chain, and what its L2 side would commit to: withdrawals, their trie, output roots."""

from dataclasses import dataclass

import boa
import rlp
from eth_abi import encode
from eth_utils import keccak
from trie import HexaryTrie

ETHER = 10**18
GAME_TYPE = 2026
BOND = ETHER // 10
CHALLENGE_WINDOW = 3600
RESOLUTION_WINDOW = 7200
FINALITY_DELAY = 60
MATURITY_DELAY = 120
ZERO = "0x" + "00" * 20
GENESIS_ROOT = keccak(text="genesis output")


@dataclass(frozen=True)
class Withdrawal:
    """A withdrawal as the rollup's message passer records it."""

    nonce: int
    sender: str
    target: str
    value: int
    gas: int
    data: bytes

    @property
    def tuple(self):
        return (self.nonce, self.sender, self.target, self.value, self.gas, self.data)

    @property
    def hash(self) -> bytes:
        return keccak(encode(["uint256", "address", "address", "uint256", "uint256", "bytes"], self.tuple))

    @property
    def key(self) -> bytes:
        """Where its entry is in the message passer's storage trie."""
        return keccak(keccak(self.hash + bytes(32)))


class Output:
    """An output that holds the given withdrawals."""

    def __init__(self, withdrawals, salt: str = ""):
        self.trie = HexaryTrie({})
        for withdrawal in withdrawals:
            self.trie[withdrawal.key] = rlp.encode(1)
        for filler in range(40):
            self.trie[keccak(text=f"filler {filler}")] = rlp.encode(1)
        self.proof = (bytes(32), keccak(text="state root" + salt), self.trie.root_hash, keccak(text="block hash"))

    @property
    def root(self) -> bytes:
        return keccak(b"".join(self.proof))

    def proof_of(self, withdrawal) -> list[bytes]:
        return [rlp.encode(node) for node in self.trie.get_proof(withdrawal.key)]


def clone_of(address: str) -> str:
    """An EIP-1167 clone of a contract."""
    code = "3d602d80600a3d3981f3363d3d373d3d3d363d73" + address[2:] + "5af43d82803e903d91602b57fd5bf3"
    return boa.env.deploy_code(bytecode=bytes.fromhex(code))[0]


def calldata(contract, name: str, *arguments) -> bytes:
    return getattr(contract, name).prepare_calldata(*arguments)


def module_arguments(registry: str, resolver: str = ZERO, challenge=CHALLENGE_WINDOW, resolution=RESOLUTION_WINDOW):
    return (
        bytes.fromhex(registry[2:])
        + challenge.to_bytes(8, "big")
        + resolution.to_bytes(8, "big")
        + bytes.fromhex(resolver[2:])
    )


def parameters(owner: str, **changes) -> tuple:
    values = dict(
        basefeeScalar=1368,
        blobbasefeeScalar=810949,
        batcherHash=bytes(12) + bytes.fromhex(owner[2:]),
        gasLimit=60_000_000,
        unsafeBlockSigner=owner,
        eip1559Denominator=250,
        eip1559Elasticity=6,
        operatorFeeScalar=0,
        operatorFeeConstant=0,
        minBaseFee=0,
        daFootprintGasScalar=0,
        maxResourceLimit=20_000_000,
        batchInbox=boa.env.generate_address("inbox"),
        l2ChainId=901,
        guardian=ZERO,
        customGasToken=False,
    )
    return tuple((values | changes).values())


class Rollup:
    """The settlement contracts of one rollup, behind proxies, wired to one another."""

    def __init__(self, l1, owner: str, timelock: str, resolver: str = ZERO, **changes):
        self.l1, self.owner, self.timelock = l1, owner, timelock
        master = l1.Proxy.deploy().address
        names = ("SystemConfig", "OptimismPortal", "AnchorStateRegistry", "DisputeGameFactory")
        at = {name: clone_of(master) for name in names}
        self.config, self.portal, self.registry, self.factory = (getattr(l1, name).at(at[name]) for name in names)
        addresses = (ZERO, ZERO, ZERO, at["OptimismPortal"], ZERO, ZERO, ZERO)
        calls = {
            "SystemConfig": (owner, parameters(owner, **changes), addresses, at["DisputeGameFactory"]),
            "OptimismPortal": (at["SystemConfig"], at["AnchorStateRegistry"], MATURITY_DELAY),
            "AnchorStateRegistry": (
                at["SystemConfig"],
                at["DisputeGameFactory"],
                (GENESIS_ROOT, 0),
                GAME_TYPE,
                FINALITY_DELAY,
            ),
            "DisputeGameFactory": (
                timelock,
                GAME_TYPE,
                l1.BondedProposal.deploy().address,
                module_arguments(at["AnchorStateRegistry"], resolver),
                BOND,
            ),
        }
        self.implementations = {}
        for name, arguments in calls.items():
            contract = getattr(l1, name)
            implementation = contract.deploy()
            self.implementations[name] = implementation
            l1.Proxy.at(at[name]).initializeProxy(
                implementation.address, timelock, calldata(implementation, "initialize", *arguments)
            )
            contract.at(at[name])

    def propose(self, output, number: int = 100, extra: bytes = b"", sender: str | None = None):
        """Proposes an output with the bond; the game."""
        with boa.env.prank(sender or boa.env.eoa):
            address = self.factory.create(GAME_TYPE, output.root, number.to_bytes(32, "big") + extra, value=BOND)
        return self.l1.BondedProposal.at(address)

    def prove(self, withdrawal, output, index: int = 0, proof=None, output_proof=None) -> None:
        self.portal.proveWithdrawalTransaction(
            withdrawal.tuple, index, output_proof or output.proof, proof or output.proof_of(withdrawal)
        )

    def make_final(self, game) -> None:
        """Lets the challenge window pass, resolves, and lets the finality delay pass."""
        boa.env.time_travel(seconds=CHALLENGE_WINDOW + 1)
        game.resolve()
        boa.env.time_travel(seconds=max(FINALITY_DELAY, MATURITY_DELAY) + 1)

    def ready(self, withdrawal, **changes):
        """Proposes an output with this withdrawal, proves it and makes the output final; the output and its game."""
        output = Output([withdrawal])
        game = self.propose(output, **changes)
        boa.env.time_travel(seconds=12)
        self.prove(withdrawal, output, self.factory.gameCount() - 1)
        self.make_final(game)
        return output, game
