"""The gas table of L1: each call as a transaction of its own, at a base fee where the deposit market burns nothing."""

import boa
from eth_abi import encode
from eth_utils import keccak

from ending import IDLE, WETH, ZERO, State, ephemeral, final, mapped, settle
from settlement import BOND, CHALLENGE_WINDOW, ETHER, MATURITY_DELAY, Output, Rollup, Shared, Withdrawal, launch_of
from test_bridges import L2_TOKEN, NFT, TOKEN
from test_claims import COLLECTION, NFT_ON_L2, TEXTS, TOKEN_ON_L2, person
from test_merkle_trie import SOURCE as TRIE_SOURCE
from test_merkle_trie import proof_of, trie_of
from test_messenger import Message

BASE_FEE = 1000 * 10**9


class Meter:
    """Measures calls in which nothing is warm and storage is as the last transaction left it."""

    def __init__(self, gas):
        self.gas = gas

    @staticmethod
    def begin(contract) -> None:
        """Nothing is warm but what a transaction names: its sender and its target."""
        boa.env.evm.vm.state.lock_changes()
        for address in (contract.address, boa.env.eoa):
            boa.env.evm.vm.state.mark_address_warm(bytes.fromhex(address[2:]))

    def __call__(self, action: str, contract, name: str, *arguments, **options):
        boa.env.evm.vm.state.execution_context._base_fee_per_gas = BASE_FEE
        self.begin(contract)
        result = getattr(contract, name)(*arguments, **options)
        self.gas("l1", action, contract._computation.get_gas_used())
        return result

    def whole(self, action: str, contract, name: str, types: list, *arguments, most: int = 0) -> None:
        """All that a transaction pays, its data too (EIP-7623), for each of its claims where there are many."""
        self.begin(contract)
        getattr(contract, name)(*arguments)
        data = keccak(text=f"{name}({','.join(types)})")[:4] + encode(types, arguments)
        ones, zeros = len(data) - data.count(0), data.count(0)
        used = 21_000 + 16 * ones + 4 * zeros + contract._computation.get_gas_used()
        used = max(used, 21_000 + 40 * ones + 10 * zeros)
        lists = [argument for argument in arguments if isinstance(argument, list)]
        count = len(lists[0]) if lists else 1
        each = -(-used // count)
        self.gas("l1", action, each)
        assert not most or each <= most, (action, each)


def test_gas(l1, inline, gas):
    measure = Meter(gas)
    with boa.swap_env(boa.Env()):
        # The same addresses whatever ran before, and with them the same tries.
        boa.env.set_random_seed("gas")
        boa.env.eoa = boa.env.generate_address("eoa")
        owner, alice = boa.env.generate_address("owner"), boa.env.eoa
        boa.env.set_balance(alice, 1000 * ETHER)
        shared = Shared(l1, boa.env.generate_address("timelock"))
        measure("RollupFactory.launch", shared.factory, "launch", keccak(text="first"), launch_of(owner))
        rollup = Rollup(shared, owner)
        boa.env.evm.patch.block_number += 1

        # The first deposit of all makes the market's record.
        rollup.portal.depositTransaction(alice, 0, 100_000, False, b"", value=ETHER)
        for size in (0, 100, 4096, 4097, 30_000):
            boa.env.evm.patch.block_number += 1
            measure(
                f"OptimismPortal.depositTransaction of {size:,} bytes",
                rollup.portal,
                "depositTransaction",
                *(alice, 0, 2_000_000, False, b"\1" * size),
                value=1,
            )
        for size in (0, 100, 32_768):
            boa.env.evm.patch.block_number += 1
            send = "L1CrossDomainMessenger.sendMessage"
            measure(f"{send} of {size:,} bytes", rollup.messenger, "sendMessage", alice, b"\1" * size, 100_000)

        # The bridges, each with a token that it holds already.
        token, nft = inline(TOKEN).deploy(), inline(NFT).deploy()
        token.mint(alice, 1000)
        token.approve(rollup.bridge.address, 1000)
        nft.safe_mint(alice, "")
        nft.setApprovalForAll(rollup.nft_bridge.address, True)
        rollup.bridge.bridgeERC20(token.address, L2_TOKEN, 1, 200_000, b"")
        boa.env.evm.patch.block_number += 1
        measure("L1StandardBridge.bridgeETH", rollup.bridge, "bridgeETH", 200_000, b"", value=1)
        measure("L1StandardBridge.bridgeERC20", rollup.bridge, "bridgeERC20", token.address, L2_TOKEN, 9, 200_000, b"")
        measure("L1ERC721Bridge.bridgeERC721", rollup.nft_bridge, "bridgeERC721", nft.address, L2_TOKEN, 0, 200_000, b"")
        with boa.env.prank(owner):
            measure("SystemConfig.setGasLimit", rollup.config, "setGasLimit", 100_000_000)

        # Proposals and withdrawals.
        plain = Withdrawal(1 << 240, alice, alice, 5, 50_000, b"")
        message = Message(rollup, alice, alice, value=1, data=b"\1" * 100)
        output = Output([plain, message.withdrawal])
        create = "DisputeGameFactory.create"
        rollup.propose(output)
        game, doubted = (
            l1.BondedProposal.at(
                measure(create, rollup.factory, "create", 2026, root, number.to_bytes(32, "big"), value=BOND)
            )
            for root, number in ((output.root, 101), (Output([]).root, 102))
        )
        boa.env.time_travel(seconds=12)
        for withdrawal, kind in ((plain, ""), (message.withdrawal, " of a message")):
            measure(
                f"OptimismPortal.proveWithdrawalTransaction{kind}",
                rollup.portal,
                "proveWithdrawalTransaction",
                *(withdrawal.tuple, 1, output.proof, output.proof_of(withdrawal)),
            )
        measure("BondedProposal.challenge", doubted, "challenge", value=BOND)
        boa.env.time_travel(seconds=CHALLENGE_WINDOW)
        measure("BondedProposal.resolve", game, "resolve")
        boa.env.time_travel(seconds=MATURITY_DELAY + 1)
        measure("BondedProposal.claimCredit", game, "claimCredit", alice)
        measure("AnchorStateRegistry.setAnchorState", rollup.registry, "setAnchorState", game.address)
        finalize = "finalizeWithdrawalTransaction"
        measure(f"OptimismPortal.{finalize}", rollup.portal, finalize, plain.tuple)
        measure(f"OptimismPortal.{finalize} of a message", rollup.portal, finalize, message.withdrawal.tuple)
        assert message.state == (True, False)

        verifier = inline(TRIE_SOURCE).deploy()
        for count in (1, 100, 10_000):
            trie = trie_of({keccak(n.to_bytes(4, "big")): b"\x01" for n in range(count)})
            key = keccak((0).to_bytes(4, "big"))
            proof = proof_of(trie, key, embedded=False)
            where = f"merkle_trie of {count:,} entries"
            measure(where, verifier, "valueOf", trie.root_hash, int.from_bytes(key, "big"), proof)


HOLDER, ITEM, BALANCE = "(address,address)[]", "(uint256,address)[]", "(uint256,address,address)[]"


def test_gas_of_an_end(l1, inline, gas, artifact):
    """Ten thousand accounts, a thousand holders of a token; recipients are on L1 and have the token there."""
    measure = Meter(gas)
    with boa.swap_env(boa.Env()):
        boa.env.set_random_seed("gas of an end")
        boa.env.eoa = boa.env.generate_address("eoa")
        owner = boa.env.generate_address("owner")
        boa.env.set_balance(boa.env.eoa, 1000 * ETHER)
        boa.env.set_balance(owner, ETHER)
        shared, state = Shared(l1, boa.env.generate_address("timelock")), State(artifact)
        token, nft = inline(TOKEN).deploy(), inline(NFT).deploy()
        people = [person(f"holder {index}") for index in range(1000)]
        state.fill(9000)
        for account in people:
            state.put(account, balance=10**15, nonce=1)
            state.wrap(account, 10**15)
        neighbours = sorted(people, key=lambda account: keccak(bytes.fromhex(account[2:])))[500:600]
        neighbours = [account for account in neighbours if account not in people[:210]]
        for account in people[:210] + neighbours:
            boa.env.set_balance(account, 1)
            token.mint(account, 1)
        state.erc20(TOKEN_ON_L2, token.address, dict.fromkeys(people, 5))
        rollup = ephemeral(shared, owner, idle=IDLE)
        inbox = "BatchInbox of {} bytes"
        for size in (0, 120_000):
            for _ in range(2):
                boa.env.evm.patch.block_number += 1
                boa.env.evm.vm.state.lock_changes()
                with boa.env.prank(owner):
                    used = boa.env.raw_call(rollup.inbox, data=b"\1" * size).get_gas_used()
            gas("l1", inbox.format(f"{size:,}"), used)
        rollup.portal.donateETH(value=100 * ETHER)
        token.mint(boa.env.eoa, 10_000)
        token.approve(rollup.bridge.address, 10_000)
        rollup.bridge.bridgeERC20To(token.address, TOKEN_ON_L2, owner, 10_000, 200_000, b"")
        for identifier in range(2):
            nft.safe_mint(boa.env.eoa, "")
            nft.setApprovalForAll(rollup.nft_bridge.address, True)
            boa.env.evm.patch.block_number += 1
            rollup.nft_bridge.bridgeERC721To(nft.address, NFT_ON_L2, owner, identifier, 200_000, b"")
        state.erc721(NFT_ON_L2, nft.address, {n: people[n] for n in range(500)})
        state.native(COLLECTION, TEXTS, {n: people[n] for n in range(1, 500)})
        state.seal()
        with boa.env.prank(owner):
            measure("Lifecycle.close", rollup.lifecycle, "close")
        boa.env.time_travel(blocks=11)
        game = final(rollup, state)
        claims = rollup.claims
        measure("Claims.settle", claims, "settle", game.address, state.proof, state.settling())
        measure("Claims.openToken", claims, "openToken", TOKEN_ON_L2, state.opening(TOKEN_ON_L2))
        claims.openToken(WETH, state.opening(WETH))
        claims.openToken(NFT_ON_L2, state.opening(NFT_ON_L2))
        measure("Claims.openCollection", claims, "openCollection", COLLECTION, *TEXTS, state.opening(COLLECTION))

        def tokens(name, holders, are_known):
            pairs, nodes = state.claims(holders, name, are_known)
            return ["address", HOLDER, "bool", "bytes"], name, pairs, are_known, nodes

        def items(name, ids, are_known):
            pairs, nodes = state.items(name, ids, are_known)
            return ["address", ITEM, "bool", "bytes"], name, pairs, are_known, nodes

        whole, eth = measure.whole, [HOLDER, "bytes"]
        whole("Claims.claimETH of one, whole", claims, "claimETH", eth, *state.claims(people[:1]), most=120_000)
        whole("Claims.claimETH of 100, whole, each", claims, "claimETH", eth, *state.claims(people[1:101]), most=60_000)
        whole(
            "Claims.claimETH of neighbours, whole, each", claims, "claimETH", eth, *state.claims(neighbours), most=60_000
        )
        (holder,), nodes = state.claims(people[101:102])
        types = ["address", "address", "bytes"]
        whole("Claims.claimETHOf, whole", claims, "claimETHOf", types, *holder, nodes, most=120_000)
        one = "Claims.claimTokens of one {}, whole"
        claim = (claims, "claimTokens")
        whole(one.format("ERC-20"), *claim, *tokens(TOKEN_ON_L2, people[150:151], False), most=10**6)
        whole(one.format("ERC-20 of a known holder"), *claim, *tokens(TOKEN_ON_L2, people[:1], True), most=160_000)
        many = "Claims.claimTokens of 100 {}, whole, each"
        whole(many.format("ERC-20 of known holders"), *claim, *tokens(TOKEN_ON_L2, people[1:101], True), most=60_000)
        whole(many.format("WETH of known holders"), *claim, *tokens(WETH, people[1:101], True), most=60_000)
        (holder,), nodes = state.claims(people[151:152], TOKEN_ON_L2)
        types = ["address", "address", "address", "bool", "bytes"]
        arguments = (TOKEN_ON_L2, *holder, False, nodes)
        whole("Claims.claimTokensOf an ERC-20, whole", claims, "claimTokensOf", types, *arguments, most=160_000)
        claim = (claims, "claimItems")
        whole("Claims.claimItems of one bridged, whole", *claim, *items(NFT_ON_L2, [0], True), most=10**6)
        whole("Claims.claimItems of one minted, whole", *claim, *items(COLLECTION, [1], True), most=10**6)
        ids = sorted(range(2, 101), key=lambda n: state.slot(COLLECTION, mapped(0, n))[1])
        whole("Claims.claimItems of 99 minted, whole, each", *claim, *items(COLLECTION, ids, True), most=10**6)


def test_gas_of_collections(l1, inline, gas, artifact):
    """Many items that were bridged, and items minted on the rollup in any number, in a state as large; recipients are on L1."""
    measure = Meter(gas)
    with boa.swap_env(boa.Env()):
        boa.env.set_random_seed("gas of collections")
        boa.env.eoa = boa.env.generate_address("eoa")
        boa.env.set_balance(boa.env.eoa, 1000 * ETHER)
        owner = boa.env.generate_address("owner")
        boa.env.set_balance(owner, ETHER)
        shared, state = Shared(l1, boa.env.generate_address("timelock")), State(artifact)
        people = [person(f"holder {index}") for index in range(1000)]
        state.fill(9000)
        for account in people:
            state.put(account, balance=10**15, nonce=1)
            boa.env.set_balance(account, 1)
        state.multi(COLLECTION, TEXTS, {(7, account): 5 for account in people} | {(n, people[300]): 1 for n in range(100, 150)})
        nft = inline(NFT).deploy()
        state.erc721(NFT_ON_L2, nft.address, {n: people[n] for n in range(100)})
        rollup = ephemeral(shared, owner, idle=IDLE)
        rollup.portal.donateETH(value=100 * ETHER)
        nft.setApprovalForAll(rollup.nft_bridge.address, True)
        for identifier in range(100):
            nft.safe_mint(boa.env.eoa, "")
            boa.env.evm.patch.block_number += 1
            rollup.nft_bridge.bridgeERC721To(nft.address, NFT_ON_L2, owner, identifier, 200_000, b"")
        settle(rollup, state.seal())
        claims = rollup.claims
        claims.openToken(NFT_ON_L2, state.opening(NFT_ON_L2))
        measure("Claims.openCollection of an ERC-1155", claims, "openCollection", COLLECTION, *TEXTS, state.opening(COLLECTION))
        for known in (people[:100], people[100:101]):
            claims.claimETH(*state.claims(known))

        def balances(pairs, are_known):
            where = lambda pair: mapped(mapped(0, pair[0]), pair[1]).to_bytes(32, "big")
            pairs = sorted(pairs, key=lambda pair: keccak(where(pair)))
            entries, nodes = state.balances(COLLECTION, [(*pair, ZERO) for pair in pairs], are_known)
            return ["address", BALANCE, "bool", "bytes"], COLLECTION, entries, are_known, nodes

        claim = (claims, "claimBalances")
        measure.whole("Claims.claimBalances of one, whole", *claim, *balances([(7, people[200])], False), most=10**6)
        one = "Claims.claimBalances of one of a known holder, whole"
        measure.whole(one, *claim, *balances([(7, people[100])], True), most=10**6)
        many = "Claims.claimBalances of 100 of known holders, whole, each"
        measure.whole(many, *claim, *balances([(7, account) for account in people[:100]], True), most=10**6)
        items = "Claims.claimBalances of 50 of one holder, whole, each"
        measure.whole(items, *claim, *balances([(n, people[300]) for n in range(100, 150)], False), most=10**6)
        ids = sorted(range(100), key=lambda n: state.slot(NFT_ON_L2, mapped(0, n))[1])
        pairs, nodes = state.items(NFT_ON_L2, ids, True)
        types, claim = ["address", ITEM, "bool", "bytes"], (claims, "claimItems")
        measure.whole("Claims.claimItems of 100 bridged, whole, each", *claim, types, NFT_ON_L2, pairs, True, nodes, most=10**6)
