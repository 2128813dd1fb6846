"""A rollup's way from end to end on Mayfly's own EVM: a node of its own process, the committed artifacts, web3.py."""

import pytest
from eth_abi import encode
from eth_utils import keccak
from web3.logs import DISCARD
from web3.exceptions import ContractCustomError, ContractLogicError

from settlement import (
    BOND,
    CHALLENGE_WINDOW,
    ETHER,
    GAME_TYPE,
    IMPLEMENTATIONS,
    MATURITY_DELAY,
    ZERO,
    Output,
    Withdrawal,
    launch_of,
    parts,
)
from test_merkle_trie import SOURCE as TRIE_SOURCE
from test_messenger import L2_MESSENGER, SELECTOR, TYPES, VERSION

GAS = 16_000_000


class Chain:
    """Contracts of the artifacts on a node."""

    def __init__(self, web3, artifact):
        self.web3, self.artifact = web3, artifact

    def at(self, name: str, address: str):
        return self.web3.eth.contract(address=address, abi=self.artifact("l1", name)["abi"])

    def deploy(self, name: str, *arguments):
        built = self.artifact("l1", name)
        factory = self.web3.eth.contract(abi=built["abi"], bytecode=built["bytecode"])
        return self.at(name, self.run(factory.constructor(*arguments)).contractAddress)

    def run(self, call, sender: int = 0, **options):
        """Sends a call as a transaction; its receipt, which must be a success.

        The gas limit is the estimate and a quarter: an estimate is made on the last block, and the price of deposits may
        rise by an eighth times the excess from one block to the next.
        """
        options = {"from": self.web3.eth.accounts[sender], **options}
        if "gas" not in options:
            options["gas"] = call.estimate_gas(options) * 5 // 4
        sent = call.transact(options)
        receipt = self.web3.eth.wait_for_transaction_receipt(sent)
        assert receipt.status == 1
        return receipt

    def wait(self, seconds: int) -> None:
        self.web3.provider.make_request("evm_increaseTime", [seconds])
        self.web3.provider.make_request("evm_mine", [])


@pytest.fixture(scope="module")
def chain(mayfly_l1, artifact):
    return Chain(mayfly_l1, artifact)


@pytest.fixture(scope="module")
def launched(chain):
    """A rollup launched on the node: its contracts by name, and the receipt of the launch."""
    accounts = chain.web3.eth.accounts
    arguments = {"Claims": (chain.deploy("SettledERC721").address, chain.deploy("SettledERC1155").address)}
    implementations = {name: chain.deploy(name, *arguments.get(name, ())).address for name in IMPLEMENTATIONS}
    made_of = parts(chain.deploy("Proxy").address, implementations, chain.deploy("BondedProposal").address)
    registry = chain.deploy("RollupRegistry", accounts[0])
    inbox = bytes.fromhex(chain.artifact("l1", "BatchInbox")["bytecode"][2:])
    factory = chain.deploy("RollupFactory", registry.address, accounts[9], GAME_TYPE, made_of, inbox)
    chain.run(registry.functions.setFactory(factory.address, True))
    chain.run(registry.functions.transferOwnership(accounts[9]))
    salt = keccak(text="on our own")
    predicted = factory.functions.predict(accounts[1], salt).call()
    receipt = chain.run(factory.functions.launch(salt, launch_of(accounts[1])), sender=1)
    contracts = {name: chain.at(name, address) for name, address in zip(IMPLEMENTATIONS, predicted)}
    assert contracts["SystemConfig"].functions.owner().call() == accounts[1]
    assert registry.functions.idOf(predicted[0]).call() == 0
    return contracts, receipt


def fails_with(error: str):
    return pytest.raises(ContractCustomError, match="0x" + keccak(text=error)[:4].hex())


