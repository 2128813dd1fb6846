"""L1Block: what the depositor writes lies where execution clients read it."""

import boa
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st
from rollup import DEPOSITOR, alias, execute, predeploy

L1_BLOCK = predeploy(0x15)
U16, U32, U64, U256 = (st.integers(0, 2**bits - 1) for bits in (16, 32, 64, 256))
FIELDS = st.tuples(U32, U32, U64, U64, U64, U256, U256, U256, U256, U32, U64, U16)
EXAMPLE = (1368, 810_949, 3, 1_700_000_000, 21_000_000, 10**9, 7, 2**255, 5, 11, 12, 400)


def packed(name: str, fields, until: int) -> bytes:
    sizes = (4, 4, 8, 8, 8, 32, 32, 32, 32, 4, 8, 2)[:until]
    return keccak(text=f"setL1BlockValues{name}()")[:4] + b"".join(
        value.to_bytes(size, "big") for value, size in zip(fields, sizes)
    )


def storage() -> list[int]:
    return [boa.env.get_storage(L1_BLOCK, slot) for slot in range(9)]


def expected(fields, operator: int) -> list[int]:
    base, blob, sequence, time, number, base_fee, blob_fee, block_hash, batcher = fields[:9]
    return [
        time << 64 | number,
        base_fee,
        block_hash,
        base << 96 | blob << 64 | sequence,
        batcher,
        0,
        0,
        blob_fee,
        operator,
    ]


def test_selectors_are_the_specifications():
    assert packed("Ecotone", EXAMPLE, 0).hex() == "440a5e20"
    assert packed("Isthmus", EXAMPLE, 0).hex() == "098999be"
    assert packed("Jovian", EXAMPLE, 0).hex() == "3db6be2b"


def test_jovian_fills_the_slots(rollup):
    @given(FIELDS)
    def check(fields):
        with boa.env.anchor():
            data = packed("Jovian", fields, 12)
            assert len(data) == 178
            result = execute(L1_BLOCK, data, sender=DEPOSITOR, gas=1_000_000)
            assert not result.is_error
            assert storage() == expected(fields, fields[11] << 96 | fields[9] << 64 | fields[10])
            block = rollup.L1Block
            read = (
                block.baseFeeScalar(),
                block.blobBaseFeeScalar(),
                block.sequenceNumber(),
                block.timestamp(),
                block.number(),
                block.basefee(),
                block.blobBaseFee(),
                int.from_bytes(block.hash(), "big"),
                int.from_bytes(block.batcherHash(), "big"),
                block.operatorFeeScalar(),
                block.operatorFeeConstant(),
                block.daFootprintGasScalar(),
            )
            assert read == fields

    check()


def test_earlier_setters_fill_what_they_know(rollup):
    @given(FIELDS)
    def check(fields):
        with boa.env.anchor():
            assert not execute(L1_BLOCK, packed("Isthmus", fields, 11), sender=DEPOSITOR).is_error
            assert storage() == expected(fields, fields[9] << 64 | fields[10])
        with boa.env.anchor():
            assert not execute(L1_BLOCK, packed("Ecotone", fields, 9), sender=DEPOSITOR).is_error
            assert storage() == expected(fields, 0)

    check()


def test_refuses_all_but_the_depositor(rollup, account):
    for sender in (account("mallory"), alias(DEPOSITOR), predeploy(0x18), L1_BLOCK):
        for name, count in (("Ecotone", 9), ("Isthmus", 11), ("Jovian", 12)):
            result = execute(L1_BLOCK, packed(name, EXAMPLE, count), sender=sender)
            assert result.is_error and result.output.hex() == "3cc50b45"
    assert storage() == [0] * 9


def test_refuses_call_data_that_is_cut_off(rollup):
    for name, count in (("Ecotone", 9), ("Isthmus", 11), ("Jovian", 12)):
        whole = packed(name, EXAMPLE, count)
        for length in (4, 36, 100, len(whole) - 1):
            assert execute(L1_BLOCK, whole[:length], sender=DEPOSITOR).is_error
    assert storage() == [0] * 9


def test_gas_of_a_block(transact, gas):
    """What the transaction at the head of each block takes, through the proxy."""
    used = lambda fields: transact(L1_BLOCK, packed("Jovian", fields, 12), DEPOSITOR).get_gas_used()
    used(EXAMPLE)
    gas("l2", "L1Block.setL1BlockValuesJovian, same origin", used((*EXAMPLE[:2], 4, *EXAMPLE[3:])))
    next_origin = (*EXAMPLE[:2], 0, 1_700_000_012, 21_000_001, 2 * 10**9, 9, 2**254, *EXAMPLE[8:])
    gas("l2", "L1Block.setL1BlockValuesJovian, next origin", used(next_origin))


def test_says_that_gas_is_paid_in_ether(rollup):
    block = rollup.L1Block
    assert block.DEPOSITOR_ACCOUNT() == DEPOSITOR
    assert block.gasPayingToken() == ("0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE", 18)
    assert (block.gasPayingTokenName(), block.gasPayingTokenSymbol()) == ("Ether", "ETH")
    assert block.isCustomGasToken() is False
