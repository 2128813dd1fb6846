/// The parameters of a call, taken one after the other.
///
/// A view, valid only while the handler runs: take what is needed later as values.
public struct Parameters {
    private var reader: JSONReader
    private var stage: Stage
    /// Parameters taken so far.
    public private(set) var index = 0

    private enum Stage {
        case before, within, finished
    }

    /// The parameters whose text is `text`, validated as JSON; empty where there are none.
    init(_ text: UnsafeRawBufferPointer) {
        reader = JSONReader(text)
        stage = text.isEmpty ? .finished : .before
    }

    /// A reader of the parameters as a whole, an array or an object; nil where there are none.
    public var whole: JSONReader? { stage == .before ? reader : nil }

    /// Whether another parameter follows.
    private mutating func advance() throws(RPCError) -> Bool {
        if stage == .finished { return false }
        do {
            if stage == .before {
                guard reader.peek() == .array else { throw RPCError.invalidParams("non-array args") }
                try reader.beginArray()
                stage = .within
            }
            if try reader.nextElement() { return true }
        } catch let error as JSONError {
            throw RPCError.invalidArgument(index, error)
        } catch let error as RPCError {
            throw error
        } catch {}
        stage = .finished
        return false
    }

    /// Reads the next parameter, which must be there and not null.
    public mutating func required<Value>(
        _ read: (inout JSONReader) throws(JSONError) -> Value
    ) throws(RPCError) -> Value {
        guard try advance() else { throw .missingArgument(index) }
        do {
            if try reader.readNull() { throw RPCError.missingArgument(index) }
            let value = try read(&reader)
            index += 1
            return value
        } catch let error as JSONError {
            throw .invalidArgument(index, error)
        } catch let error as RPCError {
            throw error
        } catch { throw .internalError() }
    }

    /// Reads the next parameter; nil where it is absent or null.
    public mutating func optional<Value>(
        _ read: (inout JSONReader) throws(JSONError) -> Value
    ) throws(RPCError) -> Value? {
        guard try advance() else { return nil }
        do throws(JSONError) {
            if try reader.readNull() {
                index += 1
                return nil
            }
            let value = try read(&reader)
            index += 1
            return value
        } catch { throw .invalidArgument(index, error) }
    }

    /// Throws where parameters are left.
    public mutating func finish() throws(RPCError) {
        if try advance() { throw .invalidParams("too many arguments, want at most \(index)") }
    }
}
