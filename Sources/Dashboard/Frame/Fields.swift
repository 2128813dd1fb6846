import Mustache

/// What a template may read: text, numbers, yes or no, further fields, and lists of them.
protocol FieldValue {
    /// As Mustache takes it.
    var mustache: Any { get }
}

extension String: FieldValue { var mustache: Any { separated(self) } }
extension Bool: FieldValue { var mustache: Any { self } }
extension Int: FieldValue { var mustache: Any { self } }
extension UInt64: FieldValue { var mustache: Any { self } }
extension Fields: FieldValue { var mustache: Any { self } }
extension [Fields]: FieldValue { var mustache: Any { self } }

/// The values of a template by name. A name whose value is nil reads as nothing, and is not looked for further out.
struct Fields: MustacheParent, ExpressibleByDictionaryLiteral {
    private var values: [String: Any] = [:]

    init(dictionaryLiteral elements: (String, (any FieldValue)?)...) {
        for (name, value) in elements { set(name, value) }
    }

    subscript(name: String) -> (any FieldValue)? {
        get { values[name] as? any FieldValue }
        set { set(name, newValue) }
    }

    func child(named name: String) -> Any? { values[name] }

    /// Sets what is HTML already: the layout's `main`, and nothing else.
    mutating func setMarkup(_ name: String, _ html: String) { values[name] = html }

    private mutating func set(_ name: String, _ value: (any FieldValue)?) {
        values[name] = value?.mustache ?? Nothing()
    }

    /// Stands for nil.
    private struct Nothing: MustacheCustomRenderable {
        var renderText: String { "" }
        var isNull: Bool { true }
    }
}

/// The text with each of the five characters that HTML gives a meaning standing alone.
///
/// Mustache escapes by `Character`, so that one of them that forms a grapheme with its neighbour, such as `<` behind U+0600 or a
/// quotation mark before U+0301, would reach the page as it is. A zero-width space (U+200B), which joins nothing, parts them.
func separated(_ text: String) -> String {
    let special: Set<Unicode.Scalar> = ["<", ">", "&", "\"", "'"]
    guard text.contains(where: { $0.unicodeScalars.count > 1 && $0.unicodeScalars.contains(where: special.contains) })
    else {
        return text
    }
    var parted = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        if special.contains(scalar) {
            parted.append(contentsOf: ["\u{200B}", scalar, "\u{200B}"])
        } else {
            parted.append(scalar)
        }
    }
    return String(parted)
}
