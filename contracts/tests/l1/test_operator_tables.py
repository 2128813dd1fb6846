"""Stake tables from the restaking contracts: who is in them, who may make them; from keys to a verified certificate."""

import boa
import pytest
from eth_abi import encode
from eth_utils import keccak

from restaking import NOBODY, SET, Restaking, table

FIRST, SECOND = "0x" + "51" * 20, "0x" + "52" * 20
STAKE, WAD, DAY = 10**20, 10**18, 86_400
MESSAGE = keccak(text="a message")
ABI_OF_TABLE = "(bytes32,uint256,(uint256,uint256),uint256[])"


@pytest.fixture(scope="module")
def restaking(l1, inline):
    return Restaking(l1, inline)


@pytest.fixture(scope="module")
def tables(restaking):
    return restaking.tables


@pytest.fixture(scope="module")
def seven():
    return table(7)


@pytest.fixture(scope="module")
def operators():
    return [boa.env.generate_address(f"operator {index}") for index in range(7)]


@pytest.fixture
def ready(restaking, artifact, seven, operators):
    """A set of seven operators with keys and stake of two strategies: 100, 101, ... and 10 of each."""
    operator_set = restaking.configure(1, [FIRST, SECOND], restaking.avs, DAY)
    restaking.place_keys(artifact("l1", "KeyRegistrar")["storageLayout"], operator_set, operators, seven)
    restaking.allocations.setMembers(operator_set, operators)
    restaking.allocations.setStakes(FIRST, operators, [STAKE + index for index in range(7)])
    restaking.allocations.setStakes(SECOND, operators, [10] * 7)
    return operator_set


def table_of(members, weights):
    return type(members)(members.secrets[: len(weights)], [[weight] for weight in weights])


def plain(info) -> tuple:
    root, count, key, totals = info
    return root, count, tuple(key), list(totals)


def test_a_table(restaking, tables, ready, seven, operators):
    wanted = table_of(seven, [STAKE + index + 10 for index in range(7)])
    assert plain(tables.calculateOperatorTable(ready)) == wanted.info
    assert tables.calculateOperatorTableBytes(ready) == encode([ABI_OF_TABLE], [wanted.info])
    found, weights = tables.getOperatorSetWeights(ready)
    assert list(found) == operators and [list(each) for each in weights] == wanted.weights
    infos = [(tuple(key), list(weights)) for key, weights in tables.getOperatorInfos(ready)]
    assert infos == list(zip(wanted.keys, wanted.weights))
    assert list(tables.getOperatorWeights(ready, operators[3])) == wanted.weights[3]
    assert tables.getOperatorIndex(ready, operators[3]) == 3

    now = tables.snapshot(ready)
    assert now == boa.env.evm.patch.timestamp
    verifier = restaking.verifier
    assert plain(verifier.getOperatorSetInfo(ready, now)) == wanted.info
    assert verifier.getOperatorSetOwner(ready) == restaking.avs and verifier.maxOperatorTableStaleness(ready) == DAY
    certificate = wanted.certificate(now, MESSAGE, absent=[2])
    assert list(verifier.verifyCertificate(ready, certificate)) == [wanted.totals[0] - wanted.weights[2][0]]


def test_who_is_left_out(restaking, tables, ready, seven, operators, reverts):
    """Who has no key, no stake, or whose stake is leaving within the lookahead; the others close ranks."""
    restaking.allocations.setStakes(FIRST, [operators[1]], [0])
    restaking.allocations.setStakes(SECOND, [operators[1]], [0])
    stranger = boa.env.generate_address("stranger")
    restaking.allocations.setMembers(ready, [*operators[:4], stranger, *operators[4:]])
    restaking.allocations.setStakes(FIRST, [stranger], [STAKE])
    number = boa.env.evm.patch.block_number
    restaking.allocations.setLeaving(operators[5], number + restaking.LOOKAHEAD)
    restaking.allocations.setLeaving(operators[6], number + restaking.LOOKAHEAD + 1)
    found, weights = tables.getOperatorSetWeights(ready)
    assert list(found) == [operators[index] for index in (0, 2, 3, 4, 6)]
    # Who is gone from the first strategy's stake is gone from the second's.
    assert [each[0] for each in weights] == [STAKE + index + 10 for index in (0, 2, 3, 4, 6)]
    for absent in (operators[1], operators[5], stranger):
        assert list(tables.getOperatorWeights(ready, absent)) == []
        with reverts("OperatorTables_NotInTheTable()"):
            tables.getOperatorIndex(ready, absent)
    assert tables.getOperatorIndex(ready, operators[6]) == 4


