# pragma version 0.4.3
# pragma optimize codesize
"""
@title L1ERC721Bridge
@notice Moves ERC-721 tokens of L1 to the rollup and back. A token is held here while its stand-in on the rollup exists.
"""

from ethereum.ercs import IERC721
from interfaces import ICrossDomainMessenger
from interfaces import ISystemConfig
from modules import initializable

initializes: initializable

event ERC721BridgeInitiated:
    localToken: indexed(address)
    remoteToken: indexed(address)
    from_: indexed(address)
    to: address
    tokenId: uint256
    extraData: Bytes[MAX_EXTRA]

event ERC721BridgeFinalized:
    localToken: indexed(address)
    remoteToken: indexed(address)
    from_: indexed(address)
    to: address
    tokenId: uint256
    extraData: Bytes[MAX_EXTRA]

version: public(constant(String[5])) = "2.9.0"
OTHER: constant(address) = 0x4200000000000000000000000000000000000014
MAX_EXTRA: constant(uint256) = 2048

systemConfig: public(address)
messenger: public(address)
claims: public(address)
deposits: public(HashMap[address, HashMap[address, HashMap[uint256, bool]]])


@deploy
def __init__():
    initializable.__init__()


@external
def initialize(_systemConfig: address, _messenger: address, _claims: address):
    """
    @notice Sets the bridge up, once.
    """
    initializable._initialize()
    self.systemConfig = _systemConfig
    self.messenger = _messenger
    self.claims = _claims


@external
@nonreentrant
def bridgeERC721(
    _localToken: address, _remoteToken: address, _tokenId: uint256, _minGasLimit: uint32, _extraData: Bytes[MAX_EXTRA]
):
    """
    @notice Sends a token to the sender's own address on the rollup.
    """
    if msg.sender.is_contract:
        # A contract may not have this address there, and has to name its recipient; an account that EIP-7702 delegates
        # has it.
        assert msg.sender.codesize == 23 and slice(msg.sender.code, 0, 3) == x"ef0100", (
            "ERC721Bridge: account is not externally owned"
        )
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
    @notice Sends a token to an address on the rollup.
    """
    assert _to != empty(address), "ERC721Bridge: nft recipient cannot be address(0)"
    self._initiate(_localToken, _remoteToken, _to, _tokenId, _minGasLimit, _extraData)


@internal
def _initiate(
    token: address, remote_token: address, to: address, identifier: uint256, min_gas: uint32, extra: Bytes[MAX_EXTRA]
):
    assert remote_token != empty(address), "L1ERC721Bridge: remote token cannot be address(0)"
    self.deposits[token][remote_token][identifier] = True
    extcall IERC721(token).transferFrom(msg.sender, self, identifier)
    assert staticcall IERC721(token).ownerOf(identifier) == self, "L1ERC721Bridge: the token did not come"
    log ERC721BridgeInitiated(
        localToken=token, remoteToken=remote_token, from_=msg.sender, to=to, tokenId=identifier, extraData=extra
    )
    # On the other side the remote token is the local one.
    extcall ICrossDomainMessenger(self.messenger).sendMessage(
        OTHER,
        abi_encode(
            remote_token,
            token,
            msg.sender,
            to,
            identifier,
            extra,
            method_id=method_id("finalizeBridgeERC721(address,address,address,address,uint256,bytes)"),
        ),
        min_gas,
    )


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
    @notice Hands a token out that was sent on the rollup. Only for the other bridge.
    """
    assert not staticcall ISystemConfig(self.systemConfig).paused(), "L1ERC721Bridge: paused"
    assert msg.sender == self.messenger, "ERC721Bridge: function can only be called from the other bridge"
    assert staticcall ICrossDomainMessenger(msg.sender).xDomainMessageSender() == OTHER, (
        "ERC721Bridge: function can only be called from the other bridge"
    )
    assert _localToken != self, "L1ERC721Bridge: local token cannot be self"
    assert self.deposits[_localToken][_remoteToken][_tokenId], "L1ERC721Bridge: Token ID is not escrowed in the L1 Bridge"
    self.deposits[_localToken][_remoteToken][_tokenId] = False
    log ERC721BridgeFinalized(
        localToken=_localToken,
        remoteToken=_remoteToken,
        from_=_from,
        to=_to,
        tokenId=_tokenId,
        extraData=_extraData,
    )
    extcall IERC721(_localToken).safeTransferFrom(self, _to, _tokenId)


@external
@nonreentrant
def payClaim(_localToken: address, _remoteToken: address, _to: address, _tokenId: uint256):
    """
    @notice Hands a token out whose owner is proven of the rollup's last state. For the rollup's Claims. It is not asked
            whether a contract wants the token: nobody could ever get it otherwise.
    """
    assert msg.sender == self.claims, "L1ERC721Bridge: function can only be called from Claims"
    assert self.deposits[_localToken][_remoteToken][_tokenId], "L1ERC721Bridge: Token ID is not escrowed in the L1 Bridge"
    self.deposits[_localToken][_remoteToken][_tokenId] = False
    extcall IERC721(_localToken).transferFrom(self, _to, _tokenId)
    assert staticcall IERC721(_localToken).ownerOf(_tokenId) == _to, "L1ERC721Bridge: the token did not go"


@external
@view
def paused() -> bool:
    return staticcall ISystemConfig(self.systemConfig).paused()


@external
@view
def superchainConfig() -> address:
    return staticcall ISystemConfig(self.systemConfig).superchainConfig()


@external
@view
def MESSENGER() -> address:
    return self.messenger


@external
@pure
def otherBridge() -> address:
    return OTHER


@external
@pure
def OTHER_BRIDGE() -> address:
    return OTHER
