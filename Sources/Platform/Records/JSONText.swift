import Foundation
import SQLStore

/// Values as JSON in a column: what is read back whole and never asked for in part.
enum JSONText {
    static func write(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // None of what is kept can fail to be written.
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    static func read<Value: Decodable>(
        _ type: Value.Type, _ row: SQLRow, _ column: String
    ) throws(SQLStoreError) -> Value {
        let text = try row.text(column)
        guard let value = try? JSONDecoder().decode(type, from: Data(text.utf8)) else {
            throw .malformed(column: column)
        }
        return value
    }
}
