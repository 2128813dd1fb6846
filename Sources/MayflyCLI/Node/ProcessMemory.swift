#if canImport(CMalloc)
    import CMalloc
    import Glibc
#endif

/// How the process holds memory that it does not use at the moment.
enum ProcessMemory {
    /// Has all threads allocate from two heaps, so that what one has freed another can use.
    static func prepare() {
        #if canImport(CMalloc)
            mallopt(M_ARENA_MAX, 2)
            // What is larger goes back to the system when it is freed; without this the bound rises with every such piece.
            mallopt(M_MMAP_THRESHOLD, 1 << 20)
        #endif
    }

    /// Gives what large blocks have left free back to the system.
    static func giveBack() {
        #if canImport(CMalloc)
            let information = mallinfo2()
            if information.fordblks > 16 << 20 { malloc_trim(0) }
        #endif
    }

    /// Lets go of the code that only the start needed: about two thirds of what an idle node holds. The system has it still,
    /// and what is run again is there again.
    static func releaseStartupCode() {
        #if canImport(CMalloc)
            guard let maps = fopen("/proc/self/maps", "r") else { return }
            defer { fclose(maps) }
            var line: UnsafeMutablePointer<CChar>?
            var capacity = 0
            defer { free(line) }
            while getline(&line, &capacity, maps) > 0, let line {
                let fields = String(cString: line).split(separator: " ", omittingEmptySubsequences: true)
                let bounds = fields[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
                // Code of a file, which nobody has written to: the only pages that come back as they were.
                guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/"), bounds.count == 2 else {
                    continue
                }
                madvise(UnsafeMutableRawPointer(bitPattern: bounds[0]), Int(bounds[1] - bounds[0]), MADV_DONTNEED)
            }
        #endif
    }
}
