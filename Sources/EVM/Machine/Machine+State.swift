public import Primitives

extension Machine {
    /// Charges for a first access to an account (EIP-2929); false where the gas ran out.
    @inlinable @inline(__always)
    func access<H: Host & ~Copyable>(
        _ account: AccountHandle, _ frame: UnsafeMutablePointer<Frame>, host: inout H
    ) -> Bool {
        if revision >= .berlin, host.warm(account) { frame.pointee.gas &-= schedule.coldAccountSurcharge }
        return frame.pointee.gas >= 0
    }

    // MARK: Accounts

    @inlinable
    func balance<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ frame: UnsafeMutablePointer<Frame>, host: inout H, tracer: inout T
    ) throws(StateError) -> Action {
        let top = Frame.stackTop(of: frame)
        let address = Address(truncating: top[0])
        let account = host.account(address)
        guard access(account, frame, host: &host) else { return .halt(.outOfGas) }
        if T.tracesState { tracer.didAccess(address) }
        top[0] = try host.balance(account)
        return .proceed
    }

    @inlinable
    func codeSize<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ frame: UnsafeMutablePointer<Frame>, host: inout H, tracer: inout T
    ) throws(StateError) -> Action {
        let top = Frame.stackTop(of: frame)
        let address = Address(truncating: top[0])
        let account = host.account(address)
        guard access(account, frame, host: &host) else { return .halt(.outOfGas) }
        if T.tracesState { tracer.didAccess(address) }
        top[0] = UInt256(UInt64(truncatingIfNeeded: try host.code(account).count))
        return .proceed
    }

    @inlinable
    func codeHash<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ frame: UnsafeMutablePointer<Frame>, host: inout H, tracer: inout T
    ) throws(StateError) -> Action {
        let top = Frame.stackTop(of: frame)
        let address = Address(truncating: top[0])
        let account = host.account(address)
        guard access(account, frame, host: &host) else { return .halt(.outOfGas) }
        if T.tracesState { tracer.didAccess(address) }
        top[0] = UInt256(try host.codeHash(account))
        return .proceed
    }

    /// EXTCODECOPY. Memory and words are paid before the code is read, and filled with zeros meanwhile.
    @inlinable
    func copyCode<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ frame: UnsafeMutablePointer<Frame>, host: inout H, tracer: inout T
    ) throws(StateError) -> Action {
        let top = Frame.stackTop(of: frame)
        let address = Address(truncating: top[0])
        let account = host.account(address)
        guard access(account, frame, host: &host),
            frame.pointee.copyToMemory(
                top[-1], from: frame.pointee.code, sourceCount: 0, at: .zero, count: top[-3],
                gas: &frame.pointee.gas)
        else { return .halt(.outOfGas) }
        if T.tracesState { tracer.didAccess(address) }
        let code = try host.code(account)
        let offset = top[-2]
        if !top[-3].isZero, offset.fitsUInt64, offset.limb0 < UInt64(code.count) {
            let start = Int(truncatingIfNeeded: offset.limb0)
            let count = min(Int(truncatingIfNeeded: top[-3].limb0), code.count &- start)
            UnsafeMutableRawPointer(frame.pointee.memory + Int(truncatingIfNeeded: top[-1].limb0)).copyMemory(
                from: code.bytes + start, byteCount: count)
        }
        frame.pointee.stackCount &-= 4
        return .proceed
    }

    /// BLOCKHASH: of one of the last 256 blocks, else zero.
    @inlinable
    func blockHash<H: Host & ~Copyable>(
        _ frame: UnsafeMutablePointer<Frame>, host: inout H
    ) throws(StateError) -> Action {
        let top = Frame.stackTop(of: frame)
        let current = context.pointee.number.limb0
        let wanted = top[0]
        guard wanted.fitsUInt64, wanted.limb0 < current, current &- wanted.limb0 <= 256 else {
            top[0] = .zero
            return .proceed
        }
        top[0] = UInt256(try host.blockHash(wanted.limb0))
        return .proceed
    }

    // MARK: Storage

    @inlinable
    func loadStorage<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ frame: UnsafeMutablePointer<Frame>, host: inout H, tracer: inout T
    ) throws(StateError) -> Action {
        let top = Frame.stackTop(of: frame)
        let key = top[0]
        let slot = host.slot(frame.pointee.recipientHandle, key)
        if revision >= .berlin, host.warm(slot) {
            frame.pointee.gas &-= schedule.coldSlotSurcharge
            guard frame.pointee.gas >= 0 else { return .halt(.outOfGas) }
        }
        top[0] = try host.storage(slot)
        if T.tracesState {
            tracer.didReadStorage(of: frame.pointee.recipient, key: key, value: top[0])
        }
        return .proceed
    }

    @inlinable
    func storeStorage<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ frame: UnsafeMutablePointer<Frame>, host: inout H, tracer: inout T
    ) throws(StateError) -> Action {
        if frame.pointee.isStatic { return .halt(.staticModification) }
        // EIP-2200: never within a call's stipend, so that the stipend cannot pay for a re-entrant write.
        if revision >= .istanbul && frame.pointee.gas <= GasSchedule.callStipend { return .halt(.outOfGas) }
        let top = Frame.stackTop(of: frame)
        let (key, new) = (top[0], top[-1])
        let slot = host.slot(frame.pointee.recipientHandle, key)
        if revision >= .berlin, host.warm(slot) {
            // Without a warm price to be a surcharge over.
            frame.pointee.gas &-= schedule.coldSlotSurcharge &+ GasSchedule.warmAccess
            guard frame.pointee.gas >= 0 else { return .halt(.outOfGas) }
        }
        let current = try host.storage(slot)
        let original = schedule.metersStorageNet ? try host.originalStorage(slot) : current
        let price = schedule.storageWrite(original: original, current: current, new: new)
        frame.pointee.gas &-= price.gas
        guard frame.pointee.gas >= 0 else { return .halt(.outOfGas) }
        frame.pointee.refund &+= price.refund
        frame.pointee.stackCount &-= 2
        if current != new { try host.setStorage(slot, new) }
        if T.tracesState { tracer.didWriteStorage(of: frame.pointee.recipient, key: key, value: new) }
        return .proceed
    }

    @inlinable
    func storeTransient<H: Host & ~Copyable>(_ frame: UnsafeMutablePointer<Frame>, host: inout H) -> Action {
        if frame.pointee.isStatic { return .halt(.staticModification) }
        let top = Frame.stackTop(of: frame)
        host.setTransientStorage(frame.pointee.recipientHandle, top[0], top[-1])
        frame.pointee.stackCount &-= 2
        return .proceed
    }

    // MARK: Logs

    @inlinable
    func log<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        topicCount: Int, _ frame: UnsafeMutablePointer<Frame>, host: inout H, tracer: inout T
    ) -> Action {
        let top = Frame.stackTop(of: frame)
        let (offset, count) = (top[0], top[-1])
        guard frame.pointee.useMemory(offset, count, gas: &frame.pointee.gas) else { return .halt(.outOfGas) }
        let data = frame.pointee.memoryRange(offset, count)
        frame.pointee.gas &-= GasSchedule.logByte &* Int64(data.count)
        guard frame.pointee.gas >= 0 else { return .halt(.outOfGas) }
        if frame.pointee.isStatic { return .halt(.staticModification) }
        let topics = [Hash256](unsafeUninitializedCapacity: topicCount) { storage, initialised in
            for index in 0..<topicCount { storage.initializeElement(at: index, to: Hash256(top[-2 &- index])) }
            initialised = topicCount
        }
        if T.tracesMessages { tracer.didLog(frame.pointee.recipient, topics: topics, data: data) }
        host.appendLog(frame.pointee.recipient, topics: topics, data: data)
        frame.pointee.stackCount &-= 2 &+ topicCount
        return .proceed
    }
}
