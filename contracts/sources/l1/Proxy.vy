# pragma version 0.4.3
# pragma optimize codesize
"""
@title Proxy
@notice Stands at a contract's address for good and runs the code of its implementation, as ERC-1967 lays it down.
@dev One copy of this code is deployed; a rollup's contracts are clones (RollupFactory) with the two slots in their own
     storage, which run their implementation themselves. What comes here is the functions below, calls whose selector has
     its second byte in common with one of them, and all calls of a clone that has no implementation yet.
     The slots are fixed in Proxy.layout.json: keccak256("eip1967.proxy.implementation") - 1 and
     keccak256("eip1967.proxy.admin") - 1.
"""

event Upgraded:
    implementation: indexed(address)

event AdminChanged:
    previousAdmin: address
    newAdmin: address

# The most that an implementation may return to a call that comes by here. More is refused, never cut off.
MAX_RETURN: constant(uint256) = 4672
MAX_CALL: constant(uint256) = 8192

implementation: public(address)
admin: public(address)


@deploy
def __init__():
    # The copy that clones point to belongs to nobody and stays empty.
    self.admin = self


@internal
def _check_admin():
    assert msg.sender == self.admin, "Proxy: caller is not the administrator"


@internal
def _upgrade(implementation: address):
    assert implementation.is_contract, "Proxy: the implementation has no code"
    self.implementation = implementation
    log Upgraded(implementation=implementation)


@internal
def _change_admin(admin: address):
    assert admin != empty(address), "Proxy: the administrator is zero"
    log AdminChanged(previousAdmin=self.admin, newAdmin=admin)
    self.admin = admin


@external
def initializeProxy(_implementation: address, _admin: address, _data: Bytes[MAX_CALL]):
    """
    @notice Sets a new clone up, once. Its creator does so in the transaction that creates it, before anybody else can.
    @param _data The call that initialises the implementation.
    """
    assert self.admin == empty(address), "Proxy: already initialized"
    self._change_admin(_admin)
    self._upgrade(_implementation)
    raw_call(_implementation, _data, is_delegate_call=True)


@external
def upgradeTo(_implementation: address):
    """
    @notice Changes the code that runs here.
    """
    self._check_admin()
    self._upgrade(_implementation)


@external
@payable
def upgradeToAndCall(_implementation: address, _data: Bytes[MAX_CALL]):
    """
    @notice Changes the code that runs here and calls it once, in one step, so that nobody can call it in between.
    """
    self._check_admin()
    self._upgrade(_implementation)
    raw_call(_implementation, _data, is_delegate_call=True)


@external
def changeAdmin(_admin: address):
    """
    @notice Hands the right to upgrade over.
    """
    self._check_admin()
    self._change_admin(_admin)


@external
@payable
@raw_return
def __default__() -> Bytes[MAX_RETURN + 1]:
    implementation: address = self.implementation
    assert implementation != empty(address), "Proxy: not initialized"
    returned: Bytes[MAX_RETURN + 1] = raw_call(
        implementation, msg.data, max_outsize=MAX_RETURN + 1, is_delegate_call=True
    )
    assert len(returned) <= MAX_RETURN, "Proxy: the implementation returned too much"
    return returned
