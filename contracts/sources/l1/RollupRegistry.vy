# pragma version 0.4.3
# pragma optimize codesize
"""
@title RollupRegistry
@notice Which rollups were launched here, by whom, and what their genesis and configuration hash to.
@dev The owner, the timelock, says which factories may register. A record never changes. The number of a chain is not kept
     unique: whoever saw a launch coming could take it away. A reader goes by the SystemConfig, or by the launcher.
"""

from modules import owned

initializes: owned
exports: (owned.owner, owned.transferOwnership, owned.renounceOwnership)

event FactorySet:
    factory: indexed(address)
    allowed: bool

event RollupLaunched:
    id: indexed(uint256)
    systemConfig: indexed(address)
    launcher: indexed(address)
    l2ChainId: uint256
    genesisHash: bytes32
    configurationHash: bytes32

struct Rollup:
    systemConfig: address
    launcher: address
    genesisHash: bytes32
    configurationHash: bytes32
    lifecycle: address

version: public(constant(String[5])) = "1.0.0"

isFactory: public(HashMap[address, bool])
rollupCount: public(uint256)
rollups: public(HashMap[uint256, Rollup])
# A rollup's id and one, by its SystemConfig.
ids: HashMap[address, uint256]
countOfChain: public(HashMap[uint256, uint256])
idsOfChain: HashMap[uint256, HashMap[uint256, uint256]]


@deploy
def __init__(_owner: address):
    owned._transfer(_owner)


@external
def setFactory(_factory: address, _allowed: bool):
    """
    @notice Lets a factory register rollups, or no more.
    """
    owned._check()
    self.isFactory[_factory] = _allowed
    log FactorySet(factory=_factory, allowed=_allowed)


@external
def register(
    _systemConfig: address,
    _launcher: address,
    _l2ChainId: uint256,
    _genesisHash: bytes32,
    _configurationHash: bytes32,
    _lifecycle: address,
) -> uint256:
    """
    @notice Records a launch. For factories.
    @return The rollup's id.
    """
    assert self.isFactory[msg.sender], "RollupRegistry: caller is not a factory"
    assert self.ids[_systemConfig] == 0, "RollupRegistry: already registered"
    identifier: uint256 = self.rollupCount
    self.rollupCount = identifier + 1
    self.rollups[identifier] = Rollup(
        systemConfig=_systemConfig,
        launcher=_launcher,
        genesisHash=_genesisHash,
        configurationHash=_configurationHash,
        lifecycle=_lifecycle,
    )
    self.ids[_systemConfig] = identifier + 1
    count: uint256 = self.countOfChain[_l2ChainId]
    self.idsOfChain[_l2ChainId][count] = identifier
    self.countOfChain[_l2ChainId] = count + 1
    log RollupLaunched(
        id=identifier,
        systemConfig=_systemConfig,
        launcher=_launcher,
        l2ChainId=_l2ChainId,
        genesisHash=_genesisHash,
        configurationHash=_configurationHash,
    )
    return identifier


@external
@view
def idOf(_systemConfig: address) -> uint256:
    """
    @notice The id of the rollup with this SystemConfig.
    """
    assert self.ids[_systemConfig] != 0, "RollupRegistry: not registered"
    return self.ids[_systemConfig] - 1


@external
@view
def isRegistered(_systemConfig: address) -> bool:
    """
    @notice Whether a rollup with this SystemConfig was launched here.
    """
    return self.ids[_systemConfig] != 0


@external
@view
def idOfChain(_l2ChainId: uint256, _index: uint256) -> uint256:
    """
    @notice The ids of the rollups that gave this number as their chain's, in order; there are `countOfChain`.
    """
    assert _index < self.countOfChain[_l2ChainId], "RollupRegistry: no such rollup"
    return self.idsOfChain[_l2ChainId][_index]
