import JSONRPC

extension JSONReader {
    /// Reads a decimal number in quotes, a member of the object that comes next.
    mutating func readDecimal(of name: StaticString) throws -> UInt64 {
        try beginObject()
        while let key = try nextKey() {
            guard key == name else {
                try skipValue()
                continue
            }
            let text = try readString().string
            guard let number = UInt64(text) else {
                throw EthereumClientError.malformed("\(name) is no number: \(text.prefix(40))")
            }
            return number
        }
        throw EthereumClientError.malformed("\(name) is missing")
    }

    /// Reads a list of blobs (beacon API, getBlobs).
    mutating func readBlobs() throws(JSONError) -> [[UInt8]] {
        try readArray { reader throws(JSONError) in try reader.readData() }
    }

    /// Reads the blobs of a list of sidecars (beacon API, getBlobSidecars).
    mutating func readSidecarBlobs() throws(JSONError) -> [[UInt8]] {
        try readArray { reader throws(JSONError) in
            var blob: [UInt8] = []
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if key == "blob" { blob = try reader.readData() } else { try reader.skipValue() }
            }
            return blob
        }
    }
}
