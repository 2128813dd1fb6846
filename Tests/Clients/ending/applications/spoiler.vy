# pragma version 0.4.3
# An application whose last call does harm, or tries to.
interface Dissolver:
    def register(limit: uint64): payable
    def unregister(): nonpayable
    def setResolver(resolver: address): nonpayable
    def dissolve(index: uint256, count: uint256): nonpayable

DISSOLVER: constant(address) = 0x42000000000000000000000000000000000007D0
MESSAGE_PASSER: constant(address) = 0x4200000000000000000000000000000000000016

# 0 loops, 1 reverts, 2 burns its gas, 3 enters again, 4 returns much, 5 refuses its deposit.
kind: public(uint256)

@deploy
@payable
def __init__(kind: uint256):
    self.kind = kind

@external
@payable
def __default__():
    assert self.kind != 5

@external
@payable
def end_with_hook(limit: uint64):
    extcall Dissolver(DISSOLVER).register(limit, value=msg.value)

@external
def onDissolve() -> Bytes[8192]:
    done: bool = False
    if self.kind == 0:
        for turn: uint256 in range(2**64):
            self.kind = 0
    if self.kind == 1:
        raise "no"
    if self.kind == 2:
        assert self.kind != 2, UNREACHABLE
    if self.kind == 3:
        done = raw_call(DISSOLVER, method_id("unregister()"), revert_on_failure=False)
        again: Bytes[36] = abi_encode(convert(25000, uint64), method_id=method_id("register(uint64)"))
        done = raw_call(DISSOLVER, again, revert_on_failure=False)
        once_more: Bytes[68] = abi_encode(
            empty(uint256), empty(uint256), method_id=method_id("dissolve(uint256,uint256)"))
        done = raw_call(DISSOLVER, once_more, revert_on_failure=False)
        done = raw_call(self, method_id("onDissolve()"), gas=msg.gas // 2, revert_on_failure=False)
    much: Bytes[8192] = b""
    if self.kind == 4:
        much = slice(self.code, 0, 600)
    return much
