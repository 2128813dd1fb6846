#if canImport(CMalloc)
    import CMalloc
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
}
