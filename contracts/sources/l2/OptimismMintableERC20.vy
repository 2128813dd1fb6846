# pragma version 0.4.3
"""
@title OptimismMintableERC20
@notice A token that stands for one on the other chain; the bridge alone mints and burns it.
@dev Its storage is part of its interface: after a rollup's end, balances are proven on L1 against the final state. The
     slots are `balanceOf` 0, `allowance` 1, `totalSupply` 2, and so on as they are declared; a balance lies at
     keccak256(0 . holder), each of 32 bytes, which is Vyper's order. Everything that differs between tokens is in
     storage, so the code of all of them is the same and one code hash tells them.
"""

from snekmate.utils import ecdsa

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256

event Approval:
    owner: indexed(address)
    spender: indexed(address)
    value: uint256

event Mint:
    account: indexed(address)
    amount: uint256

event Burn:
    account: indexed(address)
    amount: uint256

# Permit2 may move any holder's tokens that the holder has signed for; its address is that of its code (CREATE2).
PERMIT2: public(constant(address)) = 0x000000000022D473030F116dDEE9F6B43aC78BA3

DOMAIN_TYPE: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
PERMIT_TYPE: constant(bytes32) = keccak256(
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)

INTROSPECTION: constant(bytes4) = 0x01ffc9a7
LEGACY_MINTABLE: constant(bytes4) = 0x1d1d8b63
MINTABLE: constant(bytes4) = 0xec4fc8e3

balanceOf: public(HashMap[address, uint256])
_allowances: HashMap[address, HashMap[address, uint256]]
totalSupply: public(uint256)
nonces: public(HashMap[address, uint256])
remoteToken: public(address)
bridge: public(address)
decimals: public(uint8)
name: public(String[128])
symbol: public(String[64])


@deploy
def __init__(_bridge: address, _remoteToken: address, _name: String[128], _symbol: String[64], _decimals: uint8):
    self.bridge = _bridge
    self.remoteToken = _remoteToken
    self.name = _name
    self.symbol = _symbol
    self.decimals = _decimals


@internal
@view
def _allowance(owner: address, spender: address) -> uint256:
    if spender == PERMIT2:
        return max_value(uint256)
    return self._allowances[owner][spender]


@internal
def _approve(owner: address, spender: address, amount: uint256):
    assert spender != empty(address), "ERC20: approve to the zero address"
    self._allowances[owner][spender] = amount
    log Approval(owner=owner, spender=spender, value=amount)


@internal
def _transfer(sender: address, receiver: address, amount: uint256):
    assert receiver != empty(address), "ERC20: transfer to the zero address"
    balance: uint256 = self.balanceOf[sender]
    assert balance >= amount, "ERC20: transfer amount exceeds balance"
    self.balanceOf[sender] = unsafe_sub(balance, amount)
    # No sum of balances is more than the supply, which did not overflow.
    self.balanceOf[receiver] = unsafe_add(self.balanceOf[receiver], amount)
    log Transfer(sender=sender, receiver=receiver, value=amount)


@internal
@view
def _domain() -> bytes32:
    return keccak256(abi_encode(DOMAIN_TYPE, keccak256(self.name), keccak256("1"), chain.id, self))


@external
def transfer(_to: address, _amount: uint256) -> bool:
    self._transfer(msg.sender, _to, _amount)
    return True


@external
def transferFrom(_from: address, _to: address, _amount: uint256) -> bool:
    allowed: uint256 = self._allowance(_from, msg.sender)
    if allowed != max_value(uint256):
        assert allowed >= _amount, "ERC20: insufficient allowance"
        self._allowances[_from][msg.sender] = unsafe_sub(allowed, _amount)
    self._transfer(_from, _to, _amount)
    return True


@external
def approve(_spender: address, _amount: uint256) -> bool:
    self._approve(msg.sender, _spender, _amount)
    return True


@external
def increaseAllowance(_spender: address, _addedValue: uint256) -> bool:
    self._approve(msg.sender, _spender, self._allowance(msg.sender, _spender) + _addedValue)
    return True


@external
def decreaseAllowance(_spender: address, _subtractedValue: uint256) -> bool:
    allowed: uint256 = self._allowance(msg.sender, _spender)
    assert allowed >= _subtractedValue, "ERC20: decreased allowance below zero"
    self._approve(msg.sender, _spender, unsafe_sub(allowed, _subtractedValue))
    return True


@external
@view
def allowance(_owner: address, _spender: address) -> uint256:
    return self._allowance(_owner, _spender)


@external
def permit(
    _owner: address, _spender: address, _value: uint256, _deadline: uint256, _v: uint8, _r: bytes32, _s: bytes32
):
    """
    @notice Sets an allowance by the owner's signature (EIP-2612).
    """
    assert block.timestamp <= _deadline, "ERC20Permit: expired deadline"
    nonce: uint256 = self.nonces[_owner]
    self.nonces[_owner] = unsafe_add(nonce, 1)
    digest: bytes32 = keccak256(
        concat(
            x"1901",
            self._domain(),
            keccak256(abi_encode(PERMIT_TYPE, _owner, _spender, _value, nonce, _deadline)),
        )
    )
    signer: address = ecdsa._try_recover_vrs(
        digest, convert(_v, uint256), convert(_r, uint256), convert(_s, uint256)
    )
    assert signer == _owner and signer != empty(address), "ERC20Permit: invalid signature"
    self._approve(_owner, _spender, _value)


@external
@view
def DOMAIN_SEPARATOR() -> bytes32:
    return self._domain()


@external
def mint(_to: address, _amount: uint256):
    """
    @notice Brings tokens into being. Only for the bridge.
    """
    assert msg.sender == self.bridge, "OptimismMintableERC20: only for the bridge"
    assert _to != empty(address), "ERC20: mint to the zero address"
    self.totalSupply += _amount
    self.balanceOf[_to] = unsafe_add(self.balanceOf[_to], _amount)
    log Transfer(sender=empty(address), receiver=_to, value=_amount)
    log Mint(account=_to, amount=_amount)


@external
def burn(_from: address, _amount: uint256):
    """
    @notice Destroys tokens. Only for the bridge, which does it for their holder alone.
    """
    assert msg.sender == self.bridge, "OptimismMintableERC20: only for the bridge"
    balance: uint256 = self.balanceOf[_from]
    assert balance >= _amount, "ERC20: burn amount exceeds balance"
    self.balanceOf[_from] = unsafe_sub(balance, _amount)
    self.totalSupply = unsafe_sub(self.totalSupply, _amount)
    log Transfer(sender=_from, receiver=empty(address), value=_amount)
    log Burn(account=_from, amount=_amount)


@external
@pure
def supportsInterface(_interfaceId: bytes4) -> bool:
    return _interfaceId == INTROSPECTION or _interfaceId == LEGACY_MINTABLE or _interfaceId == MINTABLE


@external
@view
def REMOTE_TOKEN() -> address:
    return self.remoteToken


@external
@view
def BRIDGE() -> address:
    return self.bridge


@external
@view
def l1Token() -> address:
    return self.remoteToken


@external
@view
def l2Bridge() -> address:
    return self.bridge


@external
@pure
def version() -> String[16]:
    return "1.4.0"
