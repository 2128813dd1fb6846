import JSONRPC

/// What a request weighs against an allowance: one for a plain read, more for what makes a node work longer.
enum CallWeight {
    /// Of a body that is compressed: nobody looks into it before the node does.
    static let compressed: Double = 100

    /// All requests of a body together; one for what is no request.
    ///
    /// - Complexity: O(bytes).
    static func weight(of body: UnsafeRawBufferPointer) -> Double {
        var reader = JSONReader(body)
        var total: Double = 0
        do throws(JSONError) {
            guard reader.peek() == .array else { return try weight(&reader) }
            try reader.beginArray()
            while try reader.nextElement() { total += try weight(&reader) }
        } catch {
            return max(1, total)
        }
        return max(1, total)
    }

    private static func weight(_ reader: inout JSONReader) throws(JSONError) -> Double {
        guard reader.peek() == .object else {
            try reader.skipValue()
            return 1
        }
        var weight: Double = 1
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key == "method", reader.peek() == .string {
                let name = try reader.readString()
                // The node takes escapes for what they stand for.
                weight =
                    name.hasEscapes
                    ? Array(name.string.utf8).withUnsafeBytes { self.weight(ofMethod: $0) }
                    : self.weight(ofMethod: name.raw)
            } else {
                try reader.skipValue()
            }
        }
        return weight
    }

    private static func weight(ofMethod name: UnsafeRawBufferPointer) -> Double {
        switch name.count {
        case _ where name.starts(with: "debug_".utf8): 50
        case 11 where name.elementsEqual("eth_getLogs".utf8), 14 where name.elementsEqual("eth_simulateV1".utf8): 10
        case 17 where name.elementsEqual("eth_getFilterLogs".utf8): 10
        case 15 where name.elementsEqual("eth_estimateGas".utf8): 4
        case 20 where name.elementsEqual("eth_createAccessList".utf8): 4
        case 12 where name.elementsEqual("eth_getProof".utf8), 14 where name.elementsEqual("eth_feeHistory".utf8): 4
        case 20 where name.elementsEqual("eth_getBlockReceipts".utf8): 4
        default: 1
        }
    }

    /// The id of a single request as it stands in its text; nil where there is none.
    static func id(of body: UnsafeRawBufferPointer) -> Range<Int>? {
        var reader = JSONReader(body)
        do throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                let kind = reader.peek()
                let start = reader.position
                try reader.skipValue()
                if key == "id" { return kind == .string || kind == .number ? start..<reader.position : nil }
            }
        } catch {
            return nil
        }
        return nil
    }
}
