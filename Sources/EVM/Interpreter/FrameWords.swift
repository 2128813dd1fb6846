import Cryptography
public import Primitives

extension Frame {
    /// The word that an instruction without operands pushes: ADDRESS to BLOBBASEFEE.
    @inlinable @inline(__always)
    public func word(for opcode: UInt8) -> UInt256 {
        switch opcode {
        case 0x30: UInt256(recipient)
        case 0x32: context.pointee.origin
        case 0x33: UInt256(caller)
        case 0x34: value
        case 0x36: UInt256(UInt64(truncatingIfNeeded: inputCount))
        case 0x38: UInt256(UInt64(truncatingIfNeeded: codeCount))
        case 0x3A: context.pointee.gasPrice
        case 0x3D: UInt256(UInt64(truncatingIfNeeded: returnDataCount))
        case 0x41: context.pointee.coinbase
        case 0x42: context.pointee.timestamp
        case 0x43: context.pointee.number
        case 0x44: context.pointee.difficultyOrRandomness
        case 0x45: context.pointee.gasLimit
        case 0x46: context.pointee.chainID
        case 0x48: context.pointee.baseFee
        default: context.pointee.blobBaseFee
        }
    }

    /// KECCAK256 of the range of memory that the two top words name, into the lower of them; false where the gas
    /// ran out.
    @inline(never)
    public mutating func hashMemory(_ top: UnsafeMutablePointer<UInt256>, gas: inout Int64) -> Bool {
        guard useMemory(top[0], top[-1], gas: &gas) else { return false }
        let count = Int(truncatingIfNeeded: top[-1].limb0)
        gas &-= GasSchedule.hash(count)
        guard gas >= 0 else { return false }
        let start = count == 0 ? memory : memory + Int(truncatingIfNeeded: top[0].limb0)
        top[-1] = UInt256(Keccak256.hash(UnsafeRawBufferPointer(start: start, count: count)))
        return true
    }

    /// RETURNDATACOPY of the three top words; what is wrong, if anything.
    @inline(never)
    public mutating func copyReturnData(_ top: UnsafeMutablePointer<UInt256>, gas: inout Int64) -> Halt? {
        let (offset, count) = (top[-1], top[-2])
        let isPaid = copyToMemory(
            top[0], from: returnData, sourceCount: returnDataCount, at: offset, count: count, gas: &gas)
        guard isPaid else { return .outOfGas }
        guard let end = offset.adding(count), end.fitsUInt64, end.limb0 <= UInt64(returnDataCount) else {
            return .returnDataOutOfBounds
        }
        return nil
    }
}

extension ExecutionContext {
    /// BLOBHASH: the hash at `index`; zero where there are fewer.
    @inlinable @inline(__always)
    public func blobHash(at index: UInt256) -> UInt256 {
        guard index.fitsUInt64, index.limb0 < UInt64(blobHashCount), let blobHashes else { return .zero }
        return UInt256(blobHashes[Int(truncatingIfNeeded: index.limb0)])
    }
}
