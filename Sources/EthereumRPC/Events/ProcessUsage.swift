#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What this process takes of the machine.
struct ProcessUsage {
    /// Bytes of memory that are resident; zero where the system does not say.
    var residentBytes = 0
    /// Seconds of all processors since the process began.
    var processorSeconds = 0.0
    /// File descriptors that are open; zero where the system does not say.
    var openFiles = 0

    /// As it is now.
    init() {
        var usage = rusage()
        #if canImport(Glibc)
            let own = __rusage_who_t(RUSAGE_SELF.rawValue)
        #else
            let own = RUSAGE_SELF
        #endif
        if getrusage(own, &usage) == 0 {
            for time in [usage.ru_utime, usage.ru_stime] {
                processorSeconds += Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
            }
        }
        residentBytes = Self.residentPages() * Int(sysconf(Int32(_SC_PAGESIZE)))
        openFiles = Self.entries(of: "/proc/self/fd")
    }

    /// The second number of `/proc/self/statm`.
    private static func residentPages() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let numbers = line.prefix { $0 != 0 }.split(separator: 0x20)
        guard numbers.count > 1 else { return 0 }
        return Int(String(decoding: numbers[1].map { UInt8(bitPattern: $0) }, as: UTF8.self)) ?? 0
    }

    private static func entries(of path: String) -> Int {
        guard let folder = opendir(path) else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Itself, its parent, and the one that is open for reading this.
        return max(0, count - 3)
    }
}
