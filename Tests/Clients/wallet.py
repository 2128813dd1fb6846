"""A wallet in the page, as a browser's extension puts one there (EIP-6963, EIP-1193): it signs with keys of the test."""
import json

from eth_account import Account
from eth_account.messages import encode_defunct

from rollup import call

INJECTED = """
(() => {
  const provider = {
    request: async (asked) => {
      const answer = JSON.parse(await window.walletRequest(JSON.stringify(asked)));
      if (answer.error) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
      return answer.result;
    },
    on: () => {},
  };
  const info = { uuid: "350670db-19fa-4704-a166-e52e178b59d2", name: "Test wallet", icon: "data:image/svg+xml,", rdns: "test" };
  const announce = () => window.dispatchEvent(
    new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }));
  window.addEventListener("eip6963:requestProvider", announce);
  announce();
})();
"""


class Refused(Exception):
    def __init__(self, code, message):
        self.code = code
        super().__init__(message)


class Wallet:
    """One account, on one chain at a time; it knows only the chains that it was given or told of by the page."""

    def __init__(self, account: Account, chains, current):
        self.account, self.chains, self.current = account, dict(chains), current
        self.asked, self.sent, self.refuses = [], [], False

    def inject(self, page):
        page.expose_binding("walletRequest", lambda _, text: self.answer(text))
        page.add_init_script(INJECTED)
        return page

    def answer(self, text):
        asked = json.loads(text)
        self.asked.append(asked["method"])
        try:
            return json.dumps({"result": self.perform(asked["method"], asked.get("params") or [])})
        except Refused as error:
            return json.dumps({"error": {"code": error.code, "message": str(error)}})
        except Exception as error:
            return json.dumps({"error": {"code": -32603, "message": str(error)}})

    def perform(self, method, parameters):
        if method in ("eth_requestAccounts", "eth_accounts"):
            return [self.account.address]
        if method == "eth_chainId":
            return hex(self.current)
        if method == "wallet_switchEthereumChain":
            wanted = int(parameters[0]["chainId"], 16)
            if wanted not in self.chains:
                raise Refused(4902, "it has no such chain")
            self.current = wanted
            return None
        if method == "wallet_addEthereumChain":
            chain, url = int(parameters[0]["chainId"], 16), parameters[0]["rpcUrls"][0]
            if int(call(url, "eth_chainId"), 16) != chain:
                raise Refused(-32602, "the URL is of another chain")
            self.chains[chain], self.current = url, chain
            return None
        if method == "personal_sign":
            return self.account.sign_message(encode_defunct(hexstr=parameters[0])).signature.to_0x_hex()
        if method == "eth_sendTransaction":
            if self.refuses:
                raise Refused(4001, "the user has refused it")
            return self.send(parameters[0])
        return call(self.chains[self.current], method, *parameters)

    def send(self, asked):
        url = self.chains[self.current]
        if asked["from"].lower() != self.account.address.lower():
            raise Refused(4100, "it is another account's")
        whole = {key: asked[key] for key in ("from", "to", "value", "data") if asked.get(key)}
        gas = asked.get("gas") or hex(int(call(url, "eth_estimateGas", whole), 16) * 12 // 10)
        base = int(call(url, "eth_getBlockByNumber", "latest", False)["baseFeePerGas"], 16)
        transaction = {
            "chainId": self.current, "to": asked["to"], "value": int(asked.get("value") or "0x0", 16), "data": asked["data"],
            "gas": int(gas, 16), "maxPriorityFeePerGas": 10**9, "maxFeePerGas": 2 * base + 10**9,
            "nonce": int(call(url, "eth_getTransactionCount", self.account.address, "pending"), 16)}
        signed = self.account.sign_transaction(transaction)
        self.sent.append(call(url, "eth_sendRawTransaction", signed.raw_transaction.to_0x_hex()))
        return self.sent[-1]
