import Testing

@testable import Dashboard

struct ChartTests {
    private func chart(_ values: [Double], times: [UInt64]? = nil) -> Chart {
        let points = values.enumerated().map { index, value in
            Series.Point(time: times?[index] ?? UInt64(index) * 30 + 1_000, value: value)
        }
        return Chart(Series(id: "c", title: "C", unit: "a second", points: points))
    }

    @Test(arguments: [
        [], [5], [0], [0, 0, 0], [1, 2, 3], [.nan], [.nan, 4, .infinity], [-.infinity, -1, 2],
        [Double.greatestFiniteMagnitude, 1],
        [Double.leastNonzeroMagnitude, 0], Array(repeating: 3, count: 5_000),
        Array(repeating: Double.greatestFiniteMagnitude, count: 1_000),
    ])
    func staysOnItsCanvas(_ values: [Double]) {
        let chart = chart(values)
        #expect(chart.points.count <= Chart.most)
        let isInside = chart.coordinates.allSatisfy {
            (0...Chart.width).contains($0.x) && (Chart.margin...Chart.height).contains($0.y)
        }
        #expect(isInside)
        #expect(chart.area.allSatisfy { "MLZ 0123456789.".contains($0) })
        #expect(throws: Never.self) { try Markup(Samples.page(with: chart.series)) }
    }

    @Test func saysThatThereIsNothing() {
        #expect(chart([]).line.isEmpty && chart([]).area.isEmpty)
        #expect(String(decoding: Samples.page(with: chart([.nan]).series), as: UTF8.self).contains("No figures yet."))
    }

    @Test func drawsOnePointAsALevel() {
        #expect(chart([7]).line == "M0 4L480 4")
        #expect(chart([0]).line == "M0 92L480 92")
    }

    @Test func drawsPointsByTheirTimes() {
        #expect(chart([0, 10, 5], times: [100, 125, 200]).line == "M0 92L120 4L480 48")
        #expect(chart([0, 10, 5], times: [100, 125, 200]).area == "M0 92L120 4L480 48L480 96L0 96Z")
    }

    @Test func survivesTimesThatDoNotAscend() {
        #expect(chart([1, 1, 1], times: [9, 9, 9]).line == "M0 4L240 4L480 4")
        for (x, _) in chart([1, 2, 3], times: [500, 3, 600]).coordinates { #expect((0...Chart.width).contains(x)) }
        for (x, _) in chart([1, 2, 3], times: [0, .max, 7]).coordinates { #expect((0...Chart.width).contains(x)) }
    }

    @Test func averagesWhatIsTooMuch() {
        let chart = chart((0..<1_200).map { Double($0 % 2) })
        #expect(chart.points.count == 120)
        #expect(chart.points.allSatisfy { abs($0.value - 0.5) < 1e-9 })
    }

    @Test func hasAccessibleTextAndTable() throws {
        let elements = try Markup(Samples.page(with: chart([1, 2, 3]).series)).elements
        let plot = try #require(elements.first { $0.name == "svg" && $0["role"] == "img" })
        #expect(plot["aria-labelledby"] == "c-title c-desc")
        #expect(elements.contains { $0.name == "desc" && $0["id"] == "c-desc" })
        #expect(elements.contains { $0.name == "details" && $0["id"] == "c-table" })
    }
}

extension Samples {
    static func page(with series: Series) -> [UInt8] {
        var view = Samples().newRollup
        view.series = [series]
        return view.html(in: frame)
    }
}
