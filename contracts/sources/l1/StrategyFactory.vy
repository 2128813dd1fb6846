# pragma version 0.4.3
# pragma optimize codesize
"""
@title StrategyFactory
@notice Makes one strategy for each token that somebody asks for. EigenLayer's ABI.
@dev Anybody may ask; a strategy of a bad token harms only who deposits it. The address follows from the token.
"""

interface Strategy:
    def initialize(_underlyingToken: address): nonpayable

interface Manager:
    def addStrategiesToDepositWhitelist(strategiesToWhitelist: DynArray[address, 16]): nonpayable

event StrategySetForToken:
    token: address
    strategy: address

version: public(constant(String[5])) = "1.0.0"

strategyManager: public(immutable(address))
# What the strategies run.
implementation: public(immutable(address))

deployedStrategies: public(HashMap[address, address])


@deploy
def __init__(_strategyManager: address, _implementation: address):
    strategyManager = _strategyManager
    implementation = _implementation


@external
def deployNewStrategy(token: address) -> address:
    if self.deployedStrategies[token] != empty(address):
        raw_revert(method_id("StrategyAlreadyExists()"))
    strategy: address = create_minimal_proxy_to(implementation, salt=convert(token, bytes32))
    self.deployedStrategies[token] = strategy
    log StrategySetForToken(token=token, strategy=strategy)
    extcall Strategy(strategy).initialize(token)
    extcall Manager(strategyManager).addStrategiesToDepositWhitelist([strategy])
    return strategy
