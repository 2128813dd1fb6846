"""A rollup at its end: its last state as tries, settled on L1, and the lists of nodes that claims against it need."""

import boa
import rlp
from eth_utils import keccak
from trie import HexaryTrie

from settlement import Rollup
from tries import listed

DISSOLVER = "0x42000000000000000000000000000000000007D0"
WETH = "0x4200000000000000000000000000000000000006"
L2_BRIDGE = "0x4200000000000000000000000000000000000010"
L2_NFT_BRIDGE = "0x4200000000000000000000000000000000000014"
EMPTY_CODE = keccak(b"")
CONTRACT = keccak(b"a contract")
ZERO = "0x" + "00" * 20
DAY = 86400
DRAIN = 10
IDLE = 100
# What a rollup of the tests lives by.
LIFE = DAY


def raw(address: str) -> bytes:
    return bytes.fromhex(address[2:])


def number_of(address: str) -> int:
    return int(address, 16)


def mapped(slot: int, key) -> int:
    """Where Vyper keeps a map's entry."""
    key = number_of(key) if isinstance(key, str) else key
    return int.from_bytes(keccak(slot.to_bytes(32, "big") + key.to_bytes(32, "big")), "big")


def delegation(delegate: str) -> bytes:
    """The hash of the code that EIP-7702 gives an account."""
    return keccak(b"\xef\x01\x00" + raw(delegate))


