/// Lines in columns, each as wide as its widest text.
enum TextTable {
    static func print(_ titles: [String], _ rows: [[String]]) {
        let lines = [titles] + rows
        let widths = titles.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        for line in lines {
            var text = ""
            for (column, cell) in line.enumerated() {
                // What follows nothing needs no width.
                let gap = column + 1 < line.count ? widths[column] - cell.count + 2 : 0
                text += cell + String(repeating: " ", count: gap)
            }
            Swift.print(text)
        }
    }
}
