# pragma version 0.4.3
"""
@title Initialization behind a proxy, once
@dev Constructing the implementation uses its own turn up, so that nobody can initialize it directly.
"""

event Initialized:
    version: uint8

initialized: bool


@deploy
def __init__():
    self.initialized = True


@internal
def _initialize():
    assert not self.initialized, "Initializable: contract is already initialized"
    self.initialized = True
    log Initialized(version=1)
