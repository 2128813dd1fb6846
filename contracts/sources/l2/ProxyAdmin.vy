# pragma version 0.4.3
"""
@title ProxyAdmin
@notice Administers the proxies of all predeploys; its owner alone upgrades them.
@dev On a rollup the owner is the alias of the timelock on L1: an upgrade is a deposit from there, and nobody on the
     rollup can make one. The owner cannot be given up, only handed over.
"""

interface Proxy:
    def admin() -> address: view
    def implementation() -> address: view
    def changeAdmin(_admin: address): nonpayable
    def upgradeTo(_implementation: address): nonpayable
    def upgradeToAndCall(_implementation: address, _data: Bytes[MAX_CALL]): payable

event OwnershipTransferred:
    previousOwner: indexed(address)
    newOwner: indexed(address)

MAX_CALL: constant(uint256) = 8192

owner: public(address)


@deploy
def __init__(_owner: address):
    self.owner = _owner


@internal
@view
def _check_owner():
    assert msg.sender == self.owner, "Ownable: caller is not the owner"


@external
def transferOwnership(_newOwner: address):
    """
    @notice Hands the right to upgrade over.
    """
    self._check_owner()
    assert _newOwner != empty(address), "Ownable: new owner is the zero address"
    log OwnershipTransferred(previousOwner=self.owner, newOwner=_newOwner)
    self.owner = _newOwner


@external
def upgrade(_proxy: address, _implementation: address):
    """
    @notice Changes the code that runs at a proxy.
    """
    self._check_owner()
    extcall Proxy(_proxy).upgradeTo(_implementation)


@external
@payable
def upgradeAndCall(_proxy: address, _implementation: address, _data: Bytes[MAX_CALL]):
    """
    @notice Changes the code that runs at a proxy and calls it once, in one step.
    """
    self._check_owner()
    extcall Proxy(_proxy).upgradeToAndCall(_implementation, _data, value=msg.value)


@external
def changeProxyAdmin(_proxy: address, _newAdmin: address):
    """
    @notice Hands a proxy over to another administrator.
    """
    self._check_owner()
    extcall Proxy(_proxy).changeAdmin(_newAdmin)


@external
@view
def getProxyImplementation(_proxy: address) -> address:
    return staticcall Proxy(_proxy).implementation()


@external
@view
def getProxyAdmin(_proxy: address) -> address:
    return staticcall Proxy(_proxy).admin()
