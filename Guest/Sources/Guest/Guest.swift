import GuestRuntime
import Primitives

@c
public func guest_main() -> Int32 {
    var a = [UInt8](repeating: 0, count: 32)
    let n = guest_read(&a, 32)
    let v = UInt256(bigEndianBytes: a) ?? 0
    let q = v / UInt256(1_000_000_007)
    var out = Hex.ascii(q.bytes)
    out.append(10)
    guest_write(out, out.count)
    return n == 32 ? 0 : 1
}
