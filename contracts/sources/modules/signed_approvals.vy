# pragma version 0.4.3
"""
@title signed_approvals
@notice Typed data (EIP-712) in EigenLayer's domain, signed by an account with a key, or with a contract (ERC-1271).
"""

DOMAIN_TYPE: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
DOMAIN_NAME: constant(bytes32) = keccak256("EigenLayer")
DOMAIN_VERSION: constant(bytes32) = keccak256("1")
VALID: constant(bytes4) = 0x1626ba7e
# A signature has a twin with the other `s`; only the lower of the two is taken (EIP-2).
GREATEST_S: constant(uint256) = 57896044618658097711785492504343953926418782139537452191302581570759080747168
LONGEST_SIGNATURE: constant(uint256) = 1024


@external
@view
def domainSeparator() -> bytes32:
    return self._domain()


@internal
@view
def _domain() -> bytes32:
    return keccak256(abi_encode(DOMAIN_TYPE, DOMAIN_NAME, DOMAIN_VERSION, chain.id, self))


@internal
@view
def _digest(structure: bytes32) -> bytes32:
    return keccak256(concat(0x1901, self._domain(), structure))


@internal
@view
def _check(signer: address, digest: bytes32, signature: Bytes[LONGEST_SIGNATURE], expiry: uint256):
    if expiry < block.timestamp:
        raw_revert(method_id("SignatureExpired()"))
    if not self._is_signed(signer, digest, signature):
        raw_revert(method_id("InvalidSignature()"))


@internal
@view
def _is_signed(signer: address, digest: bytes32, signature: Bytes[LONGEST_SIGNATURE]) -> bool:
    if signer.is_contract:
        done: bool = False
        answer: Bytes[32] = b""
        done, answer = raw_call(
            signer,
            abi_encode(digest, signature, method_id=method_id("isValidSignature(bytes32,bytes)")),
            max_outsize=32,
            is_static_call=True,
            revert_on_failure=False,
        )
        return done and len(answer) == 32 and convert(slice(answer, 0, 4), bytes4) == VALID
    if len(signature) != 65:
        return False
    r: uint256 = convert(slice(signature, 0, 32), uint256)
    s: uint256 = convert(slice(signature, 32, 32), uint256)
    v: uint256 = convert(slice(signature, 64, 1), uint256)
    if s > GREATEST_S:
        return False
    found: address = ecrecover(digest, v, r, s)
    return found != empty(address) and found == signer
