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
GENESIS_TIME = 1_000_000
BLOCK_TIME = 2
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


def most_gas(data: bytes) -> int:
    """What a transaction with this data can have for its execution: the most gas of one (EIP-7825) less its own."""
    return 16_777_216 - 21_000 - sum(16 if byte else 4 for byte in data)


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


def module_arguments(registry: str, resolver: str = ZERO, challenge=CHALLENGE_WINDOW, resolution=RESOLUTION_WINDOW):
    return (
        bytes.fromhex(registry[2:])
        + challenge.to_bytes(8, "big")
        + resolution.to_bytes(8, "big")
        + bytes.fromhex(resolver[2:])
        + GENESIS_TIME.to_bytes(8, "big")
        + BLOCK_TIME.to_bytes(8, "big")
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


IMPLEMENTATIONS = (
    "SystemConfig",
    "OptimismPortal",
    "L1CrossDomainMessenger",
    "L1StandardBridge",
    "L1ERC721Bridge",
    "AnchorStateRegistry",
    "DisputeGameFactory",
    "Lifecycle",
    "Claims",
)
PERMANENT = (0, 0, 0, ZERO)


class Shared:
    """What all rollups of an L1 share: implementations, registry and factory."""

    def __init__(self, l1, timelock: str):
        self.l1, self.timelock = l1, timelock
        self.proxy, self.module = l1.Proxy.deploy(), l1.BondedProposal.deploy()
        self.collection = l1.SettledERC721.deploy()
        self.multi_collection = l1.SettledERC1155.deploy()
        arguments = {"Claims": (self.collection.address, self.multi_collection.address)}
        self.implementations = {name: getattr(l1, name).deploy(*arguments.get(name, ())) for name in IMPLEMENTATIONS}
        self.registry = l1.RollupRegistry.deploy(boa.env.eoa)
        self.factory = l1.RollupFactory.deploy(
            self.registry.address,
            timelock,
            GAME_TYPE,
            self.parts,
            l1.BatchInbox.bytecode,
        )
        self.registry.setFactory(self.factory.address, True)
        self.registry.transferOwnership(timelock)

    @property
    def parts(self) -> tuple:
        """What the factory is made with."""
        return parts(self.proxy.address, {k: v.address for k, v in self.implementations.items()}, self.module.address)


def parts(proxy: str, implementations: dict, module: str) -> tuple:
    addresses = [implementations[name] for name in IMPLEMENTATIONS]
    return (proxy, *addresses[:7], module, *addresses[7:])


def launch_of(owner: str, resolver: str = ZERO, life: tuple = PERMANENT, **changes) -> tuple:
    """What a launch is asked for with."""
    return (
        owner,
        parameters(owner, **changes),
        keccak(text="genesis block"),
        GENESIS_ROOT,
        keccak(text="configuration"),
        BOND,
        CHALLENGE_WINDOW,
        RESOLUTION_WINDOW,
        resolver,
        FINALITY_DELAY,
        MATURITY_DELAY,
        GENESIS_TIME,
        BLOCK_TIME,
        life,
    )


class Rollup:
    """The settlement contracts of one rollup, launched by the factory."""

    def __init__(self, shared: Shared, owner: str, resolver: str = ZERO, life: tuple = PERMANENT, **changes):
        self.shared, self.l1, self.owner, self.timelock = shared, shared.l1, owner, shared.timelock
        self.implementations = shared.implementations
        # A salt of its own for each.
        salt = keccak(text=boa.env.generate_address())
        *_, inbox = shared.factory.predict(boa.env.eoa, salt)
        if life[1]:
            changes["batchInbox"] = inbox
        contracts = shared.factory.launch(salt, launch_of(owner, resolver, life, **changes))
        self.contracts = dict(zip(IMPLEMENTATIONS, contracts))
        self.inbox = inbox
        self.name_addresses()

    def name_addresses(self) -> None:
        """Lets titanoboa decode events by these ABIs, and not by the proxy's where a test looked at one of them so."""
        (
            self.config,
            self.portal,
            self.messenger,
            self.bridge,
            self.nft_bridge,
            self.registry,
            self.factory,
            self.lifecycle,
            self.claims,
        ) = (getattr(self.l1, name).at(address) for name, address in self.contracts.items())

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
