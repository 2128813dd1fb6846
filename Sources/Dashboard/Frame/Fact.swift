/// Something and what it is, in a list of such.
package struct Fact: Sendable, Equatable {
    package var title: String
    package var value: String

    package init(_ title: String, _ value: String) {
        self.title = title
        self.value = value
    }

    var fields: Fields { ["title": title, "value": value] }
}
