# pragma version 0.4.3
"""
@title What operators sign, and what proves that they did
@dev For ServiceManager. What is signed names the chain of L1, the contract that imports this and the rollup.
"""

from interfaces import IServiceManager
from modules import operator_tables


struct OperatorSetInfo:
    operatorInfoTreeRoot: bytes32
    numOperators: uint256
    aggregatePubkey: IServiceManager.G1Point
    totalWeights: DynArray[uint256, 4]

# What one operator has signed at one place.
struct Signed:
    referenceTimestamp: uint32
    value: bytes32
    signature: IServiceManager.G1Point

interface SystemConfig:
    def l2ChainId() -> uint256: view

interface KeyRegistrar:
    def configureOperatorSet(_set: operator_tables.OperatorSet, _curve: uint8): nonpayable
    def isRegistered(_set: operator_tables.OperatorSet, _operator: address) -> bool: view
    def getBN254Key(_set: operator_tables.OperatorSet, _operator: address) -> (IServiceManager.G1Point, IServiceManager.G2Point): view

interface CertificateVerifier:
    def calculateCertificateDigest(_referenceTimestamp: uint32, _messageHash: bytes32) -> bytes32: view
    def trySignatureVerification(
        _digest: bytes32, _key: IServiceManager.G1Point, _keyG2: IServiceManager.G2Point, _signature: IServiceManager.G1Point
    ) -> (bool, bool): view
    def verifyCertificateProportion(
        _set: operator_tables.OperatorSet, _certificate: IServiceManager.Certificate, _thresholds: DynArray[uint16, 1]
    ) -> bool: nonpayable
    def getOperatorSetInfo(_set: operator_tables.OperatorSet, _referenceTimestamp: uint32) -> OperatorSetInfo: view
    def latestReferenceTimestamp(_set: operator_tables.OperatorSet) -> uint32: view
    def maxOperatorTableStaleness(_set: operator_tables.OperatorSet) -> uint32: view
    def getTotalStakeWeights(_set: operator_tables.OperatorSet, _referenceTimestamp: uint32) -> DynArray[uint256, 4]: view

# What operators sign: the output of a block, a block, a part of a block that is still open.
OUTPUT: constant(uint8) = 1
PART: constant(uint8) = 3
ATTESTATION_TYPEHASH: public(constant(bytes32)) = keccak256(
    "Attestation(uint8 kind,uint256 l1ChainId,address serviceManager,address systemConfig,uint256 l2ChainId,uint64 number,uint64 index,bytes32 value)"
)

keyRegistrar: public(immutable(address))
certificateVerifier: public(immutable(address))


@deploy
def __init__(_keyRegistrar: address, _certificateVerifier: address):
    keyRegistrar = _keyRegistrar
    certificateVerifier = _certificateVerifier


@internal
@view
def _attestation(system_config: address, kind: uint8, number: uint64, index: uint64, signed_value: bytes32) -> bytes32:
    return keccak256(
        abi_encode(
            ATTESTATION_TYPEHASH,
            kind,
            chain.id,
            self,
            system_config,
            staticcall SystemConfig(system_config).l2ChainId(),
            number,
            index,
            signed_value,
        )
    )


@internal
@pure
def _check_place(kind: uint8, index: uint64):
    if kind < OUTPUT or kind > PART or (index != 0 and kind != PART):
        raw_revert(method_id("ServiceManager_NoSuchPlace()"))


@internal
@view
def _check_signed(operator_set: operator_tables.OperatorSet, operator: address, signed: Signed, message: bytes32):
    """
    @notice Reverts unless the operator's key has signed the message, by whatever stake table.
    """
    key: IServiceManager.G1Point = empty(IServiceManager.G1Point)
    key_g2: IServiceManager.G2Point = empty(IServiceManager.G2Point)
    key, key_g2 = staticcall KeyRegistrar(keyRegistrar).getBN254Key(operator_set, operator)
    # Infinity as a key would have signed everything.
    if key.X == 0 and key.Y == 0:
        raw_revert(method_id("ServiceManager_NoKey()"))
    digest: bytes32 = staticcall CertificateVerifier(certificateVerifier).calculateCertificateDigest(
        signed.referenceTimestamp, message
    )
    ran: bool = False
    valid: bool = False
    ran, valid = staticcall CertificateVerifier(certificateVerifier).trySignatureVerification(
        digest, key, key_g2, signed.signature
    )
    if not ran or not valid:
        raw_revert(method_id("ServiceManager_NotSigned()"))


@internal
@view
def _check_listed(operator_set: operator_tables.OperatorSet, operator: address, table: uint32, witness: IServiceManager.Witness):
    """
    @notice Reverts unless the operator's key stands at this place of the stake table.
    """
    key: IServiceManager.G1Point = empty(IServiceManager.G1Point)
    key_g2: IServiceManager.G2Point = empty(IServiceManager.G2Point)
    key, key_g2 = staticcall KeyRegistrar(keyRegistrar).getBN254Key(operator_set, operator)
    if key.X == 0 and key.Y == 0:
        raw_revert(method_id("ServiceManager_NoKey()"))
    if witness.operatorInfo.pubkey.X != key.X or witness.operatorInfo.pubkey.Y != key.Y:
        raw_revert(method_id("ServiceManager_OtherOperator()"))
    info: OperatorSetInfo = staticcall CertificateVerifier(certificateVerifier).getOperatorSetInfo(
        operator_set, table
    )
    leaf: bytes32 = keccak256(concat(operator_tables.LEAF_SALT, abi_encode(witness.operatorInfo)))
    if not operator_tables._is_in(
        info.operatorInfoTreeRoot,
        leaf,
        convert(witness.operatorIndex, uint256),
        info.numOperators,
        witness.operatorInfoProof,
    ):
        raw_revert(method_id("ServiceManager_NotListed()"))
