# pragma version 0.4.3
"""
@title PredeployProxy
@notice Stands at the address of a predeployed contract and runs the code of its implementation (ERC-1967).
@dev It is in the genesis state at every address of the namespace of predeploys, so it has no constructor. The functions
     below belong to the proxy, not to the implementation: no predeploy has functions of these names. Its administrator
     is the ProxyAdmin; the zero address sends the transactions of a network upgrade (OP Stack specification,
     derivation) and nothing else. The slots are fixed in PredeployProxy.layout.json: they are those that explorers read.
"""

event Upgraded:
    implementation: indexed(address)

event AdminChanged:
    previousAdmin: address
    newAdmin: address

# The most that an implementation may return, and an upgrade may hand to the new one. More is refused, never cut off.
MAX_RETURN: constant(uint256) = 2048
MAX_CALL: constant(uint256) = 8192

implementation: public(address)
admin: public(address)


@deploy
def __init__():
    pass


@internal
@view
def _check_admin():
    assert msg.sender == self.admin or msg.sender == empty(address), "Proxy: caller is not the administrator"


@internal
def _upgrade(implementation: address):
    self.implementation = implementation
    log Upgraded(implementation=implementation)


@external
def upgradeTo(_implementation: address):
    """
    @notice Changes the code that runs here.
    """
    self._check_admin()
    self._upgrade(_implementation)


@external
@payable
def upgradeToAndCall(_implementation: address, _data: Bytes[MAX_CALL]) -> Bytes[MAX_RETURN + 1]:
    """
    @notice Changes the code that runs here and calls it once, in one step.
    """
    self._check_admin()
    self._upgrade(_implementation)
    return raw_call(_implementation, _data, max_outsize=MAX_RETURN + 1, is_delegate_call=True)


@external
def changeAdmin(_admin: address):
    """
    @notice Hands the right to upgrade over.
    """
    self._check_admin()
    log AdminChanged(previousAdmin=self.admin, newAdmin=_admin)
    self.admin = _admin


@external
@payable
@raw_return
def __default__() -> Bytes[MAX_RETURN + 1]:
    implementation: address = self.implementation
    assert implementation != empty(address), "Proxy: there is no implementation"
    returned: Bytes[MAX_RETURN + 1] = raw_call(
        implementation, msg.data, max_outsize=MAX_RETURN + 1, is_delegate_call=True
    )
    assert len(returned) <= MAX_RETURN, "Proxy: the implementation returned too much"
    return returned
