/// A reader of HTML that knows tags, attributes and text, and nothing of what they mean: strict where a browser forgives.
struct Markup {
    struct Element {
        var name: String
        var attributes: [(name: String, value: String?)]

        subscript(name: String) -> String? { attributes.first { $0.name == name }.map { $0.value ?? "" } }
    }

    enum Flaw: Error, Equatable {
        case endsInside(String)
        case unexpectedEnd(of: String, inside: String?)
        case unclosed([String])
        case bareCharacter(near: String)
        case repeatedAttribute(String, of: String)
    }

    private static let void: Set<String> = ["meta", "link", "input", "br", "hr", "img"]

    private(set) var elements: [Element] = []
    private let scalars: [Unicode.Scalar]
    private var place = 0

    init(_ bytes: [UInt8]) throws(Flaw) {
        scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        var open: [String] = []
        while place < scalars.count {
            guard scalars[place] == "<" else {
                if scalars[place] == ">" { throw .bareCharacter(near: around) }
                if scalars[place] == "&" { try checkReference() }
                place += 1
                continue
            }
            place += 1
            if take("!doctype html>") { continue }
            if take("/") {
                let name = name()
                guard take(">") else { throw .endsInside("</" + name) }
                guard open.last == name else { throw .unexpectedEnd(of: name, inside: open.last) }
                open.removeLast()
                continue
            }
            let element = try element()
            elements.append(element.element)
            if !element.closesItself && !Self.void.contains(element.element.name) { open.append(element.element.name) }
        }
        if !open.isEmpty { throw .unclosed(open) }
    }

    private var around: String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[max(0, place - 40)..<min(scalars.count, place + 40)])
        return text
    }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard scalars.dropFirst(place).starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    private mutating func name() -> String {
        var name = ""
        while place < scalars.count,
            scalars[place].properties.isAlphabetic || "-0123456789:".unicodeScalars.contains(scalars[place])
        {
            name.unicodeScalars.append(scalars[place])
            place += 1
        }
        return name
    }

    private mutating func space() {
        while place < scalars.count, " \n".unicodeScalars.contains(scalars[place]) { place += 1 }
    }

    private mutating func element() throws(Flaw) -> (element: Element, closesItself: Bool) {
        let tag = name()
        if tag.isEmpty { throw .bareCharacter(near: around) }
        var element = Element(name: tag, attributes: [])
        while true {
            let before = place
            space()
            if take("/>") { return (element, true) }
            if take(">") { return (element, false) }
            let attribute = name()
            // An attribute without a name, or one that follows a quotation mark at once.
            if attribute.isEmpty || place - attribute.unicodeScalars.count == before {
                throw .bareCharacter(near: around)
            }
            if element[attribute] != nil { throw .repeatedAttribute(attribute, of: tag) }
            var value: String?
            if take("=") {
                guard take("\"") else { throw .bareCharacter(near: around) }
                var text = ""
                while place < scalars.count, scalars[place] != "\"" {
                    if scalars[place] == "<" { throw .bareCharacter(near: around) }
                    if scalars[place] == "&" { try checkReference() }
                    text.unicodeScalars.append(scalars[place])
                    place += 1
                }
                guard take("\"") else { throw .endsInside(tag) }
                value = text
            }
            element.attributes.append((attribute, value))
        }
    }

    /// What is escaped is one of five.
    private func checkReference() throws(Flaw) {
        let known = ["&lt;", "&gt;", "&amp;", "&quot;", "&#39;"]
        guard known.contains(where: { scalars.dropFirst(place).starts(with: $0.unicodeScalars) }) else {
            throw .bareCharacter(near: around)
        }
    }
}
