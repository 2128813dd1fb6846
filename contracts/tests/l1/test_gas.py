"""The gas table of L1: each call as a transaction of its own, at a base fee where the deposit market burns nothing."""

import boa
from eth_utils import keccak

from settlement import BOND, CHALLENGE_WINDOW, ETHER, MATURITY_DELAY, Output, Rollup, Shared, Withdrawal, launch_of
from test_bridges import L2_TOKEN, NFT, TOKEN
from test_merkle_trie import SOURCE as TRIE_SOURCE
from test_merkle_trie import proof_of, trie_of
from test_messenger import Message

BASE_FEE = 1000 * 10**9


class Meter:
    """Measures calls in which nothing is warm and storage is as the last transaction left it."""

    def __init__(self, gas):
        self.gas = gas

    def __call__(self, action: str, contract, name: str, *arguments, **options):
        boa.env.evm.vm.state.execution_context._base_fee_per_gas = BASE_FEE
        boa.env.evm.vm.state.lock_changes()
        result = getattr(contract, name)(*arguments, **options)
        self.gas("l1", action, contract._computation.get_gas_used())
        return result


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
