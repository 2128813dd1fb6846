"""What a developer does with web3.py, against `mayfly l1`: over HTTP and over WebSocket.

Run by `./test clients`, or: .venv-test/bin/python -m unittest discover -s Tests/Clients
"""
import asyncio
import pathlib
import unittest

import vyper
from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data
from web3 import AsyncWeb3, Web3, WebSocketProvider
from web3.exceptions import ContractLogicError, TransactionNotFound, Web3RPCError
from web3.providers import JSONBaseProvider
from websockets.sync.client import connect

import proofs
from node import Node

ETHER = 10**18
GWEI = 10**9
MNEMONIC = "test test test test test test test test test test test junk"
SOURCE = (pathlib.Path(__file__).parent / "counter.vy").read_text()


def development_account(index):
    Account.enable_unaudited_hdwallet_features()
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")


class ClientTests:
    """The tests, for any transport: `self.w3` is connected."""

    @classmethod
    def setUpClass(cls):
        cls.node = Node().start()
        cls.alice, cls.bob = development_account(0), development_account(1)
        cls.w3 = cls.connect(cls.node)
        compiled = vyper.compile_code(SOURCE, output_formats=["abi", "bytecode"])
        cls.factory = cls.w3.eth.contract(abi=compiled["abi"], bytecode=compiled["bytecode"])

    @classmethod
    def tearDownClass(cls):
        code = cls.node.stop()
        assert code == 0, f"the node ended with {code}"

    def send(self, transaction, account=None, **signing):
        """Signs and sends a transaction, and waits for its receipt."""
        account = account or self.alice
        transaction = {
            "chainId": 1337, "gas": 100_000, "value": 0,
            "nonce": self.w3.eth.get_transaction_count(account.address, "pending"), **transaction,
        }
        signed = account.sign_transaction(transaction, **signing)
        digest = self.w3.eth.send_raw_transaction(signed.raw_transaction)
        if not signing:
            # With blobs the library hashes what is sent; the hash of the transaction is without them (EIP-4844).
            self.assertEqual(digest, signed.hash)
        return self.w3.eth.wait_for_transaction_receipt(digest, timeout=20, poll_latency=0.01)

    def fees(self):
        return {"maxFeePerGas": 100 * GWEI, "maxPriorityFeePerGas": GWEI}

    def deploy(self, limit=100):
        transaction = self.factory.constructor(limit).build_transaction(
            {"from": self.alice.address, "nonce": self.w3.eth.get_transaction_count(self.alice.address, "pending")})
        receipt = self.send(transaction)
        self.assertEqual(receipt.status, 1)
        return self.factory(address=receipt.contractAddress), receipt

    # Transactions of every type

    def check_transfer(self, fields, kind):
        before = self.w3.eth.get_balance(self.bob.address)
        receipt = self.send({"to": self.bob.address, "value": 3, **fields})
        self.assertEqual((receipt.status, receipt.type), (1, kind))
        self.assertEqual(self.w3.eth.get_balance(self.bob.address), before + 3)
        found = self.w3.eth.get_transaction(receipt.transactionHash)
        self.assertEqual((found["from"], found.to, found.type), (self.alice.address, self.bob.address, kind))
        return receipt

    def test_legacy(self):
        self.check_transfer({"gasPrice": 50 * GWEI}, 0)

    def test_access_list(self):
        entry = {"address": self.bob.address, "storageKeys": ["0x" + "00" * 31 + "01"]}
        receipt = self.check_transfer({"gasPrice": 50 * GWEI, "accessList": [entry], "type": 1}, 1)
        self.assertEqual(receipt.gasUsed, 21_000 + 2_400 + 1_900)

    def test_dynamic_fee(self):
        receipt = self.check_transfer(self.fees(), 2)
        block = self.w3.eth.get_block(receipt.blockNumber)
        self.assertEqual(receipt.effectiveGasPrice, block.baseFeePerGas + GWEI)

    def test_blob(self):
        blob = b"\x00" + b"mayfly" * 5 + b"\x00" * (131_072 - 31)
        receipt = self.send(
            {"to": self.bob.address, "type": 3, "maxFeePerBlobGas": 100 * GWEI, **self.fees()}, blobs=[blob])
        self.assertEqual((receipt.status, receipt.type, receipt.blobGasUsed), (1, 3, 131_072))
        block = self.w3.eth.get_block(receipt.blockNumber)
        self.assertEqual(block.blobGasUsed, 131_072)

    def test_set_code(self):
        contract, _ = self.deploy()
        signer = Account.create()
        authorization = signer.sign_authorization({"chainId": 1337, "address": contract.address, "nonce": 0})
        receipt = self.send(
            {"to": signer.address, "type": 4, "gas": 300_000, "authorizationList": [authorization], **self.fees()})
        self.assertEqual(receipt.type, 4)
        code = self.w3.eth.get_code(signer.address)
        self.assertEqual(code, bytes.fromhex("ef0100" + contract.address[2:]))
        delegated = self.factory(address=signer.address)
        self.assertEqual(delegated.functions.limit().call(), 0)

    # Contracts

    def test_contract(self):
        contract, _ = self.deploy()
        self.assertEqual(contract.functions.limit().call(), 100)
        transaction = contract.functions.count(7).build_transaction(
            {"from": self.alice.address, "nonce": self.w3.eth.get_transaction_count(self.alice.address)})
        receipt = self.send(transaction)
        self.assertEqual(contract.functions.total().call(), 7)
        event, = contract.events.Counted().process_receipt(receipt)
        self.assertEqual((event.args.by, event.args.step, event.args.total), (self.alice.address, 7, 7))

    def test_revert(self):
        contract, _ = self.deploy(limit=5)
        with self.assertRaisesRegex(ContractLogicError, "over the limit"):
            contract.functions.count(6).call({"from": self.alice.address})
        with self.assertRaisesRegex(ContractLogicError, "over the limit"):
            contract.functions.count(6).estimate_gas({"from": self.alice.address})
        receipt = self.send({"to": contract.address, "data": contract.encode_abi("count", [6]), **self.fees()})
        self.assertEqual(receipt.status, 0)

    def test_estimate_is_enough_and_not_too_much(self):
        contract, _ = self.deploy()
        estimate = contract.functions.count(1).estimate_gas({"from": self.alice.address})
        data = contract.encode_abi("count", [1])
        used = self.send({"to": contract.address, "data": data, "gas": estimate, **self.fees()})
        self.assertEqual(used.status, 1)
        self.assertLessEqual(estimate, used.gasUsed * 1.3)

    def test_history(self):
        contract, deployed = self.deploy()
        heights = []
        for step in (1, 2, 3):
            receipt = self.send(
                {"to": contract.address, "data": contract.encode_abi("count", [step]), **self.fees()})
            heights.append(receipt.blockNumber)
        totals = [contract.functions.total().call(block_identifier=height) for height in heights]
        self.assertEqual(totals, [1, 3, 6])
        self.assertEqual(self.w3.eth.get_code(contract.address, deployed.blockNumber - 1), b"")

    def test_proofs(self):
        contract, _ = self.deploy(limit=321)
        block = self.w3.eth.get_block("latest")
        proof = self.w3.eth.get_proof(contract.address, [0, 1, 77], block.number)
        proofs.verify(block.stateRoot, proof)
        self.assertEqual([int.from_bytes(slot.value, "big") for slot in proof.storageProof], [0, 321, 0])
        nobody = self.w3.eth.get_proof(Account.create().address, [0], block.number)
        proofs.verify(block.stateRoot, nobody)

    # Logs and filters

    def test_logs(self):
        contract, deployed = self.deploy()
        for step in (1, 2):
            self.send({"to": contract.address, "data": contract.encode_abi("count", [step]), **self.fees()})
        events = contract.events.Counted().get_logs(from_block=deployed.blockNumber)
        self.assertEqual([event.args.step for event in events], [1, 2])
        mine = contract.events.Counted().get_logs(
            from_block=deployed.blockNumber, argument_filters={"by": self.bob.address})
        self.assertEqual(list(mine), [])

    def test_filters(self):
        contract, _ = self.deploy()
        blocks = self.w3.eth.filter("latest")
        pending = self.w3.eth.filter("pending")
        logs = contract.events.Counted().create_filter(from_block="latest")
        receipt = self.send({"to": contract.address, "data": contract.encode_abi("count", [4]), **self.fees()})
        self.assertIn(receipt.blockHash, blocks.get_new_entries())
        self.assertIn(receipt.transactionHash, pending.get_new_entries())
        self.assertEqual([event.args.step for event in logs.get_new_entries()], [4])
        self.assertEqual(logs.get_new_entries(), [])
        self.assertEqual(len(logs.get_all_entries()), 1)
        self.assertTrue(self.w3.eth.uninstall_filter(logs.filter_id))
        self.assertFalse(self.w3.eth.uninstall_filter(logs.filter_id))

    def test_pending(self):
        """The block that would come next, while transactions wait for it."""
        contract, _ = self.deploy()
        self.w3.manager.request_blocking("evm_setAutomine", [False])
        try:
            nonce = self.w3.eth.get_transaction_count(self.alice.address)
            balance = self.w3.eth.get_balance(self.bob.address)
            signed = self.alice.sign_transaction({
                "chainId": 1337, "gas": 100_000, "to": contract.address, "value": 0, "nonce": nonce,
                "data": contract.encode_abi("count", [4]), **self.fees()})
            transfer = self.alice.sign_transaction({
                "chainId": 1337, "gas": 21_000, "to": self.bob.address, "value": 9, "nonce": nonce + 1,
                **self.fees()})
            for transaction in (signed, transfer):
                self.w3.eth.send_raw_transaction(transaction.raw_transaction)
            block = self.w3.eth.get_block("pending")
            self.assertEqual(block.number, self.w3.eth.block_number + 1)
            self.assertEqual(block.transactions, [signed.hash, transfer.hash])
            self.assertEqual((block["hash"], block.nonce, block.miner), (None, None, None))
            self.assertEqual(contract.functions.total().call(block_identifier="pending"), 4)
            self.assertEqual(contract.functions.total().call(), 0)
            self.assertEqual(self.w3.eth.get_balance(self.bob.address, "pending"), balance + 9)
            self.assertEqual(self.w3.eth.get_balance(self.bob.address), balance)
            self.assertEqual(self.w3.eth.get_transaction_count(self.alice.address, "pending"), nonce + 2)
            self.assertEqual(self.w3.eth.get_transaction_count(self.alice.address), nonce)
        finally:
            self.w3.manager.request_blocking("evm_setAutomine", [True])
        self.w3.eth.wait_for_transaction_receipt(transfer.hash, timeout=20, poll_latency=0.01)

    # What else a wallet asks

    def test_chain(self):
        self.assertEqual(self.w3.eth.chain_id, 1337)
        self.assertEqual(self.w3.net.version, "1337")
        self.assertTrue(self.w3.client_version.lower().startswith("mayfly"))
        self.assertFalse(self.w3.eth.syncing)
        history = self.w3.eth.fee_history(2, "latest", [25, 75])
        self.assertEqual(len(history.baseFeePerGas), len(history.gasUsedRatio) + 1)
        self.assertGreater(self.w3.eth.gas_price, 0)
        self.assertEqual(len(self.w3.eth.accounts), 10)

    def test_contracts_of_other_chains(self):
        """Multicall3, CreateX and the deterministic proxy are where libraries look for them, and work."""

        def call(to, signature, *words):
            return self.w3.eth.call({"to": to, "data": Web3.keccak(text=signature)[:4] + b"".join(words)})

        def created(deployer, salt, code):
            return Web3.keccak(b"\xff" + bytes.fromhex(deployer[2:]) + salt + Web3.keccak(code))[12:]

        multicall, create_x = "0xcA11bde05977b3631167028862bE2a173976CA11", "0xba5Ed099633D3B313e4D5F7bdc1305d3c28ba5Ed"
        self.assertEqual(int.from_bytes(call(multicall, "getChainId()"), "big"), 1337)
        salt, code = b"\x07" * 32, bytes.fromhex("6001600c60003960016000f300")
        words = salt, Web3.keccak(code)
        self.assertEqual(
            call(create_x, "computeCreate2Address(bytes32,bytes32)", *words)[12:], created(create_x, salt, code))
        proxy = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
        self.assertEqual(self.send({"to": proxy, "data": salt + code, **self.fees()}).status, 1)
        address = Web3.to_checksum_address(created(proxy, salt, code))
        self.assertEqual(self.w3.eth.get_code(address), b"\x00")

    def test_snapshots(self):
        request = self.w3.provider.make_request
        snapshot = request("evm_snapshot", [])["result"]
        height = self.w3.eth.block_number
        for _ in range(3):
            self.send({"to": self.bob.address, "value": 1, **self.fees()})
        self.assertTrue(request("evm_revert", [snapshot])["result"])
        self.assertEqual(self.w3.eth.block_number, height)
        # Blocks go on being made.
        receipt = self.send({"to": self.bob.address, "value": 2, **self.fees()})
        self.assertEqual(receipt.blockNumber, height + 1)

    def test_signatures(self):
        message = encode_defunct(text="hello")
        signature = self.w3.eth.sign(self.alice.address, text="hello")
        self.assertEqual(Account.recover_message(message, signature=signature), self.alice.address)
        data = {
            "types": {
                "EIP712Domain": [{"name": "name", "type": "string"}, {"name": "chainId", "type": "uint256"}],
                "Order": [{"name": "maker", "type": "address"}, {"name": "amounts", "type": "uint256[]"}],
            },
            "primaryType": "Order",
            "domain": {"name": "Market", "chainId": 1337},
            "message": {"maker": self.bob.address, "amounts": [1, 2**255]},
        }
        signature = self.w3.eth.sign_typed_data(self.bob.address, data)
        self.assertEqual(
            Account.recover_message(encode_typed_data(full_message=data), signature=signature), self.bob.address)

    def test_filled_transaction(self):
        answer = self.w3.provider.make_request(
            "eth_fillTransaction", [{"from": self.alice.address, "to": self.bob.address, "value": "0x5"}])
        filled = answer["result"]["tx"]
        self.assertEqual(int(filled["gas"], 16), 21_000)
        self.assertEqual((filled["type"], filled["chainId"]), ("0x2", "0x539"))
        self.assertNotIn("r", filled)
        fields = ["nonce", "to", "gas", "value", "maxFeePerGas", "maxPriorityFeePerGas", "chainId", "type"]
        receipt = self.send({name: Web3.to_checksum_address(filled[name]) if name == "to" else int(filled[name], 16)
                             for name in fields})
        self.assertEqual(receipt.status, 1)

    def test_errors(self):
        with self.assertRaises(TransactionNotFound):
            self.w3.eth.get_transaction("0x" + "11" * 32)
        poor = Account.create()
        with self.assertRaisesRegex(Web3RPCError, "insufficient funds"):
            self.send({"to": self.bob.address, "value": 1, **self.fees()}, account=poor)
        with self.assertRaisesRegex(Web3RPCError, "nonce too low"):
            self.send({"to": self.bob.address, "nonce": 0, "value": 4, **self.fees()})


