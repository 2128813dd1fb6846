# pragma version 0.4.3
"""
@title operator_sets
@notice What names an operator set, and who may act for an account.
"""

interface Permissions:
    def canCall(account: address, caller: address, target: address, selector: bytes4) -> bool: view

struct OperatorSet:
    avs: address
    id: uint32

# Where slashed funds go that nobody is to have.
BURN_ADDRESS: constant(address) = 0x00000000000000000000000000000000000E16E4
WAD: constant(uint256) = 10**18


@internal
@pure
def _key(operator_set: OperatorSet) -> bytes32:
    return convert((convert(operator_set.avs, uint256) << 96) | convert(operator_set.id, uint256), bytes32)


@internal
@pure
def _decoded(key: bytes32) -> OperatorSet:
    return OperatorSet(
        avs=convert(convert(key, uint256) >> 96, address),
        id=convert(convert(key, uint256) & convert(max_value(uint32), uint256), uint32),
    )


@internal
@view
def _can_call(permissions: address, account: address) -> bool:
    """
    @notice Whether the caller may call this function for the account.
    """
    return staticcall Permissions(permissions).canCall(
        account, msg.sender, self, convert(slice(msg.data, 0, 4), bytes4)
    )
