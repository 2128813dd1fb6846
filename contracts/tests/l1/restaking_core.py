"""The restaking core as a test needs it: all its contracts, a token with a strategy, a service, and steps in the life of stake."""

import boa
from eth_utils import keccak, to_checksum_address

WAD = 10**18
ZERO = "0x" + "00" * 20
BURN = "0x00000000000000000000000000000000000E16E4"
WITHDRAWAL_DELAY, DEALLOCATION_DELAY, CONFIGURATION_DELAY = 20, 20, 10
PARTS = (
    "PermissionController", "AllocationManager", "DelegationManager", "StrategyManager", "RestakedStrategy",
    "StrategyFactory",
)

TOKEN = """
# pragma version 0.4.3
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
decimals: public(constant(uint8)) = 18
# What is called on each transfer, with what: how a token comes back into a contract.
target: address
data: Bytes[1024]
came: public(bool)

@external
def mint(to: address, amount: uint256):
    self.balanceOf[to] += amount

@external
def approve(spender: address, amount: uint256) -> bool:
    self.allowance[msg.sender][spender] = amount
    return True

@external
def come_back(target: address, data: Bytes[1024]):
    self.target = target
    self.data = data

@internal
def _move(giver: address, to: address, amount: uint256):
    if self.target != empty(address):
        done: bool = raw_call(self.target, self.data, revert_on_failure=False)
        self.came = self.came or done
    self.balanceOf[giver] -= amount
    self.balanceOf[to] += amount

@external
def transfer(to: address, amount: uint256) -> bool:
    self._move(msg.sender, to, amount)
    return True

@external
def transferFrom(giver: address, to: address, amount: uint256) -> bool:
    self.allowance[giver][msg.sender] -= amount
    self._move(giver, to, amount)
    return True
"""

# A service's registrar that takes everybody.
REGISTRAR = """
# pragma version 0.4.3
last: public(address)
left: public(address)

@external
def registerOperator(operator: address, avs: address, ids: DynArray[uint32, 32], data: Bytes[1024]):
    self.last = operator

@external
def deregisterOperator(operator: address, avs: address, ids: DynArray[uint32, 32]):
    self.left = operator

@external
@view
def supportsAVS(avs: address) -> bool:
    return True
"""


class Restaking:
    """All contracts, as RestakingCore makes them, and one token with its strategy."""

    def __init__(self, l1, inline, account):
        self.l1, self.inline = l1, inline
        # Far enough for every delay to be behind.
        boa.env.evm.patch.block_number = max(boa.env.evm.patch.block_number, 1000)
        codes = [getattr(l1, name).bytecode for name in PARTS]
        hashes = [keccak(code) for code in codes] + [b"\1" * 32]
        self.core = l1.RestakingCore.deploy(tuple(hashes), WITHDRAWAL_DELAY, DEALLOCATION_DELAY, CONFIGURATION_DELAY)
        for code in codes:
            self.core.make(code)
        self.permissions = l1.PermissionController.at(self.core.permissionController())
        self.allocations = l1.AllocationManager.at(self.core.allocationManager())
        self.delegation = l1.DelegationManager.at(self.core.delegationManager())
        self.deposits = l1.StrategyManager.at(self.core.strategyManager())
        self.factory = l1.StrategyFactory.at(self.core.strategyFactory())
        self.token = inline(TOKEN).deploy()
        self.strategy = l1.RestakedStrategy.at(self.factory.deployNewStrategy(self.token.address))
        self.service = account("service")
        self.set = (self.service, 1)
        self.registrar = inline(REGISTRAR).deploy()
        with boa.env.prank(self.service):
            self.allocations.updateAVSMetadataURI(self.service, "a service")
            self.allocations.setAVSRegistrar(self.service, self.registrar.address)
            self.allocations.createOperatorSets(self.service, [(1, [self.strategy.address])])

    def deposit(self, staker, amount, strategy=None):
        self.token.mint(staker, amount)
        with boa.env.prank(staker):
            self.token.approve(self.deposits.address, amount)
            return self.deposits.depositIntoStrategy(self.strategy.address, self.token.address, amount)

    def operator(self, who, delay=0):
        with boa.env.prank(who):
            self.delegation.registerAsOperator(ZERO, delay, "an operator")
        return who

    def delegate(self, staker, operator):
        with boa.env.prank(staker):
            self.delegation.delegateTo(operator, (b"", 0), b"\0" * 32)

    def register(self, operator, which=1):
        with boa.env.prank(operator):
            self.allocations.registerForOperatorSets(operator, (self.service, [which], b""))

    def leave(self, operator, which=1):
        with boa.env.prank(operator):
            self.allocations.deregisterFromOperatorSets((operator, self.service, [which]))

    def allocate(self, operator, magnitude, which=1):
        with boa.env.prank(operator):
            self.allocations.modifyAllocations(
                operator, [((self.service, which), [self.strategy.address], [magnitude])]
            )

    def slash(self, operator, wad, which=1, sender=None):
        with boa.env.prank(sender or self.service):
            return self.allocations.slashOperator(
                self.service, (operator, which, [self.strategy.address], [wad], "a reason")
            )

    def queue(self, staker, shares):
        """The withdrawal that was queued."""
        with boa.env.prank(staker):
            (root,) = self.delegation.queueWithdrawals([([self.strategy.address], [shares], ZERO)])
        return self.delegation.queuedWithdrawals(root)

    def complete(self, withdrawal, as_tokens=True):
        with boa.env.prank(withdrawal[2]):
            self.delegation.completeQueuedWithdrawal(withdrawal, [self.token.address], as_tokens)

    def clear(self, slash, which=1):
        return self.deposits.clearBurnOrRedistributableShares((self.service, which), slash)

    def later(self, blocks):
        boa.env.evm.patch.block_number += blocks

    def withdrawable(self, staker):
        return self.delegation.getWithdrawableShares(staker, [self.strategy.address])[0][0]

    def deposited(self, staker):
        return self.deposits.stakerDepositShares(staker, self.strategy.address)

    def stake(self, operator):
        return self.delegation.operatorShares(operator, self.strategy.address)

    def magnitude(self, operator):
        return self.allocations.getMaxMagnitude(operator, self.strategy.address)
