# pragma version 0.4.3
# pragma optimize codesize
"""
@title RestakedProposal
@notice A finality module: a BondedProposal that a quorum of restaked operators may certify. The portal pays on a certified
        output at once, for as much as the operators' stake answers for; beyond that the optimistic rule holds.
@dev A certificate changes nothing of what a BondedProposal is: its windows run, it can be challenged, and the registry calls
     it final when its time is over and not before. While a challenge is open, or where it was lost, the certificate counts
     for nothing. An alert (see ServiceManager) holds up all that is paid ahead.

     A false output is proven by a true one of the same block that becomes final. So a proposal may be of any block, also of
     one that the anchor has passed; and without a resolver, where a challenge holds a true output up for ever, there is no
     certificate.
"""

from interfaces import IBondedProposal
from interfaces import IServiceManager
from modules import bonded_proposal

implements: IBondedProposal
initializes: bonded_proposal
exports: bonded_proposal.__interface__

interface Registry:
    def systemConfig() -> address: view
    def disputeGameFinalityDelaySeconds() -> uint256: view

event Certified:
    referenceTimestamp: indexed(uint32)

version: public(constant(String[5])) = "1.0.0"

serviceManager: public(immutable(address))
# The time of the certificate's stake table, in seconds; zero while there is no certificate.
table: uint32
# Who of that table has not signed: bit N for the operator at N.
nonSigners: uint256


@deploy
def __init__(_serviceManager: address):
    """
    @param _serviceManager Who knows the rollup's operators and checks their certificates.
    """
    serviceManager = _serviceManager
    bonded_proposal.__init__()


@external
@payable
def initialize():
    """
    @notice Starts the proposal, once, with the bond that comes along.
    """
    bonded_proposal._start(True)


@external
def certify(_certificate: IServiceManager.Certificate):
    """
    @notice Brings the certificate of a quorum for this output. Anybody may, once.
    """
    assert self.table == 0, "RestakedProposal: already certified"
    assert bonded_proposal.createdAt > 1, "RestakedProposal: not a proposal"
    assert bonded_proposal.status != bonded_proposal.CHALLENGER_WINS, "RestakedProposal: the output is refused"
    assert bonded_proposal.wasRespectedGameTypeWhenCreated, "RestakedProposal: not the rollup's module"
    assert bonded_proposal._resolver() != empty(address), "RestakedProposal: nobody decides challenges"
    registry: Registry = Registry(bonded_proposal._registry())
    # A true output that is proposed now is final after this time, whoever challenges it.
    windows: uint256 = bonded_proposal._expiry() - convert(bonded_proposal.createdAt, uint256)
    # Number is below 2**64: a proposal of another one is refused.
    self.nonSigners = extcall IServiceManager(serviceManager).checkOutput(
        staticcall registry.systemConfig(),
        convert(bonded_proposal._sequence_number(), uint64),
        bonded_proposal._root_claim(),
        windows + staticcall registry.disputeGameFinalityDelaySeconds(),
        _certificate,
    )
    self.table = _certificate.referenceTimestamp
    log Certified(referenceTimestamp=_certificate.referenceTimestamp)


@external
@view
def certifiedBy() -> address:
    """
    @notice The ServiceManager whose operators answer for the output, or zero: where there is no certificate, while a
            challenge is open, and where the output was refused.
    """
    if self.table == 0 or bonded_proposal.status == bonded_proposal.CHALLENGER_WINS:
        return empty(address)
    if bonded_proposal.challenger != empty(address) and bonded_proposal.status == bonded_proposal.IN_PROGRESS:
        return empty(address)
    return serviceManager


@external
@view
def certificate() -> (address, uint32, uint256):
    """
    @notice Who checked the certificate, the time of its stake table (zero where there is none), and who has not signed: bit N
            for the operator at N. It answers for its signers whatever has become of the proposal.
    """
    return serviceManager, self.table, self.nonSigners


@external
@view
def isRefuted() -> bool:
    """
    @notice Whether the resolver said that the output is false; not where a challenge only expired.
    """
    return (
        bonded_proposal.status == bonded_proposal.CHALLENGER_WINS
        and convert(bonded_proposal.resolvedAt, uint256) < bonded_proposal._expiry()
    )
