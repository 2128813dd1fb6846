import Foundation

/// The functions of libpq that are used, from the system's library where it is installed.
///
/// It is opened when a database is asked for: a process that has none neither needs the library nor waits for what it brings.
struct LibPQ: @unchecked Sendable {
    typealias Connection = OpaquePointer
    typealias Answer = OpaquePointer
    typealias Texts = UnsafePointer<UnsafePointer<CChar>?>

    let connect: @convention(c) (Texts?, Texts?, Int32) -> Connection?
    let status: @convention(c) (Connection?) -> Int32
    let errorMessage: @convention(c) (Connection?) -> UnsafePointer<CChar>?
    let finish: @convention(c) (Connection?) -> Void
    let execute: @convention(c) (Connection?, UnsafePointer<CChar>?) -> Answer?
    let executeWithParameters:
        @convention(c) (
            Connection?, UnsafePointer<CChar>?, Int32, UnsafePointer<UInt32>?, Texts?, UnsafePointer<Int32>?,
            UnsafePointer<Int32>?, Int32
        ) -> Answer?
    let answerStatus: @convention(c) (Answer?) -> Int32
    let answerField: @convention(c) (Answer?, Int32) -> UnsafePointer<CChar>?
    let commandStatus: @convention(c) (Answer?) -> UnsafePointer<CChar>?
    let changedRows: @convention(c) (Answer?) -> UnsafePointer<CChar>?
    let rowCount: @convention(c) (Answer?) -> Int32
    let columnCount: @convention(c) (Answer?) -> Int32
    let columnName: @convention(c) (Answer?, Int32) -> UnsafePointer<CChar>?
    let columnType: @convention(c) (Answer?, Int32) -> UInt32
    let isNull: @convention(c) (Answer?, Int32, Int32) -> Int32
    let value: @convention(c) (Answer?, Int32, Int32) -> UnsafePointer<CChar>?
    let clear: @convention(c) (Answer?) -> Void

    /// Constants of libpq-fe.h and postgres_ext.h.
    static let connectionIsGood: Int32 = 0
    static let commandIsDone: Int32 = 1
    static let rowsAreThere: Int32 = 2
    static let sqlStateField = Int32(UInt8(ascii: "C"))
    static let messageField = Int32(UInt8(ascii: "M"))

    static let shared: Result<LibPQ, SQLStoreError> = {
        #if canImport(Darwin)
            let name = "libpq.5.dylib"
        #else
            let name = "libpq.so.5"
        #endif
        guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
            return .failure(
                .failed("PostgreSQL is reached with libpq, which is not installed: on Debian, apt-get install libpq5"))
        }
        do throws(SQLStoreError) { return .success(try LibPQ(library)) } catch { return .failure(error) }
    }()

    private init(_ library: UnsafeMutableRawPointer) throws(SQLStoreError) {
        func find<Function>(_ name: String, as: Function.Type = Function.self) throws(SQLStoreError) -> Function {
            guard let symbol = dlsym(library, name) else { throw .failed("the installed libpq has no \(name)") }
            return unsafeBitCast(symbol, to: Function.self)
        }
        connect = try find("PQconnectdbParams")
        status = try find("PQstatus")
        errorMessage = try find("PQerrorMessage")
        finish = try find("PQfinish")
        execute = try find("PQexec")
        executeWithParameters = try find("PQexecParams")
        answerStatus = try find("PQresultStatus")
        answerField = try find("PQresultErrorField")
        commandStatus = try find("PQcmdStatus")
        changedRows = try find("PQcmdTuples")
        rowCount = try find("PQntuples")
        columnCount = try find("PQnfields")
        columnName = try find("PQfname")
        columnType = try find("PQftype")
        isNull = try find("PQgetisnull")
        value = try find("PQgetvalue")
        clear = try find("PQclear")
    }
}
