"""The fee vaults: everything goes to the recipient, and only the owner of the ProxyAdmin says who that is."""

import boa
import pytest
from eth_abi import encode
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st
from rollup import PARAMETERS, address_of, alias, call_data, execute, logs, predeploy, topic, word

VAULTS = {0x11: "sequencerFeeVault", 0x19: "baseFeeVault", 0x1A: "l1FeeVault", 0x1B: "operatorFeeVault"}
PASSER = predeploy(0x16)
GOVERNOR = alias(PARAMETERS["governor"])
TOO_LITTLE = "FeeVault: less than the minimum withdrawal"

REFUSER = "@external\ndef nothing():\n    pass\n"
GREEDY = """
interface Vault:
    def withdraw() -> uint256: nonpayable

worked: public(bool)

@external
@payable
def __default__():
    self.worked = raw_call(msg.sender, method_id("withdraw()"), revert_on_failure=False)
"""


@pytest.fixture(params=VAULTS, ids=VAULTS.values())
def low(request):
    return request.param


@pytest.fixture
def vault(rollup, l2, low):
    return l2.FeeVault.at(predeploy(low))


def expected_of(low):
    name = VAULTS[low]
    return (
        address_of(PARAMETERS[name + "Recipient"]),
        PARAMETERS[name + "MinimumWithdrawalAmount"],
        PARAMETERS[name + "WithdrawalNetwork"],
    )


def test_is_configured_by_the_genesis(vault, low):
    assert (vault.recipient(), vault.minWithdrawalAmount(), vault.withdrawalNetwork()) == expected_of(low)
    assert (vault.RECIPIENT(), vault.MIN_WITHDRAWAL_AMOUNT(), vault.WITHDRAWAL_NETWORK()) == expected_of(low)
    assert vault.l1FeeWallet() == vault.recipient() and vault.totalProcessed() == 0


def test_pays_everything_out(vault, low, account):
    anyone = account("anyone")
    recipient, minimum, network = expected_of(low)

    @given(st.lists(st.integers(0, 10**20), min_size=1, max_size=4))
    def check(extras):
        with boa.env.anchor():
            total = 0
            for extra in extras:
                amount = minimum + extra
                boa.env.set_balance(vault.address, amount)
                result = execute(vault.address, call_data("withdraw()"), anyone)
                assert not result.is_error and result.output == word(amount)
                total += amount
                own = [(topics, data) for address, topics, data in logs(result) if address == vault.address]
                plain = encode(["uint256", "address", "address"], [amount, recipient, anyone])
                assert own == [
                    ([topic("Withdrawal(uint256,address,address)")], plain),
                    ([topic("Withdrawal(uint256,address,address,uint8)")], plain + word(network)),
                ]
                if network == 0:
                    [(_, topics, data)] = [log for log in logs(result) if log[0] == PASSER]
                    assert topics[2:] == [word(vault.address), word(recipient)]
                    assert data[:64] == word(amount) + word(400_000)
            assert boa.env.get_balance(recipient if network else PASSER) == total == vault.totalProcessed()
            assert boa.env.get_balance(vault.address) == 0

    check()


def test_pays_nothing_below_the_minimum(vault, low, account, reverts):
    boa.env.set_balance(vault.address, expected_of(low)[1] - 1)
    with reverts(TOO_LITTLE), boa.env.prank(account("anyone")):
        vault.withdraw()


def test_takes_plain_value_only(vault, account):
    assert not execute(vault.address, b"", account("payer"), 5).is_error
    assert execute(vault.address, b"\x01\x02\x03\x04", account("payer"), 5).is_error
    assert boa.env.get_balance(vault.address) == 5


def test_the_governor_configures(vault, account):
    heir = account("heir")
    recipient, minimum, network = vault.recipient(), vault.minWithdrawalAmount(), vault.withdrawalNetwork()
    for call, kind, old, new in (
        (call_data("setRecipient(address)", heir), "RecipientUpdated(address,address)", recipient, heir),
        (call_data("setMinWithdrawalAmount(uint256)", 7), "MinWithdrawalAmountUpdated(uint256,uint256)", minimum, 7),
        (call_data("setWithdrawalNetwork(uint8)", 1), "WithdrawalNetworkUpdated(uint8,uint8)", network, 1),
    ):
        result = execute(vault.address, call, GOVERNOR)
        assert logs(result) == [(vault.address, [topic(kind)], word(old) + word(new))]
    assert (vault.recipient(), vault.minWithdrawalAmount(), vault.withdrawalNetwork()) == (heir, 7, 1)
    for network in (2, 255):
        assert execute(vault.address, call_data("setWithdrawalNetwork(uint8)", network), GOVERNOR).is_error


def test_nobody_else_configures(vault, low, account):
    for outsider in (account("mallory"), vault.recipient(), predeploy(0x18), address_of(PARAMETERS["governor"])):
        for call in (
            call_data("setRecipient(address)", outsider),
            call_data("setMinWithdrawalAmount(uint256)", 0),
            call_data("setWithdrawalNetwork(uint8)", 1),
        ):
            result = execute(vault.address, call, outsider)
            assert result.is_error and result.output == keccak(text="FeeVault_OnlyProxyAdminOwner()")[:4]
    assert (vault.recipient(), vault.minWithdrawalAmount(), vault.withdrawalNetwork()) == expected_of(low)


def test_a_recipient_that_refuses_loses_nothing(vault, inline, account, reverts):
    with boa.env.prank(GOVERNOR):
        vault.setWithdrawalNetwork(1)
        vault.setRecipient(inline(REFUSER).deploy().address)
    boa.env.set_balance(vault.address, 10**19)
    with reverts("FeeVault: the recipient refused the ether"):
        vault.withdraw()
    assert boa.env.get_balance(vault.address) == 10**19 and vault.totalProcessed() == 0


def test_a_recipient_cannot_enter_again(vault, inline, account):
    greedy = inline(GREEDY).deploy()
    with boa.env.prank(GOVERNOR):
        vault.setWithdrawalNetwork(1)
        vault.setMinWithdrawalAmount(0)
        vault.setRecipient(greedy.address)
    boa.env.set_balance(vault.address, 10**19)
    vault.withdraw()
    assert not greedy.worked() and vault.totalProcessed() == 10**19 == boa.env.get_balance(greedy.address)