class HTTPTests(ClientTests, unittest.TestCase):
    @staticmethod
    def connect(node):
        return Web3(Web3.HTTPProvider(node.url))


class WebSocketRequests(JSONBaseProvider):
    """web3.py's own provider for WebSocket is asynchronous: this one lets the same tests run over it."""

    def __init__(self, url):
        super().__init__()
        self.socket = connect(url, max_size=None)

    def make_request(self, method, params):
        self.socket.send(self.encode_rpc_request(method, params))
        return self.decode_rpc_response(self.socket.recv(decode=False))


class WebSocketTests(ClientTests, unittest.TestCase):
    @staticmethod
    def connect(node):
        return Web3(WebSocketRequests(node.websocket_url))


class SubscriptionTests(unittest.IsolatedAsyncioTestCase):
    async def test_subscriptions(self):
        with Node() as node:
            alice, bob = development_account(0), development_account(1)
            async with AsyncWeb3(WebSocketProvider(node.websocket_url)) as w3:
                heads = await w3.eth.subscribe("newHeads")
                pending = await w3.eth.subscribe("newPendingTransactions")
                logs = await w3.eth.subscribe("logs", {})
                compiled = vyper.compile_code(SOURCE, output_formats=["abi", "bytecode"])
                contract = w3.eth.contract(abi=compiled["abi"], bytecode=compiled["bytecode"])
                fields = {"chainId": 1337, "maxFeePerGas": 100 * GWEI, "maxPriorityFeePerGas": GWEI, "gas": 900_000}
                data = (await contract.constructor(100).build_transaction({**fields, "nonce": 0, "from": alice.address}))
                digest = await w3.eth.send_raw_transaction(alice.sign_transaction(data).raw_transaction)
                receipt = await w3.eth.wait_for_transaction_receipt(digest, timeout=20, poll_latency=0.01)
                call = {**fields, "nonce": 1, "to": receipt.contractAddress, "value": 0,
                        "data": contract.encode_abi("count", [9])}
                second = await w3.eth.send_raw_transaction(alice.sign_transaction(call).raw_transaction)
                seen = {heads: [], pending: [], logs: []}
                async with asyncio.timeout(20):
                    async for message in w3.socket.process_subscriptions():
                        seen[message["subscription"]].append(message["result"])
                        if len(seen[heads]) >= 2 and len(seen[pending]) >= 2 and seen[logs]:
                            break
                self.assertEqual([head["number"] for head in seen[heads]], [1, 2])
                self.assertEqual(list(seen[pending]), [digest, second])
                self.assertEqual(seen[logs][0]["transactionHash"], second)
                self.assertTrue(await w3.eth.unsubscribe(heads))


if __name__ == "__main__":
    unittest.main()
