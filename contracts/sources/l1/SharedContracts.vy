# pragma version 0.4.3
# pragma optimize codesize
"""
@title SharedContracts
@notice Makes an L1's registry and factory of rollups in one transaction, so that nobody can come in between.
@dev Made by a CREATE2 deployer that everybody may use, at an address that the timelock and the codes decide: whoever sends
     the transaction, the registry belongs to the timelock in the end and knows this factory alone. Both are creations of
     this contract, so that their addresses follow from its own. It keeps no right over them.
"""

interface Registry:
    def setFactory(_factory: address, _allowed: bool): nonpayable
    def transferOwnership(_newOwner: address): nonpayable

struct Implementations:
    proxy: address
    systemConfig: address
    optimismPortal: address
    l1CrossDomainMessenger: address
    l1StandardBridge: address
    l1ERC721Bridge: address
    anchorStateRegistry: address
    disputeGameFactory: address
    finalityModule: address
    lifecycle: address
    claims: address

version: public(constant(String[5])) = "1.0.0"

registry: public(immutable(address))
factory: public(immutable(address))


@deploy
def __init__(
    _registryCode: Bytes[4096],
    _factoryCode: Bytes[12288],
    _timelock: address,
    _gameType: uint32,
    _implementations: Implementations,
    _batchInboxCode: Bytes[1024],
):
    """
    @param _registryCode The creation code of RollupRegistry.
    @param _factoryCode The creation code of RollupFactory.
    @param _timelock Who owns the registry then, and may upgrade the rollups' contracts.
    @param _gameType The number of the finality module.
    @param _implementations What the proxies of a launch run.
    @param _batchInboxCode The creation code of BatchInbox.
    """
    registry = raw_create(_registryCode, self)
    factory = raw_create(_factoryCode, registry, _timelock, _gameType, _implementations, _batchInboxCode)
    extcall Registry(registry).setFactory(factory, True)
    extcall Registry(registry).transferOwnership(_timelock)
