import Foundation

/// What the standard output is: a terminal of so many columns and rows, or something else that gets plain lines.
struct Screen {
    var columns = 80
    var rows = 24
    var hasColours = true

    /// - Returns: nil where the standard output is no terminal that can move its cursor.
    init?() {
        let environment = ProcessInfo.processInfo.environment
        guard isatty(STDOUT_FILENO) == 1, let kind = environment["TERM"], kind != "dumb", !kind.isEmpty else {
            return nil
        }
        // https://no-color.org: set, and to something.
        hasColours = environment["NO_COLOR"].map(\.isEmpty) ?? true
        measure()
    }

    /// Asks again, as windows change.
    mutating func measure() {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return }
        (columns, rows) = (Int(size.ws_col), Int(size.ws_row))
    }

    enum Colour: Int {
        case red = 31
        case green = 32
        case yellow = 33
        case grey = 90
    }

    func paint(_ text: String, _ colour: Colour?) -> String {
        guard hasColours, let colour else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }
}
