import GuestRuntime
import Primitives
import StateTransition

/// Reads an input from standard input, makes the block, and prints two lines: the hash of the rules that it was made by, and
/// that of the block.
///
/// What goes wrong is named on standard error. The exit code is 2 where the attributes make no valid block, and 1 where
/// nothing is known about them: the input is malformed, or lacks what the block reads.
@c
public func guest_main() -> Int32 {
    do throws(GuestError) {
        try printHashes()
        return 0
    } catch {
        complain(error)
        return error.isVerdict ? 2 : 1
    }
}

private func printHashes() throws(GuestError) {
    let bytes = try readInput()
    let input: RollupBlockInput
    do throws(RollupBlockInputError) { input = try RollupBlockInput(decoding: bytes) } catch { throw .input(error) }
    do throws(RollupAttributesError) {
        let hash = try input.execute().block.header.hash
        print(input.rulesHash)
        print(hash)
    } catch {
        throw .block(error)
    }
}

private func print(_ hash: Hash256) {
    let line = [0x30, 0x78] + Hex.ascii(hash.bytes) + [0x0A]
    guest_write(line, line.count)
}

private func complain(_ error: GuestError) {
    let line = Array("guest: ".utf8) + error.text + [0x0A]
    guest_write_error(line, line.count)
}
