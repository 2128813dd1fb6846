public import EVM
public import Primitives

extension ChainConfiguration {
    /// The base fee that the block after `parent` must have, wei a gas.
    ///
    /// - Parameter parent: a block of London or later, or the last one before it.
    /// - Returns: nil where the extra data of a rollup's parent should say how to find it and is malformed.
    public func baseFee(after parent: BlockHeader) -> UInt256? {
        guard let baseFee = parent.baseFee else { return BaseFeeParameters.initialFee }
        guard let opStack else {
            return BaseFeeParameters.ethereum.next(
                baseFee: baseFee, gasUsed: parent.gasUsed, gasLimit: parent.gasLimit)
        }
        let upgrade = opStack.upgrade(timestamp: parent.timestamp)
        let extra = RollupExtraData(parent.extraData, upgrade: upgrade)
        if upgrade >= .holocene && extra == nil { return nil }
        let isJovian = upgrade >= .jovian
        return (extra?.baseFeeParameters ?? opStack.baseFeeParameters).next(
            baseFee: baseFee, gasUsed: isJovian ? max(parent.gasUsed, parent.blobGasUsed ?? 0) : parent.gasUsed,
            gasLimit: parent.gasLimit, minimum: UInt256(extra?.minimumBaseFee ?? 0))
    }

    /// The excess blob gas that the block after `parent` must have.
    public func excessBlobGas(after parent: BlockHeader, timestamp: UInt64, revision: Revision) -> UInt64 {
        guard opStack == nil, let parameters = blobParameters(timestamp: timestamp) else { return 0 }
        return parameters.excessBlobGas(
            parentExcess: parent.excessBlobGas ?? 0, parentBlobGasUsed: parent.blobGasUsed ?? 0,
            parentBaseFee: parent.baseFee ?? 0, revision: revision)
    }

    /// Checks a header against its parent's: all that can be checked without executing the block.
    ///
    /// The seal of a proof of work is not looked at.
    ///
    /// - Throws: `InvalidBlock` naming the rule broken.
    public func verify(
        _ header: BlockHeader, parent: BlockHeader, revision: Revision
    ) throws(InvalidBlock) {
        guard header.parentHash == parent.hash else { throw .parentHash }
        guard parent.number != .max, header.number == parent.number + 1 else { throw .number }
        guard header.timestamp > parent.timestamp else { throw .timestamp }
        guard header.gasUsed <= header.gasLimit else { throw .gasUsedAboveLimit }
        try verifyFields(header, revision)
        try verifyExtraData(header)
        try verifyGasLimit(header, parent)
        if revision >= .paris {
            guard header.difficulty.isZero else { throw .difficulty }
            guard header.nonce == 0 else { throw .nonce }
            guard header.unclesHash == EmptyHash.list else { throw .tooManyUncles }
        } else {
            let expected = Difficulty.expected(
                parent: parent, timestamp: header.timestamp, revision: revision,
                bombDelay: bombDelay(number: header.number))
            guard header.difficulty == expected else { throw .difficulty }
        }
        if revision >= .london {
            guard let baseFee = baseFee(after: parent), header.baseFee == baseFee else { throw .baseFee }
        }
        if revision >= .cancun { try verifyBlobGas(header, parent, revision) }
    }

    /// Whether the header has the fields of its revision and no others.
    private func verifyFields(_ header: BlockHeader, _ revision: Revision) throws(InvalidBlock) {
        guard (header.baseFee != nil) == (revision >= .london),
            (header.withdrawalsRoot != nil) == (revision >= .shanghai),
            (header.blobGasUsed != nil) == (revision >= .cancun),
            (header.excessBlobGas != nil) == (revision >= .cancun),
            (header.parentBeaconBlockRoot != nil) == (revision >= .cancun),
            (header.requestsHash != nil) == (revision >= .prague)
        else { throw .fields }
    }

    private func verifyExtraData(_ header: BlockHeader) throws(InvalidBlock) {
        guard header.extraData.count <= 32 else { throw .extraData }
        if let opStack {
            let upgrade = opStack.upgrade(timestamp: header.timestamp)
            if upgrade >= .holocene && RollupExtraData(header.extraData, upgrade: upgrade) == nil { throw .extraData }
        }
        if let daoForkBlock, header.number >= daoForkBlock,
            header.number - daoForkBlock < DAOFork.extraDataRange, header.extraData != DAOFork.extraData
        {
            throw .extraData
        }
    }

    /// A gas limit moves by less than a 1,024th of its parent's; on the OP Stack it is what L1 says.
    private func verifyGasLimit(_ header: BlockHeader, _ parent: BlockHeader) throws(InvalidBlock) {
        guard header.gasLimit <= UInt64(Int64.max) else { throw .gasLimit }
        if opStack != nil { return }
        var limit = parent.gasLimit
        if header.baseFee != nil && parent.baseFee == nil {
            limit = limit.multipliedReportingOverflow(by: BaseFeeParameters.ethereum.elasticity).partialValue
        }
        let distance = header.gasLimit > limit ? header.gasLimit &- limit : limit &- header.gasLimit
        guard distance < limit / 1024, header.gasLimit >= 5000 else { throw .gasLimit }
    }

    private func verifyBlobGas(
        _ header: BlockHeader, _ parent: BlockHeader, _ revision: Revision
    ) throws(InvalidBlock) {
        let expected = excessBlobGas(after: parent, timestamp: header.timestamp, revision: revision)
        guard header.excessBlobGas == expected else { throw .excessBlobGas }
        let used = header.blobGasUsed ?? 0
        if let opStack {
            let isJovian = opStack.upgrade(timestamp: header.timestamp) >= .jovian
            guard isJovian ? used <= header.gasLimit : used == 0 else { throw .blobGasUsed }
            return
        }
        let limit = blobParameters(timestamp: header.timestamp)?.maximumGas ?? 0
        guard used <= limit, used % BlobParameters.gasPerBlob == 0 else { throw .blobGasUsed }
    }
}
