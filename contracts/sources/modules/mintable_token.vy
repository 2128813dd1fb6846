# pragma version 0.4.3
"""
@title Tokens that a bridge mints, told by ERC-165
@dev A token is asked with bounded gas, since anybody's contract may stand at its address.
"""

interface MintableToken:
    def mint(_to: address, _amount: uint256): nonpayable
    def burn(_from: address, _amount: uint256): nonpayable
    def remoteToken() -> address: view
    def l1Token() -> address: view

# Interfaces of ERC-165: that of itself, the one that nothing has, and the two of mintable tokens.
INTROSPECTION: constant(bytes4) = 0x01ffc9a7
INVALID: constant(bytes4) = 0xffffffff
LEGACY_MINTABLE: constant(bytes4) = 0x1d1d8b63
MINTABLE: constant(bytes4) = 0xec4fc8e3
INTROSPECTION_GAS: constant(uint256) = 30_000


@internal
@view
def _is_mintable(token: address, remote_token: address) -> bool:
    """
    @notice Whether the bridge mints this token; it must then stand for the remote one.
    """
    if not self._answers(token, INTROSPECTION) or self._answers(token, INVALID):
        return False
    paired: address = empty(address)
    if self._answers(token, LEGACY_MINTABLE):
        paired = staticcall MintableToken(token).l1Token()
    elif self._answers(token, MINTABLE):
        paired = staticcall MintableToken(token).remoteToken()
    else:
        return False
    assert paired == remote_token, "StandardBridge: wrong remote token for the mintable token"
    return True


@internal
@view
def _answers(token: address, interface_id: bytes4) -> bool:
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        token,
        abi_encode(interface_id, method_id=method_id("supportsInterface(bytes4)")),
        max_outsize=32,
        gas=INTROSPECTION_GAS,
        is_static_call=True,
        revert_on_failure=False,
    )
    return success and len(answer) == 32 and convert(answer, uint256) == 1
