import Cryptography
import Primitives

/// Where the contracts that exits are proven of keep things: their storage is part of their interface (`contracts/sources/l2`).
enum PinnedStorage {
    /// `balanceOf` of OptimismMintableERC20 and of WETH, by holder.
    static let balances: UInt64 = 0
    /// `totalSupply` of OptimismMintableERC20.
    static let supply: UInt64 = 2
    /// Of OptimismMintableERC20: the token on L1, and the bridge.
    static let tokenPair: (remote: UInt64, bridge: UInt64) = (4, 5)
    /// The owners of OptimismMintableERC721 and MayflyERC721, by token id.
    static let owners: UInt64 = 0
    /// `totalSupply` of OptimismMintableERC721.
    static let collectionSupply: UInt64 = 4
    /// The token ids of OptimismMintableERC721, by place.
    static let tokenIDs: UInt64 = 5
    /// Of OptimismMintableERC721: the collection on L1, and the bridge.
    static let collectionPair: (remote: UInt64, bridge: UInt64) = (9, 11)
    /// Of MayflyERC721: the hash of its texts.
    static let textsHash: UInt64 = 1
    /// `totalSupply` of MayflyERC721, whose tokens count from one.
    static let mintedSupply: UInt64 = 5
    /// The texts of MayflyERC721: a length, and the bytes in the slots behind it.
    static let texts: (name: UInt64, symbol: UInt64, baseTokenURI: UInt64) = (7, 10, 12)
    /// The balances of MayflyERC1155, by token id, then by account.
    static let itemBalances: UInt64 = 0
    /// Of MayflyERC1155: the hash of its texts.
    static let multiTokenTextsHash: UInt64 = 2
    /// `totalSupply` of MayflyERC1155, by token id.
    static let itemSupplies: UInt64 = 3
    /// The texts of MayflyERC1155, kept as those of MayflyERC721.
    static let multiTokenTexts: (name: UInt64, symbol: UInt64, uri: UInt64) = (5, 8, 10)
    /// Of Dissolver: whether the rollup has ended.
    static let finished: UInt64 = 0
    /// Of Dissolver: the resolvers, by application.
    static let resolvers: UInt64 = 1

    /// Of L1Block: the number of the L1 block, in the lowest 64 bits.
    static let l1Origin: UInt64 = 0

    /// The slot of a mapping's value: keccak256 of the mapping's slot and the key, in Vyper's order.
    static func slot(_ mapping: UInt64, _ key: UInt256) -> UInt256 { entry(UInt256(mapping), key) }

    static func slot(_ mapping: UInt64, _ key: Address) -> UInt256 { slot(mapping, UInt256(key)) }

    /// The slot of what an account has of an item of MayflyERC1155.
    static func slot(of holder: ItemHolder) -> UInt256 {
        entry(slot(itemBalances, holder.tokenID), UInt256(holder.account))
    }

    private static func entry(_ mapping: UInt256, _ key: UInt256) -> UInt256 {
        UInt256(Keccak256.hash(Hash256(mapping).bytes + Hash256(key).bytes))
    }
}