def test_nobody_is_left(restaking, tables, ready, reverts):
    restaking.allocations.setMembers(ready, [])
    now = tables.snapshot(ready)
    assert plain(restaking.verifier.getOperatorSetInfo(ready, now)) == (bytes(32), 0, (0, 0), [0])
    nothing = (now, MESSAGE, (0, 0), ([0, 0], [0, 0]), [])
    with reverts("VerificationFailed()"):
        restaking.verifier.verifyCertificateProportion(ready, nothing, [0])


def test_multipliers(restaking, tables, ready, seven, reverts, alice):
    with reverts("InvalidPermissions()"), boa.env.prank(alice):
        tables.setStrategyMultipliers(ready, [FIRST], [0])
    assert tables.getStrategyMultiplier(ready, FIRST) == WAD
    with boa.env.prank(restaking.avs):
        with reverts("ArrayLengthMismatch()"):
            tables.setStrategyMultipliers(ready, [FIRST], [])
        with reverts("OperatorTables_MultiplierTooLarge()"):
            tables.setStrategyMultipliers(ready, [FIRST], [10**36 + 1])
        tables.setStrategyMultipliers(ready, [FIRST, SECOND], [0, 3 * WAD // 2])
    assert tables.getStrategyMultiplier(ready, FIRST) == 0
    assert plain(tables.calculateOperatorTable(ready)) == table_of(seven, [15] * 7).info
    with boa.env.prank(restaking.avs):
        tables.setStrategyMultipliers(ready, [SECOND], [WAD // 10 - 1])
    assert tables.calculateOperatorTable(ready)[1] == 0


def test_reservations(restaking, tables, ready, reverts, alice):
    third = restaking.set(3)
    config = (alice, 5)
    with reverts("InvalidPermissions()"), boa.env.prank(alice):
        tables.createGenerationReservation(third, tables.address, config)
    with reverts("GenerationReservationDoesNotExist()"):
        tables.snapshot(third)
    with boa.env.prank(restaking.avs):
        with reverts("InvalidOperatorSet()"):
            tables.createGenerationReservation(third, tables.address, config)
        restaking.allocations.setStrategies(third, [FIRST])
        with reverts("KeyTypeNotSet()"):
            tables.createGenerationReservation(third, tables.address, config)
        restaking.registrar.configureOperatorSet(third, 2)
        with reverts("OperatorTables_OtherCalculator()"):
            tables.createGenerationReservation(third, alice, config)
        for call in (tables.removeGenerationReservation, lambda each: tables.setOperatorSetConfig(each, config)):
            with reverts("GenerationReservationDoesNotExist()"):
                call(third)
        tables.createGenerationReservation(third, tables.address, config)
        with reverts("GenerationReservationAlreadyExists()"):
            tables.createGenerationReservation(third, tables.address, config)
    assert tables.hasActiveGenerationReservation(third)
    assert tables.getOperatorTableCalculator(third) == tables.address
    assert tuple(tables.getOperatorSetConfig(third)) == config
    with boa.env.prank(alice):
        for call in (tables.removeGenerationReservation, lambda each: tables.setOperatorSetConfig(each, config)):
            with reverts("InvalidPermissions()"):
                call(third)
    with boa.env.prank(restaking.avs):
        tables.setOperatorSetConfig(third, (NOBODY, 7))
        assert tuple(tables.getOperatorSetConfig(third)) == (NOBODY, 7)
        tables.removeGenerationReservation(third)
    assert not tables.hasActiveGenerationReservation(third)
    assert tables.getOperatorTableCalculator(third) == NOBODY
    with reverts("GenerationReservationDoesNotExist()"):
        tables.snapshot(third)


def test_nobody_spoils_a_snapshot(restaking, tables, ready, seven, reverts, mallory):
    """Mallory makes a table before everybody else, each second: it is the same table, and older ones count as they did."""
    wanted = table_of(seven, [STAKE + index + 10 for index in range(7)])
    first = tables.snapshot(ready)
    certificate = wanted.certificate(first, MESSAGE)
    boa.env.time_travel(seconds=1)
    with boa.env.prank(mallory):
        second = tables.snapshot(ready)
    with reverts("OperatorTables_TableOfNowIsThere()"):
        tables.snapshot(ready)
    verifier = restaking.verifier
    assert plain(verifier.getOperatorSetInfo(ready, second)) == plain(verifier.getOperatorSetInfo(ready, first))
    assert verifier.verifyCertificateNominal(ready, certificate, wanted.totals)
    # Nor can he bring a table of his own to the verifier.
    boa.env.time_travel(seconds=1)
    with boa.env.prank(mallory), reverts("OnlyTableUpdater()"):
        verifier.updateOperatorTable(ready, second + 1, seven.info, (mallory, 0))


def test_parts(restaking, tables, ready, seven, operators, reverts, alice, mallory):
    """In parts it is the same table; nobody comes between, but who changes the set itself makes the parts begin anew."""
    wanted = table_of(seven, [STAKE + index + 10 for index in range(7)])
    verifier, now = restaking.verifier, boa.env.evm.patch.timestamp
    with boa.env.prank(alice):
        assert tables.snapshotPart(ready, 3) == 0
    with boa.env.prank(mallory):
        assert tables.snapshotPart(ready, 1) == 0
    with boa.env.prank(alice):
        assert tables.snapshotPart(ready, 3) == 0
        # Another set is another draft.
        with reverts("GenerationReservationDoesNotExist()"):
            tables.snapshotPart(restaking.set(2), 9)
        assert tables.snapshotPart(ready, 2**256 - 1) == now
    assert plain(verifier.getOperatorSetInfo(ready, now)) == wanted.info
    with boa.env.prank(mallory), reverts("OperatorTables_TableOfNowIsThere()"):
        tables.snapshotPart(ready, 9)

    def part(most, at):
        with boa.env.prank(alice):
            assert tables.snapshotPart(ready, most) == at

    # What was begun in another block, or of other members, is no part of it.
    boa.env.time_travel(seconds=12, block_delta=1)
    part(5, 0)
    boa.env.time_travel(seconds=12, block_delta=1)
    now = boa.env.evm.patch.timestamp
    part(5, 0)
    restaking.allocations.setMembers(ready, operators[1:])
    part(5, 0)
    part(1, now)
    assert verifier.getOperatorCount(ready, now) == 6
    assert plain(verifier.getOperatorSetInfo(ready, now)) == plain(tables.calculateOperatorTable(ready))


def test_too_many_operators(restaking, tables, ready, reverts):
    crowd = [f"0x{index + 1:040x}" for index in range(257)]
    restaking.allocations.setMembers(ready, crowd)
    with reverts("OperatorTables_TooManyOperators()"):
        tables.snapshot(ready)
    restaking.allocations.setMembers(ready, crowd[:256])
    tables.snapshot(ready)


def test_from_keys_to_a_certificate(restaking, tables, seven):
    """Three operators register, with proof; two of them sign."""
    names = [boa.env.generate_address(name) for name in ("one", "two", "three")]
    operator_set = restaking.configure(4, [FIRST])
    restaking.allocations.setMembers(operator_set, names)
    restaking.allocations.setStakes(FIRST, names, [50, 30, 20])
    for name, secret in zip(names, seven.secrets):
        restaking.register(name, operator_set, secret)
    members, now = table_of(seven, [50, 30, 20]), tables.snapshot(operator_set)
    certificate = members.certificate(now, MESSAGE, absent=[1])
    assert restaking.verifier.verifyCertificateProportion(operator_set, certificate, [7000])
    assert not restaking.verifier.verifyCertificateProportion(operator_set, certificate, [7100])


# What EigenLayer's contracts are called with, written out from its interfaces.
TABLE = "(bytes32,uint256,(uint256,uint256),uint256[])"
INFO = "((uint256,uint256),uint256[])"
CERTIFICATE = f"(uint32,bytes32,(uint256,uint256),(uint256[2],uint256[2]),(uint32,bytes,{INFO})[])"
CONFIG, G1, G2 = "(address,uint32)", "(uint256,uint256)", "(uint256[2],uint256[2])"
EXPECTED = {
    "KeyRegistrar": {
        f"configureOperatorSet({SET},uint8)": "",
        f"registerKey(address,{SET},bytes,bytes)": "",
        f"deregisterKey(address,{SET})": "",
        f"isRegistered({SET},address)": "bool",
        f"getOperatorSetCurveType({SET})": "uint8",
        f"getBN254Key({SET},address)": f"{G1},{G2}",
        f"getECDSAKey({SET},address)": "bytes",
        f"getECDSAAddress({SET},address)": "address",
        "isKeyGloballyRegistered(bytes32)": "bool",
        f"getKeyHash({SET},address)": "bytes32",
        f"getOperatorFromSigningKey({SET},bytes)": "address,bool",
        f"getECDSAKeyRegistrationMessageHash(address,{SET},address)": "bytes32",
        f"getBN254KeyRegistrationMessageHash(address,{SET},bytes)": "bytes32",
        f"encodeBN254KeyData({G1},{G2})": "bytes",
        "ECDSA_KEY_REGISTRATION_TYPEHASH()": "bytes32",
        "BN254_KEY_REGISTRATION_TYPEHASH()": "bytes32",
        "domainSeparator()": "bytes32",
        "allocationManager()": "address",
        "permissionController()": "address",
        "version()": "string",
    },
    "CertificateVerifier": {
        f"updateOperatorTable({SET},uint32,{TABLE},{CONFIG})": "",
        f"verifyCertificate({SET},{CERTIFICATE})": "uint256[]",
        f"verifyCertificateProportion({SET},{CERTIFICATE},uint16[])": "bool",
        f"verifyCertificateNominal({SET},{CERTIFICATE},uint256[])": "bool",
        f"trySignatureVerification(bytes32,{G1},{G2},{G1})": "bool,bool",
        f"getNonsignerOperatorInfo({SET},uint32,uint256)": INFO,
        f"isNonsignerCached({SET},uint32,uint256)": "bool",
        f"getOperatorSetInfo({SET},uint32)": TABLE,
        "calculateCertificateDigest(uint32,bytes32)": "bytes32",
        f"getOperatorSetOwner({SET})": "address",
        f"maxOperatorTableStaleness({SET})": "uint32",
        f"latestReferenceTimestamp({SET})": "uint32",
        f"isReferenceTimestampSet({SET},uint32)": "bool",
        f"getTotalStakeWeights({SET},uint32)": "uint256[]",
        f"getOperatorCount({SET},uint32)": "uint256",
        f"calculateOperatorInfoLeaf({INFO})": "bytes32",
        "OPERATOR_INFO_LEAF_SALT()": "uint8",
        "operatorTableUpdater()": "address",
    },
    "OperatorTables": {
        f"calculateOperatorTableBytes({SET})": "bytes",
        f"getOperatorSetWeights({SET})": "address[],uint256[][]",
        f"getOperatorWeights({SET},address)": "uint256[]",
        f"createGenerationReservation({SET},address,{CONFIG})": "",
        f"removeGenerationReservation({SET})": "",
        f"setOperatorSetConfig({SET},{CONFIG})": "",
        f"hasActiveGenerationReservation({SET})": "bool",
        f"getOperatorTableCalculator({SET})": "address",
        f"getOperatorSetConfig({SET})": CONFIG,
    },
}
# The topics of what its tools listen to, and the errors that they know.
EVENTS = {
    "KeyRegistrar": [
        f"OperatorSetConfigured({SET},uint8)",
        f"KeyRegistered({SET},address indexed,uint8,bytes)",
        f"KeyDeregistered({SET},address indexed,uint8)",
    ],
    "CertificateVerifier": [f"TableUpdated({SET},uint32,{TABLE})"],
    "OperatorTables": [
        f"GenerationReservationCreated({SET})",
        f"GenerationReservationRemoved({SET})",
        f"OperatorTableCalculatorSet({SET},address)",
        f"OperatorTableCalculatorRemoved({SET})",
        f"OperatorSetConfigSet({SET},{CONFIG})",
        f"OperatorSetConfigRemoved({SET})",
    ],
}
ERRORS = {
    "KeyRegistrar": [
        "ConfigurationAlreadySet()", "InvalidCurveType()", "InvalidKeyFormat()", "InvalidPermissions()",
        "InvalidSignature()", "KeyAlreadyRegistered()", f"KeyNotFound({SET},address)", "OperatorAlreadyRegistered()",
        "OperatorSetNotConfigured()", f"OperatorStillSlashable({SET},address)", "ZeroPubkey()",
    ],
    "CertificateVerifier": [
        "ArrayLengthMismatch()", "CertificateStale()", "InvalidOperatorIndex()", "NonSignerIndicesNotSorted()",
        "OnlyTableUpdater()", "ReferenceTimestampDoesNotExist()", "TableUpdateStale()", "VerificationFailed()",
    ],
    "OperatorTables": [
        "GenerationReservationAlreadyExists()", "GenerationReservationDoesNotExist()", "InvalidOperatorSet()",
        "KeyTypeNotSet()",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_the_abi_is_eigenlayers(artifact, name):
    from compiling import spelled

    abi = artifact("l1", name)["abi"]

    def listed(parts, marked=False):
        return ",".join(spelled(part) + (" indexed" if marked and part["indexed"] else "") for part in parts)

    functions = {
        f"{each['name']}({listed(each['inputs'])})": listed(each["outputs"]) for each in abi if each["type"] == "function"
    }
    assert {signature: functions.get(signature) for signature in EXPECTED[name]} == EXPECTED[name]
    events = {f"{each['name']}({listed(each['inputs'], True)})" for each in abi if each["type"] == "event"}
    assert events >= set(EVENTS[name])
    assert {f"{each['name']}({listed(each['inputs'])})" for each in abi if each["type"] == "error"} >= set(ERRORS[name])
