"""The gas table of restaking: each call as a whole transaction, with its data, for a set of 200 operators."""

import boa
from eth_abi import encode
from eth_utils import keccak

from restaking import CERTIFICATE, SET, Restaking, key_data, sign, table
from test_gas import Meter

STRATEGIES = [f"0x{number:040x}" for number in (0x51, 0x52, 0x53, 0x54)]
WITNESSES = CERTIFICATE[CERTIFICATE.rindex(",(uint32,bytes") + 1 : -1]
# What a transaction of L1 may use (EIP-7825).
MOST = 16_777_216
OPERATORS = 200


def test_gas_of_restaking(l1, inline, gas, artifact):
    measure = Meter(gas)
    with boa.swap_env(boa.Env()):
        # The same addresses and times, and with them the same digests, whatever ran before.
        boa.env.set_random_seed("gas of restaking")
        boa.env.eoa = boa.env.generate_address("eoa")
        boa.env.evm.patch.timestamp = 1_800_000_000
        restaking = Restaking(l1, inline)
        tables, verifier, allocations = restaking.tables, restaking.verifier, restaking.allocations
        everybody = table(OPERATORS)
        operators = [boa.env.generate_address(f"operator {index}") for index in range(OPERATORS)]
        layout = artifact("l1", "KeyRegistrar")["storageLayout"]

        operator_set = restaking.configure(1, STRATEGIES[:1])
        data = key_data(5)
        digest = restaking.registrar.getBN254KeyRegistrationMessageHash(boa.env.eoa, operator_set, data)
        signature = encode(["uint256", "uint256"], sign(5, digest))
        types = ["address", SET, "bytes", "bytes"]
        register = "KeyRegistrar.registerKey of BN254, whole"
        measure.whole(register, restaking.registrar, "registerKey", types, boa.env.eoa, operator_set, data, signature)

        # The stake of many, in one transaction.
        for kinds in (1, 4):
            operator_set = restaking.configure(10 + kinds, STRATEGIES[:kinds])
            restaking.place_keys(layout, operator_set, operators, everybody)
            allocations.setMembers(operator_set, operators)
            for strategy in STRATEGIES[:kinds]:
                allocations.setStakes(strategy, operators, [each[0] // kinds for each in everybody.weights])
            name = f"OperatorTables.snapshot of 200, strategies: {kinds}, whole"
            measure.whole(name, tables, "snapshot", [SET], operator_set, most=MOST)
            boa.env.evm.patch.timestamp += 12
            boa.env.evm.patch.block_number += 1
            for part in ("half", "rest"):
                name = f"OperatorTables.snapshotPart of 200, {part}, strategies: {kinds}, whole"
                measure.whole(name, tables, "snapshotPart", [SET, "uint256"], operator_set, 100, most=MOST)

        # Certificates, each with the table of its own time, so that nobody is known yet.
        first = restaking.set(11)
        for strategy in STRATEGIES:
            allocations.setStakes(strategy, operators, [each[0] for each in everybody.weights])
        for absent in (0, 5, 50, 200):
            boa.env.evm.patch.timestamp += 12
            now = tables.snapshot(first)
            message = keccak(text=f"{absent} do not sign")
            missing = list(range(OPERATORS))[:: max(OPERATORS // absent, 1)] if absent else []
            if absent == OPERATORS:
                # All but one: more than a hundred are proven beforehand, in two transactions.
                missing.pop()
                for part in (missing[:100], missing[100:]):
                    given = tuple(everybody.witness(index) for index in part)
                    name = f"CertificateVerifier.cacheNonsigners of {len(part)}, whole"
                    measure.whole(
                        name, verifier, "cacheNonsigners", [SET, "uint32", WITNESSES], first, now, given, most=MOST
                    )
            certificate = everybody.certificate(now, message, absent=missing, proven=absent < OPERATORS)
            known = f"without {len(missing)}"
            types, call = [SET, CERTIFICATE], "CertificateVerifier.verifyCertificate"
            if absent < OPERATORS:
                name = f"{call} {known}, whole"
                measure.whole(name, verifier, "verifyCertificate", types, first, certificate, most=MOST)
            if absent:
                certificate = everybody.certificate(now, message, absent=missing, proven=False)
                name = f"{call} {known} known, whole"
                measure.whole(name, verifier, "verifyCertificate", types, first, certificate, most=MOST)
