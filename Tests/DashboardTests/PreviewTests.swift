import Dashboard
import Foundation
import Testing

/// Writes every page with sample values and every asset into the folder DASHBOARD_PREVIEW, to be looked at in a browser; with
/// DASHBOARD_PREVIEW_TEXT wherever a text comes from outside.
struct PreviewTests {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["DASHBOARD_PREVIEW"] != nil)) func writePages() throws {
        let folder = URL(fileURLWithPath: try #require(ProcessInfo.processInfo.environment["DASHBOARD_PREVIEW"]))
        let assets = folder.appendingPathComponent("assets")
        try FileManager.default.createDirectory(at: assets, withIntermediateDirectories: true)
        for asset in Assets.all { try Data(asset.bytes).write(to: assets.appendingPathComponent(asset.name)) }
        let samples = Samples(hostile: ProcessInfo.processInfo.environment["DASHBOARD_PREVIEW_TEXT"])
        for (name, view) in samples.pages {
            try Data(view.html(in: samples.frame)).write(to: folder.appendingPathComponent(name + ".html"))
        }
    }
}