class State:
    """The accounts of a rollup; changed freely until its tries are asked for."""

    def __init__(self, artifact, finished: bool = True):
        codes = ("OptimismMintableERC20", "OptimismMintableERC721", "MayflyERC721", "MayflyERC1155")
        self.codes = {
            name: keccak(bytes.fromhex(artifact("l2", name)["deployedBytecode"][2:])) for name in codes
        }
        self.accounts = {}
        self.put(DISSOLVER, code=CONTRACT, storage={0: int(finished)})
        self.put(WETH, code=CONTRACT)

    def put(self, address: str, balance: int = 0, nonce: int = 0, code: bytes = EMPTY_CODE, storage=None) -> str:
        self.accounts[raw(address)] = dict(balance=balance, nonce=nonce, code=code, storage=dict(storage or {}))
        return address

    def storage(self, address: str) -> dict:
        return self.accounts[raw(address)]["storage"]

    def resolve(self, application: str, resolver: str) -> None:
        self.storage(DISSOLVER)[mapped(1, application)] = number_of(resolver)

    def wrap(self, holder: str, amount: int) -> None:
        self.storage(WETH)[mapped(0, holder)] = amount
        self.accounts[raw(WETH)]["balance"] += amount

    def erc20(self, token: str, remote: str, balances: dict, bridge: str = L2_BRIDGE, code=None) -> str:
        storage = {mapped(0, holder): amount for holder, amount in balances.items()}
        storage |= {2: sum(balances.values()), 4: number_of(remote), 5: number_of(bridge), 6: 18}
        return self.put(token, nonce=1, code=code or self.codes["OptimismMintableERC20"], storage=storage)

    def erc721(self, token: str, remote: str, owners: dict, bridge: str = L2_NFT_BRIDGE) -> str:
        storage = {mapped(0, identifier): number_of(owner) for identifier, owner in owners.items()}
        storage |= {4: len(owners), 9: number_of(remote), 10: 1, 11: number_of(bridge)}
        return self.put(token, nonce=1, code=self.codes["OptimismMintableERC721"], storage=storage)

    def native(self, token: str, texts: tuple, owners: dict) -> str:
        from eth_abi import encode

        storage = {mapped(0, identifier): number_of(owner) for identifier, owner in owners.items()}
        storage[1] = int.from_bytes(keccak(encode(["string"] * 3, texts)), "big")
        return self.put(token, nonce=1, code=self.codes["MayflyERC721"], storage=storage)

    def multi(self, token: str, texts: tuple, balances: dict) -> str:
        """An ERC-1155 of the rollup: amounts by item and account."""
        from eth_abi import encode

        storage = {mapped(mapped(0, identifier), who): amount for (identifier, who), amount in balances.items()}
        storage[2] = int.from_bytes(keccak(encode(["string"] * 3, texts)), "big")
        return self.put(token, nonce=1, code=self.codes["MayflyERC1155"], storage=storage)

    def fill(self, count: int) -> None:
        """Accounts beside those of a test."""
        for index in range(count):
            self.put("0x" + keccak(text=f"filler {index}")[:20].hex(), balance=1, nonce=1)

    def seal(self) -> "State":
        self.tries = {}
        self.state = HexaryTrie({})
        for address, account in self.accounts.items():
            trie = HexaryTrie({})
            for slot, value in account["storage"].items():
                if value:
                    trie[keccak(slot.to_bytes(32, "big"))] = rlp.encode(value)
            self.tries[address] = trie
            self.state[keccak(address)] = rlp.encode(
                [account["nonce"], account["balance"], trie.root_hash, account["code"]]
            )
        self.proof = (bytes(32), self.state.root_hash, keccak(b"passer"), keccak(b"block"))
        return self

    @property
    def root(self) -> bytes:
        return keccak(b"".join(self.proof))

    # Walks, each a trie and a key in it.

    def account(self, address: str):
        return self.state, keccak(raw(address))

    def slot(self, address: str, slot: int):
        return self.tries[raw(address)], keccak(slot.to_bytes(32, "big"))

    def holder(self, address: str, delegate: str = ZERO) -> list:
        """To an account, and to its resolver where it is a contract."""
        account = self.accounts.get(raw(address))
        walks = [self.account(address)]
        if account and account["code"] not in (EMPTY_CODE, delegation(delegate)):
            walks.append(self.slot(DISSOLVER, mapped(1, address)))
        return walks

    # What the functions of Claims take.

    def settling(self, short: bool = True) -> bytes:
        return listed([self.account(DISSOLVER), self.slot(DISSOLVER, 0)], short=short)

    def opening(self, token: str) -> bytes:
        walks = [self.account(token)]
        code = self.accounts[raw(token)]["code"]
        own = {"OptimismMintableERC721": (9, 11), "MayflyERC721": (1,), "MayflyERC1155": (2,)}
        slots = {self.codes[name]: places for name, places in own.items()}.get(code, (4, 5))
        return listed(walks + ([] if token == WETH else [self.slot(token, slot) for slot in slots]))

    def claims(self, holders, token: str | None = None, are_known: bool = False) -> tuple[list, bytes]:
        """Holders in the order of a trie, as their addresses or with a delegate, and the nodes."""
        pairs = [holder if isinstance(holder, tuple) else (holder, ZERO) for holder in holders]
        by_token = token and are_known
        pairs.sort(
            key=lambda pair: keccak(mapped(0, pair[0]).to_bytes(32, "big")) if by_token else keccak(raw(pair[0]))
        )
        walks = []
        for address, delegate in pairs:
            if not are_known:
                walks += self.holder(address, delegate)
            if token:
                walks.append(self.slot(token, mapped(0, address)))
        return pairs, listed(walks)

    def items(self, token: str, items, are_known: bool = False) -> tuple[list, bytes]:
        pairs = [item if isinstance(item, tuple) else (item, ZERO) for item in items]
        walks = []
        for identifier, delegate in pairs:
            walks.append(self.slot(token, mapped(0, identifier)))
            owner = self.storage(token).get(mapped(0, identifier), 0)
            if owner and not are_known:
                walks += self.holder(f"0x{owner:040x}", delegate)
        return pairs, listed(walks)

    def balances(self, token: str, balances, are_known: bool = False) -> tuple[list, bytes]:
        walks = []
        for identifier, account, delegate in balances:
            if not are_known:
                walks += self.holder(account, delegate)
            walks.append(self.slot(token, mapped(mapped(0, identifier), account)))
        return balances, listed(walks)


def now() -> int:
    return boa.env.evm.patch.timestamp


def ephemeral(shared, owner: str, expires: int = LIFE, idle: int = 0, drain: int = DRAIN, budget: str = ZERO, **changes):
    return Rollup(shared, owner, life=(now() + expires, idle, drain, budget), **changes)


def close(rollup) -> None:
    with boa.env.prank(rollup.owner):
        rollup.lifecycle.close()
    # A block takes twelve seconds.
    boa.env.time_travel(blocks=DRAIN + 1)


def final(rollup, state, number: int = 100, extra: bytes = b""):
    """A proposal of the state's output that is final."""
    game = rollup.propose(state, number, extra)
    rollup.make_final(game)
    return game


def settle(rollup, state):
    """Closes, proposes and settles; the game."""
    if not rollup.lifecycle.closingBlock():
        close(rollup)
    game = final(rollup, state)
    rollup.claims.settle(game.address, state.proof, state.settling())
    return game


def logs(contract, name: str) -> list:
    return [log for log in contract.get_logs() if type(log).__name__ == name]
