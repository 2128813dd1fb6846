# pragma version 0.4.3
# pragma optimize codesize
"""
@title PermissionController
@notice Who may act for an account in the restaking core: its admins, who may do all, and its appointees, who may each call
        named functions. EigenLayer's ABI.
@dev An account is its own admin as long as it has appointed none; with the first admin that accepts, it is so no longer. The
     last admin cannot be removed.
"""

from modules import keyed_sets

initializes: keyed_sets

event AppointeeSet:
    account: indexed(address)
    appointee: indexed(address)
    target: address
    selector: bytes4

event AppointeeRemoved:
    account: indexed(address)
    appointee: indexed(address)
    target: address
    selector: bytes4

event PendingAdminAdded:
    account: indexed(address)
    admin: address

event PendingAdminRemoved:
    account: indexed(address)
    admin: address

event AdminSet:
    account: indexed(address)
    admin: address

event AdminRemoved:
    account: indexed(address)
    admin: address

version: public(constant(String[5])) = "1.0.0"
# Of admins and pending admins an account, of appointees a function, and of functions an appointee.
MOST: constant(uint256) = 64
ADMINS: constant(uint256) = 0
PENDING: constant(uint256) = 1
FUNCTIONS: constant(uint256) = 2
APPOINTEES: constant(uint256) = 3


@internal
@pure
def _set(kind: uint256, account: address, of: bytes32) -> bytes32:
    return keccak256(abi_encode(kind, account, of))


@internal
@pure
def _admins(account: address) -> bytes32:
    return self._set(ADMINS, account, empty(bytes32))


@internal
@pure
def _pending(account: address) -> bytes32:
    return self._set(PENDING, account, empty(bytes32))


@internal
@pure
def _function(target: address, selector: bytes4) -> bytes32:
    return convert((convert(target, uint256) << 96) | (convert(convert(selector, uint32), uint256) << 64), bytes32)


@internal
@view
def _is_admin(account: address, caller: address) -> bool:
    admins: bytes32 = self._admins(account)
    if keyed_sets._length(admins) == 0:
        return account == caller
    return keyed_sets._contains_address(admins, caller)


@internal
@view
def _check_admin(account: address):
    if not self._is_admin(account, msg.sender):
        raw_revert(method_id("NotAdmin()"))


# Admins


@external
def addPendingAdmin(account: address, admin: address):
    """
    @notice Offers somebody to be an admin, which acceptAdmin takes up.
    """
    self._check_admin(account)
    if keyed_sets._contains_address(self._admins(account), admin):
        raw_revert(method_id("AdminAlreadySet()"))
    if not keyed_sets._add(self._pending(account), convert(admin, bytes32), MOST):
        raw_revert(method_id("AdminAlreadyPending()"))
    log PendingAdminAdded(account=account, admin=admin)


@external
def removePendingAdmin(account: address, admin: address):
    self._check_admin(account)
    if not keyed_sets._remove(self._pending(account), convert(admin, bytes32)):
        raw_revert(method_id("AdminNotPending()"))
    log PendingAdminRemoved(account=account, admin=admin)


@external
def acceptAdmin(account: address):
    if not keyed_sets._remove(self._pending(account), convert(msg.sender, bytes32)):
        raw_revert(method_id("AdminNotPending()"))
    keyed_sets._add(self._admins(account), convert(msg.sender, bytes32), MOST)
    log AdminSet(account=account, admin=msg.sender)


@external
def removeAdmin(account: address, admin: address):
    self._check_admin(account)
    admins: bytes32 = self._admins(account)
    if keyed_sets._length(admins) <= 1:
        raw_revert(method_id("CannotHaveZeroAdmins()"))
    if not keyed_sets._remove(admins, convert(admin, bytes32)):
        raw_revert(method_id("AdminNotSet()"))
    log AdminRemoved(account=account, admin=admin)


# Appointees


@external
def setAppointee(account: address, appointee: address, target: address, selector: bytes4):
    """
    @notice Lets somebody call one function of one contract for the account.
    """
    self._check_admin(account)
    item: bytes32 = self._function(target, selector)
    if not keyed_sets._add(self._set(FUNCTIONS, account, convert(appointee, bytes32)), item, MOST):
        raw_revert(method_id("AppointeeAlreadySet()"))
    keyed_sets._add(self._set(APPOINTEES, account, item), convert(appointee, bytes32), MOST)
    log AppointeeSet(account=account, appointee=appointee, target=target, selector=selector)


@external
def removeAppointee(account: address, appointee: address, target: address, selector: bytes4):
    self._check_admin(account)
    item: bytes32 = self._function(target, selector)
    if not keyed_sets._remove(self._set(FUNCTIONS, account, convert(appointee, bytes32)), item):
        raw_revert(method_id("AppointeeNotSet()"))
    keyed_sets._remove(self._set(APPOINTEES, account, item), convert(appointee, bytes32))
    log AppointeeRemoved(account=account, appointee=appointee, target=target, selector=selector)


# What there is to know


@external
@view
def isAdmin(account: address, caller: address) -> bool:
    return self._is_admin(account, caller)


@external
@view
def isPendingAdmin(account: address, pendingAdmin: address) -> bool:
    return keyed_sets._contains_address(self._pending(account), pendingAdmin)


@external
@view
def getAdmins(account: address) -> DynArray[address, 256]:
    admins: bytes32 = self._admins(account)
    if keyed_sets._length(admins) == 0:
        return [account]
    return keyed_sets._addresses(admins)


@external
@view
def getPendingAdmins(account: address) -> DynArray[address, 256]:
    return keyed_sets._addresses(self._pending(account))


@external
@view
def canCall(account: address, caller: address, target: address, selector: bytes4) -> bool:
    """
    @notice Whether the caller may call this function of the target for the account.
    """
    if self._is_admin(account, caller):
        return True
    functions: bytes32 = self._set(FUNCTIONS, account, convert(caller, bytes32))
    return keyed_sets._contains(functions, self._function(target, selector))


@external
@view
def getAppointeePermissions(
    account: address, appointee: address
) -> (DynArray[address, MOST], DynArray[bytes4, MOST]):
    """
    @return The targets, and each one's function.
    """
    targets: DynArray[address, MOST] = []
    selectors: DynArray[bytes4, MOST] = []
    functions: bytes32 = self._set(FUNCTIONS, account, convert(appointee, bytes32))
    for i: uint256 in range(keyed_sets._length(functions), bound=MOST):
        item: uint256 = convert(keyed_sets._at(functions, i), uint256)
        targets.append(convert(item >> 96, address))
        selectors.append(convert(convert((item >> 64) & convert(max_value(uint32), uint256), uint32), bytes4))
    return targets, selectors


@external
@view
def getAppointees(account: address, target: address, selector: bytes4) -> DynArray[address, 256]:
    return keyed_sets._addresses(self._set(APPOINTEES, account, self._function(target, selector)))
