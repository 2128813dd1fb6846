import Primitives

let primitivesBenchmarks: [Benchmark] = [
    Benchmark("uint256/divide 256 by 128") {
        let dividend = UInt256(limbs: 1, 2, 3, .max - 4)
        let divisor = UInt256(limbs: 5, .max / 3, 0, 0)
        return { consume(dividend / divisor) }
    },
    Benchmark("uint256/mulmod") {
        let (left, right) = (UInt256.max, UInt256(limbs: 7, 6, 5, .max / 2))
        let modulus = UInt256(limbs: 3, 1, 4, .max / 5)
        return { consume(left.multiplying(by: right, modulo: modulus)) }
    },
]
