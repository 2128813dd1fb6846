# pragma version 0.4.3
# pragma optimize codesize
"""
@title KeyRegistrar
@notice The keys with which operators sign for operator sets: EigenLayer's KeyRegistrar, for an L1 that has none.
@dev Who registers a key signs with it what names the operator, the set, this contract and its chain. So nobody registers
     another's key, before its owner or after, nor one made out of others' keys so that these cancel out in a sum.

     A key is registered once, for one operator in one set, for ever. A certificate's digest names neither chain nor set: it
     is by this that a signature for one set means nothing in another.
"""

from modules import bn254
from snekmate.utils import signature_checker

struct OperatorSet:
    avs: address
    id: uint32

struct BN254Key:
    g1: bn254.G1Point
    g2: bn254.G2Point

interface PermissionController:
    def canCall(_account: address, _caller: address, _target: address, _selector: bytes4) -> bool: view

interface AllocationManager:
    def isOperatorSlashable(_operator: address, _operatorSet: OperatorSet) -> bool: view

event OperatorSetConfigured:
    operatorSet: OperatorSet
    curveType: uint8

event KeyRegistered:
    operatorSet: OperatorSet
    operator: indexed(address)
    curveType: uint8
    pubkey: Bytes[192]

event KeyDeregistered:
    operatorSet: OperatorSet
    operator: indexed(address)
    curveType: uint8

version: public(constant(String[5])) = "1.0.0"
NO_CURVE: constant(uint8) = 0
ECDSA: constant(uint8) = 1
BN254: constant(uint8) = 2
# Longer data is no key of any kind.
MAX_DATA: constant(uint256) = 1024

ECDSA_KEY_REGISTRATION_TYPEHASH: public(constant(bytes32)) = keccak256(
    "ECDSAKeyRegistration(address operator,address avs,uint32 operatorSetId,address keyAddress)"
)
BN254_KEY_REGISTRATION_TYPEHASH: public(constant(bytes32)) = keccak256(
    "BN254KeyRegistration(address operator,address avs,uint32 operatorSetId,bytes keyData)"
)
DOMAIN_TYPEHASH: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
# What operators' software fills in.
DOMAIN_NAME: constant(bytes32) = keccak256("EigenLayer")
DOMAIN_VERSION: constant(bytes32) = keccak256("1")

permissionController: public(immutable(address))
allocationManager: public(immutable(address))

# By set (see _key_of).
curves: HashMap[bytes32, uint8]
bn254_keys: HashMap[bytes32, HashMap[address, BN254Key]]
ecdsa_keys: HashMap[bytes32, HashMap[address, address]]
# Who has or had a key, by its hash.
holders: HashMap[bytes32, address]


@deploy
def __init__(_permissionController: address, _allocationManager: address):
    """
    @param _permissionController Says who may act for an operator or a service.
    @param _allocationManager Says who is slashable.
    """
    permissionController = _permissionController
    allocationManager = _allocationManager


# What the service decides


@external
def configureOperatorSet(_operatorSet: OperatorSet, _curveType: uint8):
    """
    @notice Says what keys a set takes, once. For its service.
    @param _curveType 1: ECDSA; 2: BN254.
    """
    self._check_can_call(_operatorSet.avs)
    if _curveType != ECDSA and _curveType != BN254:
        raw_revert(method_id("InvalidCurveType()"))
    key: bytes32 = self._key_of(_operatorSet)
    if self.curves[key] != NO_CURVE:
        raw_revert(method_id("ConfigurationAlreadySet()"))
    self.curves[key] = _curveType
    log OperatorSetConfigured(operatorSet=_operatorSet, curveType=_curveType)


# Keys come and go


@external
def registerKey(
    _operator: address, _operatorSet: OperatorSet, _pubkey: Bytes[MAX_DATA], _signature: Bytes[MAX_DATA]
):
    """
    @notice Registers an operator's key for a set. For the operator.
    @param _pubkey BN254: six words, the point of G1 and that of G2 (see encodeBN254KeyData). ECDSA: the 20 bytes of an address.
    @param _signature By that key, of getBN254KeyRegistrationMessageHash (two words) or getECDSAKeyRegistrationMessageHash
           (65 bytes; a contract at the address is asked, by EIP-1271).
    """
    self._check_can_call(_operator)
    key: bytes32 = self._key_of(_operatorSet)
    curve: uint8 = self.curves[key]
    if curve == NO_CURVE:
        raw_revert(method_id("OperatorSetNotConfigured()"))
    if self._is_registered(key, _operator):
        raw_revert(method_id("OperatorAlreadyRegistered()"))
    if curve == BN254:
        self._register_bn254(key, _operator, _operatorSet, _pubkey, _signature)
        log KeyRegistered(operatorSet=_operatorSet, operator=_operator, curveType=curve, pubkey=slice(_pubkey, 0, 192))
    else:
        self._register_ecdsa(key, _operator, _operatorSet, _pubkey, _signature)
        log KeyRegistered(operatorSet=_operatorSet, operator=_operator, curveType=curve, pubkey=slice(_pubkey, 0, 20))


