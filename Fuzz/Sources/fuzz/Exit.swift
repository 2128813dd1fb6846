import Foundation

/// Ends the process with a status.
func exitProcess(_ status: Int32) -> Never { exit(status) }
