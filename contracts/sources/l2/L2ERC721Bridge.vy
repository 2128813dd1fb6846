# pragma version 0.4.3
"""
@title L2ERC721Bridge
@notice Moves ERC-721 tokens of L1 between L1 and the rollup: minted on the way in, burnt on the way out.
@dev Tokens are the code of strangers, so whatever calls them holds the lock.
"""

interface Messenger:
    def sendMessage(_target: address, _message: Bytes[MAX_MESSAGE], _minGasLimit: uint32): payable
    def xDomainMessageSender() -> address: view

interface MintableToken:
    def ownerOf(_tokenId: uint256) -> address: view
    def remoteToken() -> address: view
    def safeMint(_to: address, _tokenId: uint256): nonpayable
    def burn(_from: address, _tokenId: uint256): nonpayable

event ERC721BridgeInitiated:
    localToken: indexed(address)
    remoteToken: indexed(address)
    sender: indexed(address)
    to: address
    tokenId: uint256
    extraData: Bytes[MAX_EXTRA]

event ERC721BridgeFinalized:
    localToken: indexed(address)
    remoteToken: indexed(address)
    sender: indexed(address)
    to: address
    tokenId: uint256
    extraData: Bytes[MAX_EXTRA]

MESSENGER_ADDRESS: constant(address) = 0x4200000000000000000000000000000000000007

# The most that a transfer may carry beside itself, the same on L1, and a message with that: a selector and seven words.
MAX_EXTRA: constant(uint256) = 2048
MAX_MESSAGE: constant(uint256) = MAX_EXTRA + 4 + 7 * 32

# Interfaces of ERC-165: that of itself, the one that nothing has, and that of mintable tokens.
INTROSPECTION: constant(bytes4) = 0x01ffc9a7
INVALID: constant(bytes4) = 0xffffffff
MINTABLE: constant(bytes4) = 0x74259ebf
INTROSPECTION_GAS: constant(uint256) = 30_000

otherBridge: public(address)


@deploy
def __init__(_otherBridge: address):
    self.otherBridge = _otherBridge


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


@internal
def _initiate(
    token: address, remote_token: address, to: address, token_id: uint256, min_gas: uint32, extra: Bytes[MAX_EXTRA]
):
    assert remote_token != empty(address), "L2ERC721Bridge: the remote token is the zero address"
    assert (
        staticcall MintableToken(token).ownerOf(token_id) == msg.sender
    ), "L2ERC721Bridge: the sender does not own the token"
    assert (
        staticcall MintableToken(token).remoteToken() == remote_token
    ), "L2ERC721Bridge: wrong remote token for the mintable token"
    extcall MintableToken(token).burn(msg.sender, token_id)
    # On the other side the remote token is the local one.
    extcall Messenger(MESSENGER_ADDRESS).sendMessage(
        self.otherBridge,
        abi_encode(
            remote_token,
            token,
            msg.sender,
            to,
            token_id,
            extra,
            method_id=method_id("finalizeBridgeERC721(address,address,address,address,uint256,bytes)"),
        ),
        min_gas,
    )
    log ERC721BridgeInitiated(
        localToken=token, remoteToken=remote_token, sender=msg.sender, to=to, tokenId=token_id, extraData=extra
    )


@external
@nonreentrant
def bridgeERC721(
    _localToken: address, _remoteToken: address, _tokenId: uint256, _minGasLimit: uint32, _extraData: Bytes[MAX_EXTRA]
):
    """
    @notice Sends a token to the sender's own address on L1.
    """
    # A contract may not have this address on the other side, so it has to name its recipient.
    assert not msg.sender.is_contract, "ERC721Bridge: a contract has to name its recipient"
    self._initiate(_localToken, _remoteToken, msg.sender, _tokenId, _minGasLimit, _extraData)


@external
@nonreentrant
def bridgeERC721To(
    _localToken: address,
    _remoteToken: address,
    _to: address,
    _tokenId: uint256,
    _minGasLimit: uint32,
    _extraData: Bytes[MAX_EXTRA],
):
    """
    @notice Sends a token to an address on L1.
    """
    assert _to != empty(address), "ERC721Bridge: the recipient is the zero address"
    self._initiate(_localToken, _remoteToken, _to, _tokenId, _minGasLimit, _extraData)


@external
@nonreentrant
def finalizeBridgeERC721(
    _localToken: address,
    _remoteToken: address,
    _from: address,
    _to: address,
    _tokenId: uint256,
    _extraData: Bytes[MAX_EXTRA],
):
    """
    @notice Hands out a token that was sent on L1. Only for the other bridge.
    """
    assert msg.sender == MESSENGER_ADDRESS, "ERC721Bridge: only for the other bridge"
    assert (
        staticcall Messenger(MESSENGER_ADDRESS).xDomainMessageSender() == self.otherBridge
    ), "ERC721Bridge: only for the other bridge"
    assert _localToken != self, "L2ERC721Bridge: the local token is the bridge"
    assert (
        self._answers(_localToken, INTROSPECTION)
        and not self._answers(_localToken, INVALID)
        and self._answers(_localToken, MINTABLE)
    ), "L2ERC721Bridge: the local token is not mintable"
    assert (
        staticcall MintableToken(_localToken).remoteToken() == _remoteToken
    ), "L2ERC721Bridge: wrong remote token for the mintable token"
    extcall MintableToken(_localToken).safeMint(_to, _tokenId)
    log ERC721BridgeFinalized(
        localToken=_localToken,
        remoteToken=_remoteToken,
        sender=_from,
        to=_to,
        tokenId=_tokenId,
        extraData=_extraData,
    )


@external
@view
def OTHER_BRIDGE() -> address:
    return self.otherBridge


@external
@pure
def messenger() -> address:
    return MESSENGER_ADDRESS


@external
@pure
def MESSENGER() -> address:
    return MESSENGER_ADDRESS


@external
@pure
def paused() -> bool:
    return False


@external
@pure
def version() -> String[16]:
    return "1.9.0"
