import Foundation

extension PlatformAPI {
    func templates(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        .json(TemplateList(templates: RollupTemplate.all.map { TemplateResource($0) }))
    }

    func estimate(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        .json(try await service.estimate(try request.decode(LaunchOrder.self, "LaunchOrder")))
    }

    func keys(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        .json(KeyList(keys: try await service.keys(of: request.caller).map { KeyResource($0) }))
    }

    func makeKey(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        let order = try request.decode(KeyOrder.self, "KeyOrder")
        let (key, secret) = try await service.makeKey(order.name, order.role, by: request.caller)
        return .json(KeyResource(key, secret: secret), status: 201)
    }

    func revokeKey(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        try await service.revokeKey(request.name("id"), by: request.caller)
        return .empty(204)
    }
}
