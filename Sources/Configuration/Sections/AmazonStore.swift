import Credentials
import Domain

extension SettingsDecoder {
    private static let instanceURL = "http://169.254.169.254"
    /// ECS's agent; a relative URI is asked of it.
    private static let taskURL = "http://169.254.170.2"
    /// Besides it, EKS's agent for pods.
    private static let agents = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]

    /// Always there: the region may come from an ARN, and keys from the machine.
    func amazonStore(_ section: Section) -> AmazonStore? {
        let region = nameOrEnvironment(section, "region", "AWS_REGION", "AWS_DEFAULT_REGION") ?? ""
        guard region.isEmpty || AmazonName.isRegion(region) else {
            problems.error(section.position(of: "region"), "`region` must be the name of a region, as `eu-central-1`")
            return nil
        }
        let variables = ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL")
        let endpoint = storeURL(section, "endpoint", or: "", variables.0, variables.1)
        let caFile = outboundCA(section, nil) ?? environment["AWS_CA_BUNDLE"].flatMap { $0.isEmpty ? nil : $0 }
        guard let endpoint, let login = amazonLogin(section, region) else { return nil }
        let store = AmazonStore(region: "", endpoint: endpoint, login: login, caFile: caFile)
        return amazonStore(store, in: region)
    }

    /// The same store in another region, at that region's address unless one is configured.
    func amazonStore(_ store: AmazonStore, in region: String) -> AmazonStore {
        var copy = store
        let ownEndpoint = Self.endpoint("secretsmanager", store.region)
        if store.endpoint.isEmpty || store.endpoint == ownEndpoint {
            copy.endpoint = region.isEmpty ? "" : Self.endpoint("secretsmanager", region)
        }
        copy.region = region
        return copy
    }

    private static func endpoint(_ service: String, _ region: String) -> String {
        "https://\(service).\(region).amazonaws.com\(region.hasPrefix("cn-") ? ".cn" : "")"
    }

    /// In the order of AWS's own clients: keys, a web identity, a container's agent, the machine.
    private func amazonLogin(_ section: Section, _ region: String) -> AmazonStore.Login? {
        if let id = nameOrEnvironment(section, "access_key_id", "AWS_ACCESS_KEY_ID") {
            guard let secret = loginSecret(section, "secret_access_key", "AWS_SECRET_ACCESS_KEY") else {
                problems.error(
                    section.position, "`secrets.aws`: an access key's id needs `secret_access_key`, or its variable")
                return nil
            }
            // A session belongs to the keys it came with.
            let session = section.holds("access_key_id") ? nil : loginSecret(section, "", "AWS_SESSION_TOKEN")
            return .keys(AmazonKeys(id: id, secret: secret, session: session))
        }
        if let role = nameOrEnvironment(section, "role_arn", "AWS_ROLE_ARN"),
            let file = loginFile(section, "web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE")
        {
            let fallback = region.isEmpty ? "https://sts.amazonaws.com" : Self.endpoint("sts", region)
            let variables = ("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL")
            guard let endpoint = storeURL(section, "sts_endpoint", or: fallback, variables.0, variables.1) else {
                return nil
            }
            let session = nameOrEnvironment(section, "", "AWS_ROLE_SESSION_NAME") ?? "postern"
            return .webIdentity(role: role, session: session, file: file, endpoint: endpoint)
        }
        let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        // One that is there and wrong is no reason to ask somebody else.
        if container.contains(where: { environment[$0]?.isEmpty == false }) { return containerLogin(section) }
        return metadataURL(section, or: Self.instanceURL).map { .instance(url: $0) }
    }

    private func containerLogin(_ section: Section) -> AmazonStore.Login? {
        var url: String?
        if let path = nameOrEnvironment(section, "", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            guard path.hasPrefix("/") else { return refuseContainer(section) }
            url = Self.taskURL + path
        } else if let full = nameOrEnvironment(section, "", "AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            guard Self.isAgent(full) || (try? OutboundURL.check(full)) != nil else { return refuseContainer(section) }
            url = full
        }
        guard let url else { return nil }
        return .container(
            url: url, token: loginSecret(section, "", "AWS_CONTAINER_AUTHORIZATION_TOKEN"),
            tokenFile: loginFile(section, "", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"))
    }

    private func refuseContainer(_ section: Section) -> AmazonStore.Login? {
        problems.error(
            section.position,
            "`secrets.aws`: the variable of a container's credentials leads neither to its agent nor to `https://`")
        return nil
    }

    /// Plain HTTP, with what lets us in as a header: only to the agents' own addresses.
    private static func isAgent(_ url: String) -> Bool {
        agents.contains { agent in
            guard url.hasPrefix("http://\(agent)") else { return false }
            let rest = url.dropFirst(7 + agent.utf8.count)
            return rest.isEmpty || rest.hasPrefix("/")
        }
    }
}
