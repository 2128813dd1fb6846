internal import Foundation
public import Primitives

/// A directory of keystores as geth has it: a file an account, nothing that others may read.
public struct KeystoreDirectory: Sendable {
    public let path: String

    /// Says where it is; a directory that is not there is empty, and made with its first key.
    public init(_ path: String) { self.path = path }

    /// A keystore that nobody has opened.
    public struct Entry: Equatable, Sendable {
        public let address: Address
        public let path: String
    }

    /// What is in the directory.
    public struct Listing: Equatable, Sendable {
        /// In the order of the files' names: of the time when they were made.
        public var entries: [Entry] = []
        /// Why files are none of them.
        public var problems: [KeyFileError] = []
    }

    /// Every keystore, none opened. Hidden files, copies that editors leave (`~`) and directories are passed over.
    public func list() throws(KeyFileError) -> Listing {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            var status = stat()
            if stat(path, &status) != 0, errno == ENOENT { return Listing() }
            throw .unreadable(path: path, reason: access(path, R_OK) == 0 ? "it is no directory" : PrivateFile.reason())
        }
        var listing = Listing()
        for name in names where !name.hasPrefix(".") && !name.hasSuffix("~") && name != KeyRoles.fileName {
            let file = path + "/" + name
            var status = stat()
            if stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { continue }
            do throws(KeyFileError) {
                let keystore = try Self.read(file)
                guard let address = keystore.address ?? Self.address(inName: name) else {
                    throw .keystore(path: file, reason: .missing(field: "address"))
                }
                listing.entries.append(Entry(address: address, path: file))
            } catch {
                listing.problems.append(error)
            }
        }
        return listing
    }

    /// The one keystore of an account.
    ///
    /// - Throws: `.absent`, or `.ambiguous` where there are several.
    public func find(_ account: Address) throws(KeyFileError) -> Entry {
        let found = try list().entries.filter { $0.address == account }
        guard let entry = found.first else { throw .absent(account: account, directory: path) }
        guard found.count == 1 else { throw .ambiguous(account: account, paths: found.map { $0.path }) }
        return entry
    }

    /// Makes the directory where it is missing.
    ///
    /// - Throws: `.exposedDirectory` where others may look into the one that is there.
    public func create() throws(KeyFileError) { try PrivateFile.makeDirectory(path) }

    /// Fails with `.present` where there is a key of the account.
    public func checkAbsent(_ account: Address) throws(KeyFileError) {
        if let entry = try list().entries.first(where: { $0.address == account }) {
            throw .present(account: account, path: entry.path)
        }
    }

    /// Encrypts a key into a new file, named by the time and the account.
    ///
    /// - Throws: `.present` where the account has one.
    public func add(
        _ key: borrowing PrivateKey, password: borrowing SecretBytes, strength: Keystore.Strength = .standard
    ) throws(KeyFileError) -> Entry {
        try create()
        try checkAbsent(key.address)
        let file = path + "/" + Self.name(of: key.address, at: Self.now())
        let keystore: Keystore
        do throws(KeystoreError) {
            keystore = try Keystore(key, password: password, strength: strength)
        } catch {
            throw .keystore(path: file, reason: error)
        }
        try PrivateFile.write(keystore.json, to: file, replacing: false)
        return Entry(address: key.address, path: file)
    }

    /// Reads a keystore that its owner alone may read, and does not open it.
    public static func read(_ file: String) throws(KeyFileError) -> Keystore {
        let bytes = try PrivateFile.read(file, limit: Keystore.mostBytes)
        do throws(KeystoreError) {
            return try Keystore(json: bytes.withUnsafeBytes { Array($0) })
        } catch {
            throw .keystore(path: file, reason: error)
        }
    }

    /// Reads and opens a keystore.
    public static func open(
        _ file: String, password: borrowing SecretBytes
    ) throws(KeyFileError) -> PrivateKey {
        let keystore = try read(file)
        do throws(KeystoreError) {
            return try keystore.decrypt(password)
        } catch {
            throw .keystore(path: file, reason: error)
        }
    }

    /// A file's name as geth gives it: `UTC--2026-01-31T12-00-00.123456789Z--` and the address, in universal time.
    static func name(of account: Address, at time: timespec) -> String {
        var seconds = time.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        func pair(_ number: Int32) -> String { digits(Int(number), 2) }
        let day = "\(digits(Int(parts.tm_year) + 1900, 4))-\(pair(parts.tm_mon + 1))-\(pair(parts.tm_mday))"
        let clock = "\(pair(parts.tm_hour))-\(pair(parts.tm_min))-\(pair(parts.tm_sec))"
        let account = String(decoding: Hex.ascii(account.bytes), as: UTF8.self)
        return "UTC--\(day)T\(clock).\(digits(time.tv_nsec, 9))Z--\(account)"
    }

    /// The address at the end of a name.
    private static func address(inName name: String) -> Address? {
        let last = name.split(separator: "-").last.map(String.init) ?? ""
        return last.utf8.count == 40 ? try? Address(hex: last) : nil
    }

    private static func now() -> timespec {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time
    }
}
