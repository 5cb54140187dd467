import Credentials

extension SettingsDecoder {
    private static let googleMetadata = "http://metadata.google.internal"
    private static let googleTokens = "https://oauth2.googleapis.com/token"
    private static let azureMetadata = "http://169.254.169.254"

    /// Always there: without a key's file the machine's own account is asked for.
    func googleStore(_ section: Section) -> GoogleStore? {
        let project = nameOrEnvironment(section, "project", "GOOGLE_CLOUD_PROJECT")
        if let project, !GoogleName.isProject(project) {
            problems.error(section.position(of: "project"), "`project` must be the id or the number of a project")
            return nil
        }
        let endpoint = storeURL(section, "endpoint", or: "https://secretmanager.googleapis.com")
        let file = loginFile(section, "credentials_file", "GOOGLE_APPLICATION_CREDENTIALS")
        let tokens = storeURL(section, "token_url", or: Self.googleTokens)
        let metadata = metadataURL(section, or: Self.googleMetadata)
        let caFile = outboundCA(section, nil)
        guard let endpoint, let tokens, let metadata else { return nil }
        let login: GoogleStore.Login =
            file.map { .serviceAccount(file: $0, tokenURL: tokens) } ?? .metadata(url: metadata)
        return GoogleStore(project: project, endpoint: endpoint, login: login, caFile: caFile)
    }

    /// Always there: without a tenant and a client the machine's own identity is asked for.
    func azureStore(_ section: Section) -> AzureStore? {
        let endpoint = storeURL(section, "endpoint", or: "")
        let authority = storeURL(
            section, "authority", or: "https://login.microsoftonline.com", "AZURE_AUTHORITY_HOST")
        let metadata = metadataURL(section, or: Self.azureMetadata)
        let caFile = outboundCA(section, nil)
        guard let endpoint, let authority, let metadata,
            let login = azureLogin(section, metadata: metadata)
        else { return nil }
        return AzureStore(
            endpoint: endpoint.isEmpty ? nil : endpoint, authority: authority, login: login, caFile: caFile)
    }

    /// In the order of Azure's own clients: a secret, a pod's token, the machine.
    private func azureLogin(_ section: Section, metadata: String) -> AzureStore.Login? {
        let tenant = nameOrEnvironment(section, "tenant_id", "AZURE_TENANT_ID")
        let client = nameOrEnvironment(section, "client_id", "AZURE_CLIENT_ID")
        if let tenant, let client {
            if let secret = loginSecret(section, "client_secret", "AZURE_CLIENT_SECRET") {
                return .secret(tenant: tenant, client: client, secret: secret)
            }
            if let file = loginFile(section, "federated_token_file", "AZURE_FEDERATED_TOKEN_FILE") {
                return .workload(tenant: tenant, client: client, file: file)
            }
        }
        for key in ["client_secret", "federated_token_file"] where section.holds(key) {
            problems.error(section.position(of: key), "`\(key)` needs `tenant_id` and `client_id` beside it")
            return nil
        }
        return .managedIdentity(url: metadata, client: client)
    }
}
