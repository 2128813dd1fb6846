public import Blockchain
import EVM
import JSONRPC
import Primitives
import StateTransition

extension Genesis {
    /// The genesis as a file that go-ethereum and this node read.
    public var json: [UInt8] {
        get throws(StateError) {
            let header = try block.header
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("config")
            writeConfiguration(&writer)
            write(header, &writer)
            writer.key("alloc")
            writeAccounts(&writer)
            writer.endObject()
            return writer.withBytes { Array($0) }
        }
    }

    private func write(_ header: BlockHeader, _ writer: inout JSONWriter) {
        writer.member("nonce", header.nonce)
        writer.member("timestamp", header.timestamp)
        writer.member("extraData", header.extraData)
        writer.member("gasLimit", header.gasLimit)
        writer.member("difficulty", header.difficulty)
        writer.member("mixHash", header.mixHash)
        writer.member("coinbase", header.coinbase)
        if let fee = header.baseFee {
            writer.member("baseFeePerGas", fee)
        }
        if let excess = header.excessBlobGas {
            writer.member("excessBlobGas", excess)
        }
        if let used = header.blobGasUsed {
            writer.member("blobGasUsed", used)
        }
    }

    private func writeAccounts(_ writer: inout JSONWriter) {
        var codes: [Hash256: [UInt8]] = [:]
        for code in state.codes { codes[code.hash] = code.bytes }
        writer.beginObject()
        for account in state.accounts {
            guard let record = account.record else { continue }
            writer.key(account.address.description)
            writer.beginObject()
            writer.member("balance", record.balance)
            if record.nonce > 0 {
                writer.member("nonce", record.nonce)
            }
            if let code = codes[record.codeHash] {
                writer.member("code", code)
            }
            if !account.slots.isEmpty {
                writer.key("storage")
                writer.beginObject()
                for slot in state.slots[account.slots] {
                    writer.key(Hash256(slot.key).description)
                    writer.data(Hash256(slot.value))
                }
                writer.endObject()
            }
            writer.endObject()
        }
        writer.endObject()
    }

    // MARK: Rules

    private func writeConfiguration(_ writer: inout JSONWriter) {
        writer.beginObject()
        Self.write("chainId", configuration.chainID, &writer)
        writeUpgrades(&writer)
        if let opStack = configuration.opStack {
            write(opStack, &writer)
        } else {
            writeBombDelays(&writer)
            writeBlobUpgrades(&writer)
            if let block = configuration.networkSplitBlock { Self.write("mergeNetsplitBlock", block, &writer) }
            if let block = configuration.daoForkBlock {
                Self.write("daoForkBlock", block, &writer)
                writer.key("daoForkSupport")
                writer.boolean(true)
            }
            writer.member("depositContractAddress", configuration.depositContract)
        }
        writer.endObject()
    }

    private static func write(_ key: String, _ value: UInt64, _ writer: inout JSONWriter) {
        writer.key(key)
        String(value).utf8.withContiguousStorageIfAvailable { writer.raw(UnsafeRawBufferPointer($0)) }
    }

    /// The activation of each upgrade: its own, or where it has none that of the one after it.
    private func writeUpgrades(_ writer: inout JSONWriter) {
        func activation(_ revision: Revision) -> Activation? {
            configuration.upgrades.first { $0.revision >= revision }?.activation
        }
        for (key, revision) in GenesisSchedule.blockUpgrades {
            guard let activation = activation(revision) else { continue }
            var block: UInt64 = 0
            if case .block(let number) = activation { block = number }
            Self.write(key, block, &writer)
            if key == "eip158Block" { Self.write("eip155Block", block, &writer) }
        }
        if let merge = activation(.paris) {
            var terminal = UInt256.zero
            if case .totalDifficulty(let difficulty) = merge { terminal = difficulty }
            writer.member("terminalTotalDifficulty", terminal)
        }
        for (key, revision) in GenesisSchedule.timeUpgrades {
            guard let activation = activation(revision) else { continue }
            var time: UInt64 = 0
            if case .timestamp(let seconds) = activation { time = seconds }
            Self.write(key, time, &writer)
        }
    }

    private func writeBombDelays(_ writer: inout JSONWriter) {
        let names: [(key: String, delay: UInt64)] = [
            ("muirGlacierBlock", 9_000_000), ("arrowGlacierBlock", 10_700_000), ("grayGlacierBlock", 11_400_000),
        ]
        for (key, delay) in names {
            guard let found = configuration.bombDelays.first(where: { $0.delay == delay }) else { continue }
            Self.write(key, found.block, &writer)
        }
    }

    /// Cancun, Prague and Osaka with the parameters at their times; what is left are upgrades of parameters only.
    private func writeBlobUpgrades(_ writer: inout JSONWriter) {
        var named: [(name: String, parameters: BlobParameters)] = []
        var times: Set<UInt64> = []
        for (key, revision) in GenesisSchedule.timeUpgrades where revision >= .cancun {
            guard let start = configuration.upgrades.first(where: { $0.revision >= revision })?.activation else {
                continue
            }
            var time: UInt64 = 0
            if case .timestamp(let seconds) = start { time = seconds }
            guard let parameters = configuration.blobParameters(timestamp: time) else { continue }
            named.append((String(key.dropLast(4)), parameters))
            times.insert(time)
        }
        let others = configuration.blobUpgrades.filter { !times.contains($0.timestamp) }
        for (index, upgrade) in others.prefix(5).enumerated() {
            Self.write("bpo\(index + 1)Time", upgrade.timestamp, &writer)
            named.append(("bpo\(index + 1)", upgrade.parameters))
        }
        writer.key("blobSchedule")
        writer.beginObject()
        for (name, parameters) in named {
            writer.key(name)
            writer.beginObject()
            Self.write("target", parameters.target, &writer)
            Self.write("max", parameters.maximum, &writer)
            Self.write("baseFeeUpdateFraction", parameters.baseFeeUpdateFraction, &writer)
            writer.endObject()
        }
        writer.endObject()
    }

    private func write(_ opStack: OPStackConfiguration, _ writer: inout JSONWriter) {
        Self.write("bedrockBlock", 0, &writer)
        for (key, upgrade) in GenesisSchedule.rollupUpgrades {
            guard let found = opStack.activations.first(where: { $0.upgrade >= upgrade }) else { continue }
            Self.write(key, found.timestamp, &writer)
        }
        writer.key("optimism")
        writer.beginObject()
        Self.write("eip1559Elasticity", opStack.baseFeeParameters.elasticity, &writer)
        Self.write("eip1559Denominator", opStack.baseFeeParameters.denominator, &writer)
        Self.write("eip1559DenominatorCanyon", opStack.baseFeeParameters.denominator, &writer)
        writer.endObject()
    }
}
