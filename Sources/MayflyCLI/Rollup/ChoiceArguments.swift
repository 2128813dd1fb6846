public import ArgumentParser
public import Layers
public import Settlement

// Choices of a rollup that options take by their names.
extension DataAvailabilityChoice: ExpressibleByArgument {}
extension Launch.Origin: ExpressibleByArgument {}
extension BondedSecurity.Depth: ExpressibleByArgument {}
