import Testing

@testable import DevL1

@Suite struct BeaconQueryTests {
    @Test(arguments: [
        ("indices=0,2", ["0", "2"]), ("indices=0&indices=2", ["0", "2"]), ("indices=0%2C2", ["0", "2"]),
        ("indices=", []), ("", []), ("other=1", []), ("indices", []), ("&&=&indices=7&", ["7"]),
    ])
    func listsComeInEveryForm(query: String, expected: [String]) {
        #expect(BeaconQuery(query).all("indices") == expected)
    }
}
