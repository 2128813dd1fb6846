"""GasPriceOracle: what it answers is what execution charges."""

import boa
import pytest
from eth_abi import decode
from hypothesis import given, settings
from hypothesis import strategies as st
from rollup import DEPOSITOR, call_data, execute, predeploy
from test_l1_block import L1_BLOCK, packed

ORACLE = predeploy(0x0F)
MAX_DATA = 131_072


def literals(count: int) -> int:
    return 33 * (count // 32) + (count % 32 + 1 if count % 32 else 0)


def fastlz(data: bytes) -> int:
    """The length under level 1 of FastLZ, byte by byte (compare FastLZ.swift)."""
    end, limit = len(data), max(len(data) - 13, 0)
    table, count, anchor, position = {}, 0, 0, 2
    triple = lambda at: int.from_bytes(data[at : at + 3], "little")
    place = lambda at: (triple(at) * 2_654_435_769 & 0xFFFFFFFF) >> 19
    while position < limit:
        candidate = table.get(place(position), 0)
        table[place(position)] = position
        if position - candidate > 8191 or triple(candidate) != triple(position):
            position += 1
            continue
        if position + 1 >= limit:
            break
        if position > anchor:
            count += literals(position - anchor)
        length = 0
        while position + 3 + length < limit + 9:
            length += 1
            if data[candidate + 2 + length] != data[position + 2 + length]:
                break
        count += 3 * ((length - 1) // 262) + (3 if (length - 1) % 262 >= 6 else 2)
        position += length
        table[place(position)] = position
        table[place(position + 1)] = position + 1
        position += 2
        anchor = position
    return count + literals(end - anchor)


def estimated(length: int) -> int:
    return max(836_500 * length - 42_585_600, 100_000_000)


@st.composite
def repetitive(draw):
    """Data that repeat parts of themselves, near and far, and long runs: what a compressor finds matches in."""
    data = draw(st.binary(min_size=1, max_size=60))
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.integers(0, 3))
        if kind == 0:
            data += draw(st.binary(max_size=60))
        elif kind == 1:
            data += bytes([draw(st.integers(0, 255))]) * draw(st.integers(1, 700))
        else:
            start = draw(st.integers(0, len(data) - 1))
            data += data[start : start + draw(st.integers(1, 300))]
    return data[:3000]


@pytest.fixture
def attributes(rollup):
    def set_to(base=1368, blob=810_949, base_fee=10**9, blob_fee=7 * 10**6, scalar=11, constant=12):
        fields = (base, blob, 3, 1_700_000_000, 21_000_000, base_fee, blob_fee, 1, 2, scalar, constant, 400)
        assert not execute(L1_BLOCK, packed("Jovian", fields, 12), sender=DEPOSITOR).is_error

    set_to()
    return set_to


def gas_used(data: bytes) -> int:
    result = execute(ORACLE, call_data("getL1GasUsed(bytes)", data), gas=2**40)
    assert not result.is_error
    return decode(["uint256"], result.output)[0]


def test_known_lengths():
    """Lengths that clients test with (op-geth, core/types/rollup_cost_test.go)."""
    assert [fastlz(data) for data in (b"", b"\x01" * 1000, bytes(1000))] == [0, 21, 21]


def test_sizes_are_fastlz_s(attributes):
    @settings(max_examples=60)
    @given(st.one_of(repetitive(), st.binary(max_size=400), st.text("ab\0", max_size=900).map(str.encode)))
    def check(data):
        assert gas_used(data) == estimated(fastlz(data) + 68) * 16 // 10**6

    check()


def test_sizes_around_the_edges(attributes):
    """Each length where bytes are read in another way, and distances around the greatest that a match may have."""
    for length in (*range(30, 50), 63, 64, 65, 127, 128, 200, 260, 300):
        for data in (bytes(length), bytes(range(97, 97 + length % 26)) * 20, b"ab" * length):
            data = (data * 30)[: length + 200]
            assert gas_used(data) == estimated(fastlz(data) + 68) * 16 // 10**6
    block = bytes(range(200)) + bytes(7950)
    for distance in range(8185, 8197):
        data = (block[:distance] + bytes(distance - len(block)) if distance > len(block) else block[:distance]) + bytes(
            range(200)
        )
        assert gas_used(data) == estimated(fastlz(data) + 68) * 16 // 10**6, distance


def test_fees_are_those_of_execution(rollup, attributes):
    u32, u64 = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)

    @given(u32, u32, u64, u64, st.binary(max_size=300), st.integers(0, 200_000))
    def check(base, blob, base_fee, blob_fee, data, size):
        with boa.env.anchor():
            attributes(base, blob, base_fee, blob_fee)
            oracle = rollup.GasPriceOracle
            price = base * base_fee * 16 + blob * blob_fee
            assert oracle.getL1Fee(data) == estimated(fastlz(data) + 68) * price // 10**12
            bound = size + 68 + (size + 68) // 255 + 16
            assert oracle.getL1FeeUpperBound(size) == estimated(bound) * price // 10**12
            assert oracle.getL1FeeUpperBound(len(data)) >= oracle.getL1Fee(data)
            assert (oracle.l1BaseFee(), oracle.blobBaseFee()) == (base_fee, blob_fee)
            assert (oracle.baseFeeScalar(), oracle.blobBaseFeeScalar()) == (base, blob)

    check()


def test_operator_fee(rollup, attributes):
    @given(st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1))
    def check(gas, scalar, constant):
        with boa.env.anchor():
            attributes(scalar=scalar, constant=constant)
            assert rollup.GasPriceOracle.getOperatorFee(gas) == gas * scalar * 100 + constant
            everything = 2**256 - 1
            expected = min(everything * scalar * 100 + constant, everything)
            assert rollup.GasPriceOracle.getOperatorFee(everything) == expected

    check()


def test_takes_the_longest_transaction(attributes):
    data = bytes(MAX_DATA)
    assert gas_used(data) == estimated(fastlz(data) + 68) * 16 // 10**6
    assert execute(ORACLE, call_data("getL1Fee(bytes)", data + b"x"), gas=2**40).is_error


def test_constants(rollup, attributes, reverts):
    oracle = rollup.GasPriceOracle
    assert oracle.decimals() == oracle.DECIMALS() == 6
    assert oracle.isEcotone() and oracle.isFjord() and oracle.isIsthmus() and oracle.isJovian()
    assert oracle.gasPrice() == oracle.baseFee() == boa.env.evm.vm.state.base_fee
    with reverts("GasPriceOracle: there is no overhead since Ecotone"):
        oracle.overhead()
    with reverts("GasPriceOracle: there are two scalars since Ecotone"):
        oracle.scalar()


def test_gas(transact, gas):
    data = bytes(range(1, 201))
    for length in (100, 500):
        used = transact(ORACLE, call_data("getL1Fee(bytes)", (data * 3)[:length])).get_gas_used()
        gas("l2", f"GasPriceOracle.getL1Fee, {length} bytes", used)
    gas(
        "l2",
        "GasPriceOracle.getL1FeeUpperBound",
        transact(ORACLE, call_data("getL1FeeUpperBound(uint256)", 500)).get_gas_used(),
    )
