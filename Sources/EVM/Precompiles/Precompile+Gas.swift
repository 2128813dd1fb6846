import Primitives

extension Precompile {
    /// The gas of a call with `input`, or nil where the input is one that fails whatever gas there is.
    ///
    /// - Complexity: O(1).
    public func gas(for input: UnsafeRawBufferPointer, rules: Rules) -> Int64? {
        let revision = rules.revision
        let words = GasSchedule.words(input.count)
        switch self {
        case .ecdsaRecovery: return 3_000
        case .sha256: return 60 &+ 12 &* words
        case .ripemd160: return 600 &+ 120 &* words
        case .identity: return 15 &+ 3 &* words
        case .modularExponentiation: return ModularExponentiationCall(input).gas(in: revision)
        // EIP-1108.
        case .bn254Addition: return revision >= .istanbul ? 150 : 500
        case .bn254Multiplication: return revision >= .istanbul ? 6_000 : 40_000
        case .bn254Pairing:
            guard input.count <= rules.inputLimit(of: self) else { return nil }
            let pairs = Int64(input.count / 192)
            return revision >= .istanbul ? 45_000 &+ 34_000 &* pairs : 100_000 &+ 80_000 &* pairs
        case .blake2Compression:
            guard input.count == 213 else { return nil }
            return Int64(UInt32(bigEndian: input.loadUnaligned(as: UInt32.self)))
        case .pointEvaluation: return 50_000
        case .bls12G1Addition: return 375
        case .bls12G2Addition: return 600
        case .bls12G1MultiScalar, .bls12G2MultiScalar:
            guard input.count <= rules.inputLimit(of: self) else { return nil }
            return MultiScalarGas.gas(of: self, inputCount: input.count)
        case .bls12Pairing:
            guard input.count <= rules.inputLimit(of: self) else { return nil }
            return 37_700 &+ 32_600 &* Int64(input.count / 384)
        case .bls12MapFieldToG1: return 5_500
        case .bls12MapFieldToG2: return 23_800
        // The OP Stack has the price of RIP-7212 until it adopts Osaka.
        case .p256Verification: return revision >= .osaka ? 6_900 : 3_450
        }
    }
}

extension Rules {
    /// The longest input, in bytes, of the precompiles that the OP Stack limits so that a fault proof can run them
    /// (specifications of Granite, Isthmus and Jovian, "EVM Changes").
    public func inputLimit(of precompile: Precompile) -> Int {
        guard let optimism else { return .max }
        let isJovian = optimism >= .jovian
        switch precompile {
        case .bn254Pairing:
            if optimism < .granite { return .max }
            return isJovian ? 81_984 : 112_687
        case .bls12G1MultiScalar: return isJovian ? 288_960 : 513_760
        case .bls12G2MultiScalar: return isJovian ? 278_784 : 488_448
        case .bls12Pairing: return isJovian ? 156_672 : 235_008
        default: return .max
        }
    }
}

/// The gas of the multi-scalar multiplications (EIP-2537): a discount grows with the number of pairs.
enum MultiScalarGas {
    static func gas(of precompile: Precompile, inputCount: Int) -> Int64? {
        let isG1 = precompile == .bls12G1MultiScalar
        let pairs = inputCount / (isG1 ? 160 : 288)
        if pairs == 0 { return nil }
        let index = min(pairs, 128) - 1
        let discount = Int64(isG1 ? g1Discounts[index] : g2Discounts[index])
        return Int64(pairs) &* (isG1 ? 12_000 : 22_500) &* discount / 1_000
    }

    /// In thousandths, by the number of pairs from 1; the last holds for all larger numbers.
    private static let g1Discounts: [UInt16] = [
        1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677, 673, 669, 665,
        661, 658, 654, 651, 648, 645, 642, 640, 637, 635, 632, 630, 627, 625, 623, 621, 619, 617, 615,
        613, 611, 609, 608, 606, 604, 603, 601, 599, 598, 596, 595, 593, 592, 591, 589, 588, 586, 585,
        584, 582, 581, 580, 579, 577, 576, 575, 574, 573, 572, 570, 569, 568, 567, 566, 565, 564, 563,
        562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 551, 550, 549, 548, 547, 547, 546, 545,
        544, 543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533, 532, 532, 531, 530, 529,
        528, 528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519,
    ]
    private static let g2Discounts: [UInt16] = [
        1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717, 711, 704,
        699, 693, 688, 683, 679, 674, 670, 666, 663, 659, 655, 652, 649, 646, 643, 640, 637, 634, 632,
        629, 627, 624, 622, 620, 618, 615, 613, 611, 609, 607, 606, 604, 602, 600, 598, 597, 595, 593,
        592, 590, 589, 587, 586, 584, 583, 582, 580, 579, 578, 576, 575, 574, 573, 571, 570, 569, 568,
        567, 566, 565, 563, 562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 552, 551, 550, 549,
        548, 547, 546, 545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537, 536, 535, 535, 534,
        533, 532, 532, 531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524,
    ]
}
