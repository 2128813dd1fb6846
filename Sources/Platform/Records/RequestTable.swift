import SQLStore

/// Requests that came with an idempotency key, within a transaction.
struct RequestTable {
    let connection: any SQLConnection

    struct Request {
        var requestHash: String
        /// The rollup that it made.
        var subject: String
    }

    func find(_ key: String, of organisation: String) throws(SQLStoreError) -> Request? {
        try connection.query(
            "SELECT * FROM requests WHERE organisation = $1 AND idempotency_key = $2",
            [.text(organisation), .text(key)]
        ).first.map { row throws(SQLStoreError) in
            Request(requestHash: try row.text("request_hash"), subject: try row.text("subject"))
        }
    }

    func insert(_ key: String, of organisation: String, requestHash: String, subject: String) throws(SQLStoreError) {
        try connection.execute(
            """
            INSERT INTO requests (organisation, idempotency_key, request_hash, subject, created_at)
            VALUES ($1, $2, $3, $4, $5)
            """,
            [
                .text(organisation), .text(key), .text(requestHash), .text(subject), .integer(try connection.now()),
            ])
    }
}
