import Dashboard
import Primitives

extension Samples {
    var blocks: BlocksView {
        var view = BlocksView(
            rollup: text("arcade"),
            blocks: (0..<25).map { index in
                let number = 2_601 - UInt64(index)
                let finality: BlockFinality =
                    index == 0 ? .preconfirmed : index < 6 ? .unsafe : index < 16 ? .safe : .final
                return BlocksView.Row(
                    number: number, hash: hash, time: Self.now - UInt64(index) * 2, transactionCount: index * 37 % 500,
                    gasUsed: UInt64(index * 777_123), gasLimit: 60_000_000, finality: finality)
            })
        view.live = live
        return view
    }

    var transactions: [BlockView.Transaction] {
        [
            BlockView.Transaction(
                hash: hash, from: address, to: address, value: 0, gasUsed: 46_218, succeeded: true,
                kind: text("Deposit")),
            BlockView.Transaction(
                hash: hash, from: address, to: address, value: 1_500_000_000_000_000_000, gasUsed: 21_000,
                succeeded: true,
                kind: "Transfer"),
            BlockView.Transaction(
                hash: hash, from: address, to: address, value: 0, gasUsed: 91_407, succeeded: false,
                kind: text("mint(address,uint256)")),
            BlockView.Transaction(
                hash: hash, from: address, to: nil, value: 0, gasUsed: 1_204_331, succeeded: true, kind: "Creation"),
        ]
    }

    var block: BlockView {
        var view = BlockView(rollup: text("arcade"), number: 2_601, hash: hash, parentHash: hash, time: Self.now - 4)
        view.stateRoot = hash
        view.gasUsed = 31_204_992
        view.gasLimit = 60_000_000
        view.baseFee = 1_000_250
        view.size = 48_201
        view.finality = .safe
        view.l1Origin = text("814 (0x3f6a…91c2)")
        view.hasNext = true
        view.transactions = transactions
        view.omitted = 12
        return view
    }

    var transaction: TransactionView {
        var view = TransactionView(
            rollup: text("arcade"), hash: hash, outcome: .reverted(text("Drop: sold out")), from: address, to: address)
        view.finality = .final
        view.block = BlockPoint(number: 2_601, time: Self.now - 301)
        view.index = 3
        view.created = address
        view.value = 1
        view.nonce = 17
        view.gasLimit = 120_000
        view.gasUsed = 91_407
        view.gasPrice = 1_000_250
        view.fee = 91_429_851_750
        view.l1Fee = 2_204_118_000
        view.input = text("0x40c10f19" + String(repeating: "00", count: 64))
        view.call = text("mint(address,uint256)")
        view.arguments = [Fact(text("to"), address), Fact("amount", text("1"))]
        view.logs = [
            TransactionView.Log(
                index: 0, address: address, name: text("Transfer(address,address,uint256)"),
                topics: [hash, hash, hash],
                data: text("0x0000000000000000000000000000000000000000000000000000000000000001")),
            TransactionView.Log(index: 1, address: address, name: nil, topics: [hash], data: "0x"),
        ]
        return view
    }

    var pendingTransaction: TransactionView {
        TransactionView(rollup: text("arcade"), hash: hash, outcome: .pending, from: address, to: nil)
    }

    var account: AccountView {
        var view = AccountView(
            rollup: text("arcade"), address: address, balance: 12_345_678_900_000_000_000, nonce: 42, codeSize: 5_112)
        view.label = text("WETH")
        view.holdings = [AccountView.Holding(token: address, symbol: text("GOLD"), amount: text("1,204.5"))]
        view.transactions = transactions
        view.note = text("Of the last 10,000 blocks.")
        return view
    }

    func search(_ isUnderstood: Bool) -> SearchView {
        SearchView(rollup: text("arcade"), query: text(isUnderstood ? "9999999" : "hello"), isUnderstood: isUnderstood)
    }

    func call(_ id: String, _ title: String) -> WalletCall {
        var call = WalletCall(
            id: id, title: text(title),
            chain: WalletChain(id: 31_337, name: text("Embedded L1"), rpcURL: text("http://127.0.0.1:8545")),
            to: address,
            value: 1_500_000_000_000_000_000,
            data: text("0xb1a1a8820000000000000000000000000000000000000000000000000000000000030d40"))
        call.facts = [Fact(text("Amount"), text("1.5 ETH")), Fact("Recipient on arcade", address)]
        call.next = text("/rollups/arcade/bridge?sent={hash}")
        call.from = address
        call.gasLimit = 250_000
        call.command = text("mayfly bridge deposit --amount 1.5")
        return call
    }

    func bridge(_ direction: BridgeView.Direction) -> BridgeView {
        var view = BridgeView(
            rollup: text("arcade"), l1Name: text("Embedded L1"), direction: direction,
            assets: [BridgeView.Asset(id: "ether", title: "Ether"), BridgeView.Asset(id: address, title: text("GOLD"))])
        view.values = [.asset: "ether", .amount: text("1.5"), .recipient: address]
        view.withdrawalDelay = 64
        if direction == .deposit {
            view.calls = [call("approve", "Approve 1.5 WETH"), call("deposit", "Deposit 1.5 ETH")]
        } else {
            view.errors = [
                .amount: text("The account has 0.2 ETH."), .asset: text("No such asset."),
                .recipient: text("Not an address."),
            ]
            view.values[.asset] = "token"
            (view.values[.token], view.values[.remote]) = (text("0x12"), address)
            (view.errors[.token], view.errors[.remote]) = (text("Not an address."), text("Of another token."))
            view.error = text("L1 does not answer.")
        }
        return view
    }

    func withdrawal(_ stage: WithdrawalStage) -> WithdrawalView {
        var view = WithdrawalView(
            rollup: text("arcade"), l1Name: text("Embedded L1"), transaction: hash, stage: stage,
            facts: [Fact(text("Amount"), text("0.4 ETH")), Fact("Recipient", address)])
        view.begunAt = Self.now - 900
        view.nextAt = stage == .failed ? nil : Self.now + 62
        view.note = stage == .failed ? text("The recipient has refused it.") : nil
        view.call = stage == .failed ? nil : call("prove", "Prove")
        return view
    }

    func claims(_ state: RollupState) -> ClaimsView {
        var view = ClaimsView(rollup: text("mint-spring"), l1Name: text("Embedded L1"), state: state)
        view.holder = address
        let isOver = state == .dissolved
        view.claims = [
            ClaimsView.Row(
                asset: text("Ether"), amount: text("1.25 ETH"), path: "holder", recipient: address),
            ClaimsView.Row(
                asset: "Relics", amount: "2 of token 7", path: "resolver", recipient: address, isPaid: isOver),
            ClaimsView.Row(asset: "GOLD", amount: "80 GOLD", path: "none", recipient: address),
        ]
        view.call = isOver ? call("claim", "Claim ether") : nil
        if isOver {
            view.withdrawals = WithdrawalStage.allCases.map {
                ClaimsView.Leaving(amount: text("3 ETH"), recipient: address, stage: $0, note: text("It waits."))
            }
            view.withdrawalCall = call("withdrawal", "Prove 3 ETH")
        }
        view.notice = isOver ? nil : text("Its node does not answer.")
        view.exits = exits
        return view
    }

    func depositStages(_ stage: DepositView.Stage) -> DepositView {
        var view = DepositView(rollup: text("arcade"), l1Name: text("Embedded L1"), stage: stage)
        view.transaction = hash
        view.note = stage == .failed ? text("It is no deposit.") : nil
        return view
    }
}
