#if !hasFeature(Embedded)
    package import Primitives

    extension Address {
        /// The address with the case of its letters as a checksum (EIP-55).
        package var checksummed: String {
            let digits = Array(Hex.encode(bytes).utf8.dropFirst(2))
            let hash = Keccak256.hash(digits).bytes
            var text: [UInt8] = [0x30, 0x78]
            for (index, digit) in digits.enumerated() {
                let nibble = index % 2 == 0 ? hash[index / 2] >> 4 : hash[index / 2] & 15
                text.append(digit >= 0x61 && nibble >= 8 ? digit - 32 : digit)
            }
            return String(decoding: text, as: UTF8.self)
        }

        /// Why a text is no address that a person may have meant.
        package enum TypingError: Error, Equatable {
            case digits
            /// Letters of both cases, and not those of the checksum: a digit is wrong.
            case checksum

            package var message: String {
                switch self {
                case .digits: "an address of 0x and 40 hexadecimal digits"
                case .checksum:
                    "an address whose capitals are its checksum (EIP-55), which they are not here: look for a wrong digit"
                }
            }
        }

        /// Reads an address that a person gives: `0x` and 40 hexadecimal digits, whose letters are a checksum where both capitals
        /// and small ones are among them (EIP-55).
        package init(typed text: String) throws(TypingError) {
            let bytes = Array(text.utf8)
            guard bytes.starts(with: [0x30, 0x78]) || bytes.count == 40, let address = try? Address(hex: text) else {
                throw .digits
            }
            let digits = bytes.suffix(40)
            let hasBoth = digits.contains { $0 >= 0x61 } && digits.contains { $0 >= 0x41 && $0 < 0x61 }
            guard !hasBoth || digits.elementsEqual(address.checksummed.utf8.suffix(40)) else { throw .checksum }
            self = address
        }
    }
#endif
