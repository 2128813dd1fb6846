import GuestRuntime
import Primitives
import StateTransition

/// Reads an input from standard input, makes the block, and prints its hash in hexadecimal; what goes wrong is named on
/// standard error, and the exit code is 1.
@c
public func guest_main() -> Int32 {
    do throws(GuestError) {
        print(try blockHash())
        return 0
    } catch {
        complain(error)
        return 1
    }
}

private func blockHash() throws(GuestError) -> Hash256 {
    let bytes = try readInput()
    let input: RollupBlockInput
    do throws(RollupBlockInputError) { input = try RollupBlockInput(decoding: bytes) } catch { throw .input(error) }
    do throws(RollupAttributesError) { return try input.execute().block.header.hash } catch { throw .block(error) }
}

private func print(_ hash: Hash256) {
    let line = [0x30, 0x78] + Hex.ascii(hash.bytes) + [0x0A]
    guest_write(line, line.count)
}

private func complain(_ error: GuestError) {
    let line = Array("guest: ".utf8) + error.text + [0x0A]
    guest_write_error(line, line.count)
}