def test_deposit_propose_prove_finalize(chain, launched):
    contracts, receipt = launched
    web3, accounts = chain.web3, chain.web3.eth.accounts
    portal, factory, messenger = (
        contracts[name] for name in ("OptimismPortal", "DisputeGameFactory", "L1CrossDomainMessenger")
    )
    assert receipt.gasUsed < 2_600_000

    # Deposits: ETH alone, data, and through the bridge.
    web3.eth.wait_for_transaction_receipt(
        web3.eth.send_transaction({"from": accounts[2], "to": portal.address, "value": 3 * ETHER, "gas": 500_000})
    )
    deposit = chain.run(
        portal.functions.depositTransaction(accounts[3], 5, 5_000_000, False, b"x" * 100_000), 2, value=7, gas=GAS
    )
    (event,) = portal.events.TransactionDeposited().process_receipt(deposit)
    assert event.args.opaqueData[73:] == b"x" * 100_000 and event.args["from"] == accounts[2]
    bridged = chain.run(contracts["L1StandardBridge"].functions.bridgeETH(200_000, b""), 2, value=11)
    assert len(bridged.logs) == 5
    assert web3.eth.get_balance(portal.address) == 3 * ETHER + 18

    # A withdrawal to an account and a message, in one output.
    plain = Withdrawal(VERSION, accounts[4], "0x" + "11" * 20, ETHER, 50_000, b"")
    arguments = (VERSION | 1, accounts[4], "0x" + "22" * 20, 5, 30_000, b"")
    limit = messenger.functions.baseGas(b"", 30_000).call()
    message = Withdrawal(VERSION | 1, L2_MESSENGER, messenger.address, 5, limit, SELECTOR + encode(TYPES, arguments))
    output = Output([plain, message])
    create = factory.functions.create(GAME_TYPE, output.root, (100).to_bytes(32, "big"))
    with fails_with("IncorrectBondAmount()"):
        create.call({"value": BOND - 1})
    chain.run(create, 5, value=BOND)
    _, _, address = factory.functions.gameAtIndex(0).call()
    game = chain.at("BondedProposal", address)
    assert game.functions.rootClaim().call() == output.root and game.functions.gameCreator().call() == accounts[5]
    chain.wait(12)

    for withdrawal in (plain, message):
        prove = portal.functions.proveWithdrawalTransaction(
            withdrawal.tuple, 0, output.proof, output.proof_of(withdrawal)
        )
        chain.run(prove, 4)
    forged = Withdrawal(VERSION | 2, accounts[4], accounts[4], 3 * ETHER, 50_000, b"")
    with pytest.raises(ContractLogicError, match="MerkleTrie"):
        portal.functions.proveWithdrawalTransaction(forged.tuple, 0, output.proof, output.proof_of(plain)).call()
    with fails_with("OptimismPortal_InvalidOutputRootProof()"):
        portal.functions.proveWithdrawalTransaction(
            forged.tuple, 0, Output([forged]).proof, Output([forged]).proof_of(forged)
        ).call()
    finalize = portal.functions.finalizeWithdrawalTransaction
    with fails_with("OptimismPortal_ProofNotOldEnough()"):
        finalize(plain.tuple).call({"from": accounts[4]})
    chain.wait(CHALLENGE_WINDOW)
    with fails_with("OptimismPortal_InvalidRootClaim()"):
        finalize(plain.tuple).call({"from": accounts[4]})
    chain.run(game.functions.resolve(), 6)
    chain.wait(MATURITY_DELAY + 1)
    with fails_with("OptimismPortal_Unproven()"):
        finalize(plain.tuple).call({"from": accounts[6]})

    paid = chain.run(finalize(plain.tuple), 4)
    (event,) = portal.events.WithdrawalFinalized().process_receipt(paid, DISCARD)
    assert event.args.success and web3.eth.get_balance(plain.target) == ETHER
    relayed = chain.run(finalize(message.tuple), 4)
    assert len(messenger.events.RelayedMessage().process_receipt(relayed, DISCARD)) == 1
    assert web3.eth.get_balance(arguments[2]) == 5
    for withdrawal in (plain, message):
        with fails_with("OptimismPortal_AlreadyFinalized()"):
            finalize(withdrawal.tuple).call({"from": accounts[4]})
    chain.run(game.functions.claimCredit(accounts[5]), 6)
    chain.run(contracts["AnchorStateRegistry"].functions.setAnchorState(address), 6)
    assert contracts["AnchorStateRegistry"].functions.getAnchorRoot().call() == [output.root, 100]
    assert contracts["SystemConfig"].functions.disputeGameFactory().call() == factory.address
    assert game.functions.challenger().call() == ZERO


def test_configuration_events(chain, launched):
    config = launched[0]["SystemConfig"]
    receipt = chain.run(config.functions.setGasLimit(100_000_000), 1)
    (event,) = config.events.ConfigUpdate().process_receipt(receipt)
    assert (event.args.version, event.args.updateType) == (0, 2)
    assert event.args.data == (100_000_000).to_bytes(32, "big")
    with pytest.raises(ContractLogicError, match="caller is not the owner"):
        config.functions.setGasLimit(100_000_000).call({"from": chain.web3.eth.accounts[2]})


def test_trie_proofs_take_the_same_gas_on_both_machines(chain, inline):
    """The loops of the proof's check run alike, to the unit of gas."""
    import boa
    import rlp
    from trie import HexaryTrie

    here = inline(TRIE_SOURCE)
    there = chain.web3.eth.contract(abi=here.abi, bytecode=here.bytecode)
    address = chain.run(there.constructor()).contractAddress
    there, here = chain.web3.eth.contract(address=address, abi=here.abi), here.deploy()
    trie = HexaryTrie({})
    keys = [keccak(number.to_bytes(2, "big")) for number in range(500)]
    for key in keys:
        trie[key] = b"\x01"
    for key in keys[::100]:
        proof = [rlp.encode(node) for node in trie.get_proof(key)]
        arguments = (trie.root_hash, int.from_bytes(key, "big"), proof)
        assert there.functions.valueOf(*arguments).call() == here.valueOf(*arguments) == b"\x01"
        data = bytes.fromhex(there.encode_abi("valueOf", arguments)[2:])
        floor = 21_000 + sum(40 if byte else 10 for byte in data)
        usual = 21_000 + sum(16 if byte else 4 for byte in data) + here._computation.get_gas_used()
        receipt = chain.web3.eth.wait_for_transaction_receipt(
            chain.web3.eth.send_transaction({"to": address, "data": data, "gas": 1_000_000})
        )
        assert receipt.gasUsed == max(usual, floor)
