# pragma version 0.4.3
# pragma optimize codesize
"""
@title BondedProposal
@notice A finality module: an output that somebody proposed with a bond, and that anybody may challenge with another.
@dev All of it is in the module bonded_proposal.
"""

from interfaces import IBondedProposal
from modules import bonded_proposal

implements: IBondedProposal
initializes: bonded_proposal
exports: bonded_proposal.__interface__

version: public(constant(String[5])) = "1.0.0"


@deploy
def __init__():
    bonded_proposal.__init__()


@external
@payable
def initialize():
    """
    @notice Starts the proposal, once, with the bond that comes along.
    """
    bonded_proposal._start(False)


@external
@view
def certifiedBy() -> address:
    """
    @notice Nobody: only time makes such an output final.
    """
    return empty(address)