@internal
def _register_bn254(
    key: bytes32,
    operator: address,
    operator_set: OperatorSet,
    data: Bytes[MAX_DATA],
    signature: Bytes[MAX_DATA],
):
    if len(data) != 192:
        raw_revert(method_id("InvalidKeyFormat()"))
    if len(signature) != 64:
        raw_revert(method_id("InvalidSignature()"))
    pair: BN254Key = abi_decode(data, BN254Key)
    if bn254._is_zero(pair.g1) or bn254._is_zero_g2(pair.g2):
        raw_revert(method_id("ZeroPubkey()"))
    if not bn254._is_key(pair.g1):
        raw_revert(method_id("InvalidKeyFormat()"))
    # The check also says that the point of G2 is one, and belongs to that of G1.
    done: bool = False
    valid: bool = False
    done, valid = bn254._verify(
        self._bn254_digest(operator, operator_set, keccak256(data)),
        pair.g1,
        pair.g2,
        abi_decode(signature, bn254.G1Point),
    )
    if not done or not valid:
        raw_revert(method_id("InvalidSignature()"))
    self._spend(keccak256(abi_encode(pair.g1)), operator)
    self.bn254_keys[key][operator] = pair


@internal
def _register_ecdsa(
    key: bytes32,
    operator: address,
    operator_set: OperatorSet,
    data: Bytes[MAX_DATA],
    signature: Bytes[MAX_DATA],
):
    if len(data) != 20:
        raw_revert(method_id("InvalidKeyFormat()"))
    signer: address = self._address_in(data)
    if signer == empty(address):
        raw_revert(method_id("ZeroPubkey()"))
    if len(signature) != 65 or not signature_checker._is_valid_signature_now(
        signer, self._ecdsa_digest(operator, operator_set, signer), slice(signature, 0, 65)
    ):
        raw_revert(method_id("InvalidSignature()"))
    self._spend(keccak256(data), operator)
    self.ecdsa_keys[key][operator] = signer


@internal
def _spend(hash: bytes32, operator: address):
    if self.holders[hash] != empty(address):
        raw_revert(method_id("KeyAlreadyRegistered()"))
    self.holders[hash] = operator


@external
def deregisterKey(_operator: address, _operatorSet: OperatorSet):
    """
    @notice Takes an operator's key out of a set, where the operator is not slashable any more. For the operator. The key
            cannot be registered again.
    """
    self._check_can_call(_operator)
    if staticcall AllocationManager(allocationManager).isOperatorSlashable(_operator, _operatorSet):
        raw_revert(
            concat(
                method_id("OperatorStillSlashable((address,uint32),address)"), abi_encode(_operatorSet, _operator)
            )
        )
    key: bytes32 = self._key_of(_operatorSet)
    curve: uint8 = self.curves[key]
    if curve == NO_CURVE:
        raw_revert(method_id("OperatorSetNotConfigured()"))
    if not self._is_registered(key, _operator):
        raw_revert(concat(method_id("KeyNotFound((address,uint32),address)"), abi_encode(_operatorSet, _operator)))
    self.bn254_keys[key][_operator] = empty(BN254Key)
    self.ecdsa_keys[key][_operator] = empty(address)
    log KeyDeregistered(operatorSet=_operatorSet, operator=_operator, curveType=curve)


# What is registered


@external
@view
def isRegistered(_operatorSet: OperatorSet, _operator: address) -> bool:
    """
    @notice Whether the operator has a key in the set.
    """
    return self._is_registered(self._key_of(_operatorSet), _operator)


@external
@view
def getOperatorSetCurveType(_operatorSet: OperatorSet) -> uint8:
    """
    @notice What keys a set takes: 0: not said yet; 1: ECDSA; 2: BN254.
    """
    return self.curves[self._key_of(_operatorSet)]


@external
@view
def getBN254Key(_operatorSet: OperatorSet, _operator: address) -> (bn254.G1Point, bn254.G2Point):
    """
    @notice The two points of an operator's key; zeros where it has none.
    """
    key: bytes32 = self._key_of(_operatorSet)
    self._check_curve(key, BN254)
    pair: BN254Key = self.bn254_keys[key][_operator]
    return pair.g1, pair.g2


@external
@view
def getECDSAKey(_operatorSet: OperatorSet, _operator: address) -> Bytes[20]:
    """
    @notice The 20 bytes of the address; nothing where the operator has no key.
    """
    signer: address = self._ecdsa_key(_operatorSet, _operator)
    if signer == empty(address):
        return b""
    return slice(convert(signer, bytes32), 12, 20)


@external
@view
def getECDSAAddress(_operatorSet: OperatorSet, _operator: address) -> address:
    """
    @notice The address that signs for the operator; zero where it has no key.
    """
    return self._ecdsa_key(_operatorSet, _operator)


