/// A figure over time, to be drawn.
package struct Series: Sendable, Equatable {
    package struct Point: Sendable, Equatable {
        /// Seconds since the Unix epoch.
        package var time: UInt64
        /// What is not finite or below zero is left out.
        package var value: Double

        package init(time: UInt64, value: Double) {
            self.time = time
            self.value = value
        }
    }

    /// Unique on its page; letters and hyphens.
    package var id: String
    package var title: String
    /// Behind a figure: `transactions a second`.
    package var unit: String
    /// In ascending order of time.
    package var points: [Point]

    package init(id: String, title: String, unit: String, points: [Point]) {
        self.id = id
        self.title = title
        self.unit = unit
        self.points = points
    }
}

/// A series as an area over a fixed canvas: every coordinate is finite and inside, whatever the points are.
struct Chart {
    static let width = 480.0
    static let height = 96.0
    /// Above the area and below it, so that strokes are not cut.
    static let margin = 4.0
    /// More points are averaged: a pixel shows no more.
    static let most = 120
    /// Rows of the table that says the same.
    static let mostRows = 24

    let series: Series
    let points: [Series.Point]

    init(_ series: Series) {
        self.series = series
        points = Self.averaged(series.points.filter { $0.value.isFinite && $0.value >= 0 }, into: Self.most)
    }

    var peak: Double { points.map(\.value).max() ?? 0 }

    /// Means of neighbours, in so many groups at most.
    static func averaged(_ points: [Series.Point], into most: Int) -> [Series.Point] {
        guard points.count > most else { return points }
        return (0..<most).map { group in
            let slice = points[group * points.count / most..<(group + 1) * points.count / most]
            // Of shares, not of a sum, and no more than the greatest: neither may overflow.
            let share = slice.reduce(0.0) { $0 + $1.value / Double(slice.count) }
            let mean = min(share, slice.reduce(0.0) { max($0, $1.value) })
            return Series.Point(time: slice[slice.startIndex].time, value: mean)
        }
    }

    /// Where the points are on the canvas.
    var coordinates: [(x: Double, y: Double)] {
        guard let first = points.first, let last = points.last else { return [] }
        let span = last.time > first.time ? Double(last.time - first.time) : 0
        let usable = Self.height - 2 * Self.margin
        return points.enumerated().map { index, point in
            // Times that do not ascend are drawn at even distances instead.
            let elapsed = point.time >= first.time ? Double(point.time - first.time) : 0
            let x = span > 0 ? min(elapsed / span, 1) : points.count > 1 ? Double(index) / Double(points.count - 1) : 0
            let y = peak > 0 ? point.value / peak : 0
            return (x * Self.width, Self.height - Self.margin - y * usable)
        }
    }

    /// The data of the path along the points; one point is a level line.
    var line: String {
        var places = coordinates
        if places.count == 1 { places.append((Self.width, places[0].y)) }
        return zip(places.indices, places).map { index, place in
            (index == 0 ? "M" : "L") + Self.text(place.x) + " " + Self.text(place.y)
        }.joined()
    }

    /// The data of the path around the area below them.
    var area: String {
        let bottom = Self.text(Self.height)
        return line.isEmpty ? "" : line + "L\(Self.text(Self.width)) \(bottom)L0 \(bottom)Z"
    }

    /// One decimal is finer than a pixel.
    static func text(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }

    func fields(in frame: Frame) -> Fields {
        var fields: Fields = [
            "id": series.id, "title": series.title, "unit": series.unit, "hasPoints": !points.isEmpty,
        ]
        guard let first = points.first, let last = points.last else { return fields }
        let start = Format.age(of: first.time, at: frame.now)
        let end = Format.age(of: last.time, at: frame.now)
        fields["line"] = line
        fields["area"] = area
        fields["latest"] = Format.figure(last.value)
        fields["peak"] = Format.figure(peak)
        fields["start"] = start
        fields["end"] = end
        fields["middle"] = Self.text(Self.height / 2)
        fields["summary"] =
            "From \(start) to \(end): \(Format.figure(last.value)) \(series.unit) at last, "
            + "\(Format.figure(peak)) at most."
        fields["rows"] = Self.averaged(points, into: Self.mostRows).map { point -> Fields in
            ["time": Fields.time(point.time, in: frame), "value": Format.figure(point.value)]
        }
        return fields
    }
}
