# pragma version 0.4.3
"""
@title The market for the gas of deposits (specification: guaranteed gas market)
@notice Each L1 block sells so much gas of the rollup, at a base fee that follows demand as EIP-1559 lays down, and is paid
        by burning L1 gas.
"""

from interfaces import ISystemConfig

WAD: constant(uint256) = 10**18
MASK_64: constant(uint256) = 2**64 - 1
MASK_128: constant(uint256) = 2**128 - 1

# block << 192 | bought gas << 128 | base fee
market: uint256


@internal
def _open(config: ISystemConfig.ResourceConfig):
    """
    @notice Starts the market at its lowest fee.
    """
    self.market = (block.number << 192) | convert(config.minimumBaseFee, uint256)


@internal
def _pay_for(config: ISystemConfig.ResourceConfig, gas_limit: uint64, gas_before: uint256):
    """
    @notice Buys gas of the rollup and burns as much of L1's as it costs, less what the deposit has used already.
    """
    limit: uint256 = convert(config.maxResourceLimit, uint256)
    market: uint256 = self.market
    at: uint256 = market >> 192
    bought: uint256 = (market >> 128) & MASK_64
    fee: uint256 = market & MASK_128
    if at != block.number:
        fee = self._fee_after(config, fee, bought, block.number - at)
        bought = 0
    amount: uint256 = convert(gas_limit, uint256)
    bought += amount
    if bought > limit:
        raw_revert(method_id("OutOfGas()"))
    self.market = (block.number << 192) | (bought << 128) | fee

    cost: uint256 = (amount * fee) // max(block.basefee, 10**9)
    # Data costs the caller gas before the contract starts, but it may not come from this transaction: it counts nothing.
    used: uint256 = gas_before - msg.gas
    if cost > used:
        self._burn(cost - used)


@internal
@pure
def _fee_after(config: ISystemConfig.ResourceConfig, before: uint256, bought: uint256, blocks: uint256) -> uint256:
    """
    @notice The base fee this many blocks after one in which `bought` gas was bought at `before`.
    """
    target: uint256 = convert(config.maxResourceLimit // convert(config.elasticityMultiplier, uint32), uint256)
    denominator: uint256 = convert(config.baseFeeMaxChangeDenominator, uint256)
    low: uint256 = convert(config.minimumBaseFee, uint256)
    high: uint256 = convert(config.maximumBaseFee, uint256)
    fee: uint256 = before
    if bought > target:
        fee += (before * (bought - target)) // (target * denominator)
    else:
        fee -= (before * (target - bought)) // (target * denominator)
    fee = min(max(fee, low), high)
    # Blocks without a deposit each take one part off. By squaring: sixty-four turns are enough for any number of blocks.
    factor: uint256 = WAD - WAD // denominator
    power: uint256 = WAD
    left: uint256 = blocks - 1
    for i: uint256 in range(64):
        if left == 0:
            break
        if left & 1 == 1:
            power = power * factor // WAD
        factor = factor * factor // WAD
        left >>= 1
    return max(fee * power // WAD, low)


@internal
def _burn(amount: uint256):
    """
    @dev A precompile takes all gas that it is given where its input is wrong, here a point off the curve. Of the gas that
         is left, a call takes 63 parts of 64 at most: whoever has too little runs out, as intended.
    """
    assert msg.gas - msg.gas // 64 > amount, "OptimismPortal: too little gas to burn"
    burnt: bool = raw_call(
        0x0000000000000000000000000000000000000006,
        concat(convert(1, bytes32), convert(1, bytes32)),
        gas=amount,
        revert_on_failure=False,
    )


@external
@view
def params() -> (uint128, uint64, uint64):
    """
    @notice The deposit market after the last deposit: base fee, gas bought in its block, and that block's number.
    """
    return (
        convert(self.market & MASK_128, uint128),
        convert((self.market >> 128) & MASK_64, uint64),
        convert(self.market >> 192, uint64),
    )