@external
@view
def isKeyGloballyRegistered(_keyHash: bytes32) -> bool:
    """
    @notice Whether a key is registered or has been, for any set.
    """
    return self.holders[_keyHash] != empty(address)


@external
@view
def getKeyHash(_operatorSet: OperatorSet, _operator: address) -> bytes32:
    """
    @notice The hash of an operator's key: of the point of G1, or of the address. Zero where it has none.
    """
    key: bytes32 = self._key_of(_operatorSet)
    if not self._is_registered(key, _operator):
        return empty(bytes32)
    if self.curves[key] == BN254:
        return keccak256(abi_encode(self.bn254_keys[key][_operator].g1))
    return keccak256(slice(convert(self.ecdsa_keys[key][_operator], bytes32), 12, 20))


@external
@view
def getOperatorFromSigningKey(_operatorSet: OperatorSet, _keyData: Bytes[MAX_DATA]) -> (address, bool):
    """
    @notice Whose key it is or was, and whether that operator has a key in the set now.
    @param _keyData As at the registration; of BN254 the point of G1 will do.
    """
    key: bytes32 = self._key_of(_operatorSet)
    curve: uint8 = self.curves[key]
    hash: bytes32 = empty(bytes32)
    if curve == ECDSA:
        hash = keccak256(_keyData)
    elif curve == BN254:
        if len(_keyData) < 64:
            raw_revert(method_id("InvalidKeyFormat()"))
        hash = keccak256(slice(_keyData, 0, 64))
    else:
        raw_revert(method_id("InvalidCurveType()"))
    operator: address = self.holders[hash]
    return operator, self._is_registered(key, operator)


# What is signed


@external
@view
def getBN254KeyRegistrationMessageHash(
    _operator: address, _operatorSet: OperatorSet, _keyData: Bytes[MAX_DATA]
) -> bytes32:
    """
    @notice What a BN254 key signs to be registered.
    """
    return self._bn254_digest(_operator, _operatorSet, keccak256(_keyData))


@external
@view
def getECDSAKeyRegistrationMessageHash(
    _operator: address, _operatorSet: OperatorSet, _keyAddress: address
) -> bytes32:
    """
    @notice What an ECDSA key signs to be registered.
    """
    return self._ecdsa_digest(_operator, _operatorSet, _keyAddress)


@external
@pure
def encodeBN254KeyData(_g1Point: bn254.G1Point, _g2Point: bn254.G2Point) -> Bytes[192]:
    """
    @notice The six words of a BN254 key.
    """
    return abi_encode(_g1Point, _g2Point)


@external
@view
def domainSeparator() -> bytes32:
    """
    @notice The EIP-712 domain: this contract on this chain.
    """
    return self._domain()


@internal
@view
def _bn254_digest(operator: address, operator_set: OperatorSet, data_hash: bytes32) -> bytes32:
    return self._digest(keccak256(abi_encode(BN254_KEY_REGISTRATION_TYPEHASH, operator, operator_set, data_hash)))


@internal
@view
def _ecdsa_digest(operator: address, operator_set: OperatorSet, signer: address) -> bytes32:
    return self._digest(keccak256(abi_encode(ECDSA_KEY_REGISTRATION_TYPEHASH, operator, operator_set, signer)))


@internal
@view
def _digest(struct_hash: bytes32) -> bytes32:
    return keccak256(concat(x"1901", self._domain(), struct_hash))


@internal
@view
def _domain() -> bytes32:
    return keccak256(abi_encode(DOMAIN_TYPEHASH, DOMAIN_NAME, DOMAIN_VERSION, chain.id, self))


@internal
@pure
def _key_of(operator_set: OperatorSet) -> bytes32:
    """
    @dev The word by which EigenLayer's contracts know a set, too.
    """
    return convert((convert(operator_set.avs, uint256) << 96) | convert(operator_set.id, uint256), bytes32)


@internal
@view
def _is_registered(key: bytes32, operator: address) -> bool:
    if self.curves[key] == ECDSA:
        return self.ecdsa_keys[key][operator] != empty(address)
    return not bn254._is_zero(self.bn254_keys[key][operator].g1)


@internal
@view
def _ecdsa_key(operator_set: OperatorSet, operator: address) -> address:
    key: bytes32 = self._key_of(operator_set)
    self._check_curve(key, ECDSA)
    return self.ecdsa_keys[key][operator]


@internal
@pure
def _address_in(data: Bytes[MAX_DATA]) -> address:
    return convert(convert(slice(data, 0, 20), bytes20), address)


@internal
@view
def _check_curve(key: bytes32, curve: uint8):
    if self.curves[key] != curve:
        raw_revert(method_id("InvalidCurveType()"))


@internal
@view
def _check_can_call(account: address):
    """
    @dev The account itself, or whom it has appointed for the function that is called.
    """
    if not staticcall PermissionController(permissionController).canCall(
        account, msg.sender, self, convert(slice(msg.data, 0, 4), bytes4)
    ):
        raw_revert(method_id("InvalidPermissions()"))
