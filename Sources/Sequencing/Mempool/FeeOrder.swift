/// Accounts in the order of what one of their transactions pays a gas above the base fee, kept while the base fee moves.
///
/// What a transaction pays is its tip, or what its fee cap leaves above the base fee where that is less. Among
/// transactions of the first sort the base fee changes nothing, and among those of the second neither: so there is a heap
/// for each, and when the base fee moves only those go from one to the other whose distance between cap and tip it
/// crosses. Prices over 2⁶⁴ − 1 wei count as that.
///
/// - Complexity: O(log n) for a change; a new base fee costs O(log n) for each account that it moves to the other heap.
struct FeeOrder {
    /// What decides about the place of an account.
    struct Fees: Equatable {
        var tip: UInt64
        /// Not below `tip`.
        var cap: UInt64
        /// Earlier ones are better among equals.
        var arrival: UInt64
    }

    /// Whether the account that pays most comes first, or the one that pays least.
    let isBestFirst: Bool
    private(set) var baseFee: UInt64
    /// Those that pay their tip, and the same by the distance from tip to cap, nearest first.
    private(set) var tipBound = IndexedHeap()
    private var tipBoundDistances = IndexedHeap()
    /// Those that pay what the cap leaves, and the same by the distance, farthest first.
    private(set) var capBound = IndexedHeap()
    private var capBoundDistances = IndexedHeap()

    init(isBestFirst: Bool, baseFee: UInt64) {
        self.isBestFirst = isBestFirst
        self.baseFee = baseFee
    }

    var isEmpty: Bool { tipBound.isEmpty && capBound.isEmpty }

    /// Every account, in no order.
    var members: [Int] { (tipBound.nodes + capBound.nodes).map { Int($0.member) } }

    /// Inserts an account or gives it another place.
    mutating func set(_ account: Int, _ fees: Fees) {
        let distance = fees.cap &- fees.tip
        let secondary = isBestFirst ? ~fees.arrival : fees.arrival
        if distance >= baseFee {
            if capBound.contains(account) { remove(account) }
            tipBound.set(account, primary: isBestFirst ? fees.tip : ~fees.tip, secondary: secondary)
            tipBoundDistances.set(account, primary: ~distance, secondary: 0)
        } else {
            if tipBound.contains(account) { remove(account) }
            capBound.set(account, primary: isBestFirst ? fees.cap : ~fees.cap, secondary: secondary)
            capBoundDistances.set(account, primary: distance, secondary: 0)
        }
    }

    mutating func remove(_ account: Int) {
        tipBound.remove(account)
        tipBoundDistances.remove(account)
        capBound.remove(account)
        capBoundDistances.remove(account)
    }

    mutating func setBaseFee(_ newBaseFee: UInt64) {
        baseFee = newBaseFee
        while let node = tipBoundDistances.first, ~node.primary < newBaseFee, let fees = fees(of: Int(node.member)) {
            set(Int(node.member), fees)
        }
        while let node = capBoundDistances.first, node.primary >= newBaseFee, let fees = fees(of: Int(node.member)) {
            set(Int(node.member), fees)
        }
    }

    /// The first account and what its transaction pays above the base fee; negative where the cap is below it.
    var first: (account: Int, pays: Int128, arrival: UInt64)? {
        let tip = tipBound.first.map { (Int($0.member), Int128(price($0)), arrival($0)) }
        let cap = capBound.first.map { (Int($0.member), Int128(price($0)) - Int128(baseFee), arrival($0)) }
        guard let tip else { return cap }
        guard let cap else { return tip }
        if tip.1 == cap.1 { return (tip.2 < cap.2) == isBestFirst ? tip : cap }
        return (tip.1 > cap.1) == isBestFirst ? tip : cap
    }

    /// The tip of a node of `tipBound`, the cap of one of `capBound`.
    @inline(__always)
    func price(_ node: IndexedHeap.Node) -> UInt64 { isBestFirst ? node.primary : ~node.primary }

    @inline(__always)
    func arrival(_ node: IndexedHeap.Node) -> UInt64 { isBestFirst ? ~node.secondary : node.secondary }

    /// What the account was set to.
    func fees(of account: Int) -> Fees? {
        if let node = tipBound.node(of: account), let distance = tipBoundDistances.node(of: account) {
            let tip = price(node)
            return Fees(tip: tip, cap: tip &+ ~distance.primary, arrival: arrival(node))
        }
        if let node = capBound.node(of: account), let distance = capBoundDistances.node(of: account) {
            let cap = price(node)
            return Fees(tip: cap &- distance.primary, cap: cap, arrival: arrival(node))
        }
        return nil
    }
}
