"""Restaked security whole: stake, keys, tables, certificates, payments and slashes, by the contracts themselves and no double."""

import boa
import pytest
from eth_abi import encode
from eth_utils import keccak

import restaking
import restaking_core
from secured import QUORUM, RESOLVER, RESTAKED_TYPE, SLASHABLE_TIME, TABLE_AGE, ZERO
from settlement import BOND, ETHER, Output, Rollup, Withdrawal, module_arguments

OPERATORS = 4
STAKE = 30 * ETHER
PARTS = (*restaking_core.PARTS, "KeyRegistrar")


class Secured:
    """Everything on one L1, and a rollup with four operators of equal stake."""

    def __init__(self, l1, inline, shared, people):
        boa.env.evm.patch.block_number = max(boa.env.evm.patch.block_number, 1000)
        self.l1, self.owner, self.timelock = l1, people["owner"], people["timelock"]
        codes = [getattr(l1, name).bytecode for name in PARTS]
        core = l1.RestakingCore.deploy(
            tuple(map(keccak, codes)), restaking_core.WITHDRAWAL_DELAY, restaking_core.DEALLOCATION_DELAY, 0
        )
        for code in codes:
            core.make(code)
        self.allocations = l1.AllocationManager.at(core.allocationManager())
        self.delegation = l1.DelegationManager.at(core.delegationManager())
        self.deposits = l1.StrategyManager.at(core.strategyManager())
        self.keys = l1.KeyRegistrar.at(core.keyRegistrar())
        self.token = inline(restaking_core.TOKEN).deploy()
        factory = l1.StrategyFactory.at(core.strategyFactory())
        self.strategy = l1.RestakedStrategy.at(factory.deployNewStrategy(self.token.address))
        self.tables = l1.OperatorTables.deploy(
            core.permissionController(),
            self.allocations.address,
            self.keys.address,
            restaking_core.DEALLOCATION_DELAY - 1,
            l1.CertificateVerifier.bytecode,
        )
        self.verifier = l1.CertificateVerifier.at(self.tables.certificateVerifier())
        self.treasury = boa.env.generate_address("treasury of slashes")
        self.manager = l1.ServiceManager.deploy(
            shared.registry.address,
            self.allocations.address,
            self.keys.address,
            self.verifier.address,
            self.tables.address,
            self.tables.address,
            TABLE_AGE,
            SLASHABLE_TIME,
            self.treasury,
            self.timelock,
            "https://example.org/service.json",
        )
        self.rollup = Rollup(shared, self.owner)
        boa.env.set_balance(self.rollup.portal.address, 1000 * ETHER)
        module = l1.RestakedProposal.deploy(self.manager.address)
        resolver = inline(RESOLVER).deploy()
        with boa.env.prank(self.timelock):
            self.manager.weighStrategy(self.strategy.address, ETHER // 2)
            self.rollup.factory.setImplementation(
                RESTAKED_TYPE, module.address, module_arguments(self.rollup.registry.address, resolver.address)
            )
            self.rollup.factory.setInitBond(RESTAKED_TYPE, BOND)
            self.rollup.registry.setRespectedGameType(RESTAKED_TYPE)
        with boa.env.prank(self.owner):
            self.id = self.manager.addRollup(self.config, [self.strategy.address], QUORUM, ETHER)
        self.operators = [boa.env.generate_address(f"restaker {n}") for n in range(OPERATORS)]
        self.members = restaking.Table(
            [9_000_001 + n for n in range(OPERATORS)], [[STAKE // 2] for _ in range(OPERATORS)]
        )
        for operator, secret in zip(self.operators, self.members.secrets):
            self.stake(operator)
            self.register_key(operator, secret)
            self.opt_in(operator)
        self.snapshot()

    @property
    def config(self) -> str:
        return self.rollup.config.address

    @property
    def set(self) -> tuple:
        return self.manager.address, self.id

    def stake(self, operator: str, amount: int = STAKE, magnitude: int = 10**18) -> None:
        self.token.mint(operator, amount)
        with boa.env.prank(operator):
            self.token.approve(self.deposits.address, amount)
            self.deposits.depositIntoStrategy(self.strategy.address, self.token.address, amount)
            self.delegation.registerAsOperator(ZERO, 0, "an operator")
            boa.env.time_travel(blocks=1)
            self.allocations.modifyAllocations(operator, [(self.set, [self.strategy.address], [magnitude])])

    def register_key(self, operator: str, secret: int) -> None:
        data = restaking.key_data(secret)
        digest = self.keys.getBN254KeyRegistrationMessageHash(operator, self.set, data)
        with boa.env.prank(operator):
            signature = encode(["uint256", "uint256"], restaking.sign(secret, digest))
            self.keys.registerKey(operator, self.set, data, signature)

    def opt_in(self, operator: str) -> None:
        with boa.env.prank(operator):
            self.allocations.registerForOperatorSets(operator, (self.manager.address, [self.id], b""))

    def snapshot(self) -> None:
        boa.env.time_travel(seconds=12)
        self.table = self.tables.snapshot(self.set)

    def message(self, value: bytes, number: int = 100, kind: int = 1) -> bytes:
        return self.manager.attestation(self.config, kind, number, 0, value)

    def signed(self, index: int, value: bytes, number: int = 100, kind: int = 1) -> tuple:
        digest = restaking.digest_of(self.table, self.message(value, number, kind))
        return self.table, value, restaking.sign(self.members.secrets[index], digest)

    def propose(self, output, number: int = 100):
        address = self.rollup.factory.create(RESTAKED_TYPE, output.root, number.to_bytes(32, "big"), value=BOND)
        return self.l1.RestakedProposal.at(address)

    def certify(self, game, output, number: int = 100, absent=()) -> None:
        game.certify(self.members.certificate(self.table, self.message(output.root, number), absent))

    def shares(self, operator: str) -> int:
        return self.delegation.operatorShares(operator, self.strategy.address)


@pytest.fixture(scope="module")
def secured(l1, inline, shared, people):
    boa.env.set_balance(boa.env.eoa, 10_000 * ETHER)
    return Secured(l1, inline, shared, people)


@pytest.fixture(autouse=True)
def fresh(secured):
    secured.rollup.name_addresses()
    # What another test did to the chain is undone; what it left here is not.
    secured.table = secured.verifier.latestReferenceTimestamp(secured.set)


def test_stake_makes_the_table_and_the_cap(secured):
    info = secured.verifier.getOperatorSetInfo(secured.set, secured.table)
    assert tuple(info) == secured.members.info
    # A share weighs half an ether, and half of the stake answers.
    assert secured.manager.cap(secured.config) == OPERATORS * STAKE // 4


def test_a_withdrawal_is_paid_in_the_next_block(secured, alice, reverts):
    withdrawal = Withdrawal(1 << 240, alice, alice, 5 * ETHER, 50_000, b"")
    output = Output([withdrawal])
    game = secured.propose(output)
    with reverts("ServiceManager_NoQuorum()"):
        secured.certify(game, output, absent=(0, 3))
    secured.certify(game, output, absent=(2,))
    assert game.certificate() == (secured.manager.address, secured.table, 0b100)
    boa.env.time_travel(seconds=12)
    secured.rollup.prove(withdrawal, output)
    boa.env.time_travel(seconds=12)
    before = boa.env.get_balance(alice)
    secured.rollup.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    assert boa.env.get_balance(alice) == before + 5 * ETHER


def test_a_certificate_for_another_output_is_none(secured, alice, reverts):
    output, lie = Output([]), Output([], "a lie")
    game = secured.propose(output)
    forged = list(secured.members.certificate(secured.table, secured.message(lie.root)))
    with reverts("ServiceManager_OtherMessage()"):
        game.certify(tuple(forged))
    forged[1] = secured.message(output.root)
    with reverts("VerificationFailed()"):
        game.certify(tuple(forged))


def test_a_double_signer_loses_its_stake(secured, mallory, reverts):
    liar = secured.operators[1]
    assert secured.shares(liar) == STAKE
    slash = secured.manager.slashDoubleSigning
    first, second = (secured.signed(1, bytes([n]) * 32, 7, 2) for n in (1, 2))
    with reverts("ServiceManager_NotSigned()"):
        slash(secured.config, secured.operators[0], 2, 7, 0, first, second)
    with boa.env.prank(mallory):
        slash(secured.config, liar, 2, 7, 0, first, second)
    assert secured.shares(liar) == 0
    assert not secured.allocations.isMemberOfOperatorSet(liar, secured.set)
    assert secured.manager.cap(secured.config) == 0
    # The funds are governance's.
    before = secured.token.balanceOf(secured.treasury)
    boa.env.time_travel(blocks=restaking_core.DEALLOCATION_DELAY + 1)
    slash_id = secured.allocations.getSlashCount(secured.set)
    secured.deposits.clearBurnOrRedistributableShares(secured.set, slash_id)
    assert STAKE - 1 <= secured.token.balanceOf(secured.treasury) - before <= STAKE
    secured.snapshot()
    assert secured.manager.cap(secured.config) == (OPERATORS - 1) * STAKE // 4


def test_who_leaves_can_be_slashed_until_the_delay_is_over(secured, reverts):
    liar = secured.operators[3]
    first, second = (secured.signed(3, bytes([n]) * 32, 7, 2) for n in (1, 2))
    with boa.env.prank(liar):
        secured.delegation.queueWithdrawals([([secured.strategy.address], [STAKE], ZERO)])
        secured.allocations.deregisterFromOperatorSets((liar, secured.manager.address, [secured.id]))
        with reverts("OperatorStillSlashable((address,uint32),address)"):
            secured.keys.deregisterKey(liar, secured.set)
    secured.snapshot()
    assert secured.manager.cap(secured.config) == (OPERATORS - 1) * STAKE // 4, "stake that leaves does not answer"
    with boa.env.anchor():
        boa.env.time_travel(blocks=restaking_core.DEALLOCATION_DELAY + 1)
        with reverts("OperatorNotSlashable()"):
            secured.manager.slashDoubleSigning(secured.config, liar, 2, 7, 0, first, second)
    secured.manager.slashDoubleSigning(secured.config, liar, 2, 7, 0, first, second)
    boa.env.time_travel(blocks=restaking_core.WITHDRAWAL_DELAY + 1)
    withdrawals, shares = secured.delegation.getQueuedWithdrawals(liar)
    assert shares == [[0]], "what was on its way out is slashed too"


def test_certifiers_of_a_false_output_lose_their_stake(secured, reverts):
    lie, truth = Output([], "a lie"), Output([])
    false = secured.propose(lie)
    secured.certify(false, lie, absent=(0,))
    boa.env.time_travel(seconds=12)
    true = secured.propose(truth)
    with boa.env.prank(secured.timelock):
        secured.rollup.registry.blacklistDisputeGame(false.address)
    secured.rollup.make_final(true)
    slash = secured.manager.slashCertifierOfFalseOutput
    with reverts("ServiceManager_NotSigned()"):
        slash(secured.config, secured.operators[0], false.address, secured.members.witness(0), true.address)
    for index in (1, 2, 3):
        slash(secured.config, secured.operators[index], false.address, secured.members.witness(index), true.address)
        assert secured.shares(secured.operators[index]) == 0
    assert secured.shares(secured.operators[0]) == STAKE


def test_nobody_fills_the_set_for_nothing(secured, mallory, reverts):
    secured.stake(mallory, ETHER)
    with boa.env.prank(mallory), reverts("ServiceManager_NoKey()"):
        secured.allocations.registerForOperatorSets(mallory, (secured.manager.address, [secured.id], b""))
    secured.register_key(mallory, 77)
    # A share weighs half an ether, and a whole one is asked for.
    with boa.env.prank(mallory), reverts("ServiceManager_TooLittleStake()"):
        secured.allocations.registerForOperatorSets(mallory, (secured.manager.address, [secured.id], b""))


def test_nobody_slashes_by_his_word(secured, mallory, reverts):
    for caller in (mallory, secured.owner, secured.timelock):
        with boa.env.prank(caller), reverts("InvalidCaller()"):
            secured.allocations.slashOperator(
                secured.manager.address, (secured.operators[0], secured.id, [secured.strategy.address], [10**18], "")
            )
