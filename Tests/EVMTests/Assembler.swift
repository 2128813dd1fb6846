import EVM
import Primitives

/// Bytecode from a text such as `PUSH1 0x2a PUSH0 SSTORE`; a number without a PUSH gets the shortest one.
func assemble(_ text: String) -> [UInt8] {
    var code: [UInt8] = []
    var isImmediate = false
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
        if word.first?.isNumber == true {
            var bytes: [UInt8]
            if word.hasPrefix("0x") {
                bytes = (try? Hex.decode(String(word))) ?? []
            } else {
                bytes = UInt256(UInt64(word) ?? 0).minimalBytes
                if bytes.isEmpty { bytes = [0] }
            }
            if !isImmediate { code.append(0x5F + UInt8(bytes.count)) }
            code += bytes
            isImmediate = false
            continue
        }
        isImmediate = word.hasPrefix("PUSH") && word != "PUSH0"
        let traits = InstructionTraits.all.first { word == "\($0.name)" + ($0.number.map { "\($0)" } ?? "") }
        code.append(traits?.opcode ?? 0xFE)
    }
    return code
}
