# pragma version 0.4.3
"""
@title OptimismMintableERC721Factory
@notice Makes collections that stand for those of the other chain; anyone may ask for one.
@dev A collection's address follows from what it is: CREATE2 with the salt keccak256(abi.encode(remote token, name,
     symbol)) and the creation code of the blueprint (ERC-5202) followed by the arguments of its constructor.
"""

event OptimismMintableERC721Created:
    localToken: indexed(address)
    remoteToken: indexed(address)
    deployer: address

bridge: public(address)
blueprint: public(address)
remoteChainID: public(uint256)
isOptimismMintableERC721: public(HashMap[address, bool])


@deploy
def __init__(_bridge: address, _blueprint: address, _remoteChainId: uint256):
    self.bridge = _bridge
    self.blueprint = _blueprint
    self.remoteChainID = _remoteChainId


@external
def createOptimismMintableERC721(_remoteToken: address, _name: String[128], _symbol: String[64]) -> address:
    """
    @notice Makes a collection.
    """
    assert (
        _remoteToken != empty(address)
    ), "OptimismMintableERC721Factory: the remote token is the zero address"
    token: address = create_from_blueprint(
        self.blueprint,
        self.bridge,
        self.remoteChainID,
        _remoteToken,
        _name,
        _symbol,
        salt=keccak256(abi_encode(_remoteToken, _name, _symbol)),
        revert_on_failure=False,
    )
    assert token != empty(address), "OptimismMintableERC721Factory: the token exists"
    self.isOptimismMintableERC721[token] = True
    log OptimismMintableERC721Created(localToken=token, remoteToken=_remoteToken, deployer=msg.sender)
    return token


@external
@view
def BRIDGE() -> address:
    return self.bridge


@external
@view
def REMOTE_CHAIN_ID() -> uint256:
    return self.remoteChainID


@external
@pure
def version() -> String[16]:
    return "1.4.0"
