# pragma version 0.4.3
"""
@title OptimismMintableERC20Factory
@notice Makes tokens that stand for those of the other chain; anyone may ask for one.
@dev A token's address follows from what it is: CREATE2 with the salt keccak256(abi.encode(remote token, name, symbol,
     decimals)) and the creation code of the blueprint (ERC-5202) followed by the arguments of its constructor.
"""

event StandardL2TokenCreated:
    remoteToken: indexed(address)
    localToken: indexed(address)

event OptimismMintableERC20Created:
    localToken: indexed(address)
    remoteToken: indexed(address)
    deployer: address

bridge: public(address)
blueprint: public(address)
# The remote token by the local one.
deployments: public(HashMap[address, address])


@deploy
def __init__(_bridge: address, _blueprint: address):
    self.bridge = _bridge
    self.blueprint = _blueprint


@internal
def _create(remote_token: address, name: String[128], symbol: String[64], decimals: uint8) -> address:
    assert remote_token != empty(address), "OptimismMintableERC20Factory: the remote token is the zero address"
    token: address = create_from_blueprint(
        self.blueprint,
        self.bridge,
        remote_token,
        name,
        symbol,
        decimals,
        salt=keccak256(abi_encode(remote_token, name, symbol, decimals)),
        revert_on_failure=False,
    )
    assert token != empty(address), "OptimismMintableERC20Factory: the token exists"
    self.deployments[token] = remote_token
    log StandardL2TokenCreated(remoteToken=remote_token, localToken=token)
    log OptimismMintableERC20Created(localToken=token, remoteToken=remote_token, deployer=msg.sender)
    return token


@external
def createOptimismMintableERC20(_remoteToken: address, _name: String[128], _symbol: String[64]) -> address:
    """
    @notice Makes a token with 18 decimals.
    """
    return self._create(_remoteToken, _name, _symbol, 18)


@external
def createStandardL2Token(_remoteToken: address, _name: String[128], _symbol: String[64]) -> address:
    """
    @notice The same under the name that older tools know.
    """
    return self._create(_remoteToken, _name, _symbol, 18)


@external
def createOptimismMintableERC20WithDecimals(
    _remoteToken: address, _name: String[128], _symbol: String[64], _decimals: uint8
) -> address:
    """
    @notice Makes a token.
    """
    return self._create(_remoteToken, _name, _symbol, _decimals)


@external
@view
def BRIDGE() -> address:
    return self.bridge


@external
@pure
def version() -> String[16]:
    return "1.10.0"
