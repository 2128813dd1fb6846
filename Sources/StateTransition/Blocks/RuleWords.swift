#if !hasFeature(Embedded)
    import Primitives

    // The rules in words, for people who are told that one was broken.

    extension TransactionDecodingError: CustomStringConvertible {
        public var description: String {
            switch self {
            case .empty: "there are no bytes"
            case .unknownType(let type): "transaction type \(type) is not known"
            case .malformed(let error): error.description
            case .invalidParity: "the signature has no valid parity"
            }
        }
    }

    extension BlockDecodingError: CustomStringConvertible {
        public var description: String {
            switch self {
            case .malformed(let error): error.description
            case .transaction(let index, let error): "transaction \(index): \(error)"
            }
        }
    }

    extension InvalidTransaction: CustomStringConvertible {
        public var description: String {
            switch self {
            case .typeNotAvailable: "transaction type not supported"
            case .wrongChainID: "invalid chain id for signer"
            case .invalidSignature: "invalid transaction v, r, s values"
            case .nonceTooLow: "nonce too low"
            case .nonceTooHigh: "nonce too high"
            case .nonceAtMaximum: "nonce has max value"
            case .insufficientFunds: "insufficient funds for gas * price + value"
            case .feeCapBelowBaseFee: "max fee per gas less than block base fee"
            case .tipAboveFeeCap: "max priority fee per gas higher than max fee per gas"
            case .feeOverflow: "fees do not fit 256 bits"
            case .gasLimitAboveBlock: "gas limit reached"
            case .gasLimitAboveCap: "transaction gas limit too high"
            case .gasLimitBelowIntrinsic: "intrinsic gas too low"
            case .initCodeTooLarge: "max initcode size exceeded"
            case .senderHasCode: "sender not an eoa"
            case .noBlobs: "blob transaction missing blob hashes"
            case .tooManyBlobs: "blob transaction has too many blobs"
            case .unknownBlobVersion: "a blob has an invalid hash version"
            case .blobFeeCapTooLow: "max fee per blob gas less than block blob gas fee"
            case .blobTransactionCreatesContract: "blob transaction of type create"
            case .noAuthorizations: "EIP-7702 transaction with empty auth list"
            case .setCodeTransactionCreatesContract: "EIP-7702 transaction cannot be used to create contract"
            case .dataFootprintAboveBlock: "the block has no room left for the transaction's data"
            case .misplacedDeposit: "a deposit is not where it belongs"
            }
        }
    }

    extension InvalidBlock: CustomStringConvertible {
        public var description: String {
            switch self {
            case .parentHash: "the parent hash is not that of the parent"
            case .number: "the number does not follow the parent's"
            case .timestamp: "the timestamp is not later than the parent's"
            case .extraData: "the extra data is not as it should be"
            case .gasLimit: "the gas limit is out of its bounds"
            case .gasUsedAboveLimit: "more gas is used than the limit"
            case .difficulty: "the difficulty is wrong"
            case .nonce: "the nonce is not zero"
            case .baseFee: "the base fee is wrong"
            case .fields: "the header lacks a field of its revision or has one of another"
            case .excessBlobGas: "the excess blob gas is wrong"
            case .blobGasUsed: "the blob gas used is wrong"
            case .tooLarge: "the block is too large"
            case .unclesHash: "the hash of the uncles is wrong"
            case .transactionsRoot: "the transactions root is wrong"
            case .withdrawalsRoot: "the withdrawals root is wrong"
            case .tooManyUncles: "there are too many uncles"
            case .uncleKnown: "an uncle was there before"
            case .uncleUnrelated: "an uncle is none"
            case .uncle(let error): "an uncle is invalid: \(error)"
            case .withdrawals: "the withdrawals are not as they should be"
            case .upgradeNotSupported: "the upgrade is not supported"
            case .l1Attributes: "the L1 attributes are not as they should be"
            case .transaction(let index, let rule): "transaction \(index): \(rule)"
            case .systemCall(let address): "the system call of \(address) failed"
            case .depositLog: "a deposit's log is malformed"
            case .gasUsed: "the gas used is wrong"
            case .logsBloom: "the logs bloom is wrong"
            case .receiptsRoot: "the receipts root is wrong"
            case .stateRoot: "the state root is wrong"
            case .requestsHash: "the hash of the requests is wrong"
            case .state(let error): "the state could not be read: \(error)"
            }
        }
    }
#endif
