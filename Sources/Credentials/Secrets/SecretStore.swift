/// A place that keeps secrets, and how Postern shows itself there. Two that are equal are one store: they share what
/// was fetched and whoever we have become there.
public enum SecretStore: Sendable, Hashable {
    case vault(VaultStore)
    case aws(AmazonStore)
    case gcp(GoogleStore)
    case azure(AzureStore)

    public var scheme: SecretReference.Scheme {
        switch self {
        case .vault: .vault
        case .aws: .aws
        case .gcp: .gcp
        case .azure: .azure
        }
    }
}

/// One secret of one store: what is asked, and what a value is remembered by.
public struct SecretRequest: Sendable, Hashable {
    public var store: SecretStore
    public var reference: SecretReference

    public init(store: SecretStore, reference: SecretReference) {
        self.store = store
        self.reference = reference
    }
}

/// HashiCorp Vault or OpenBao, KV version 2.
public struct VaultStore: Sendable, Hashable {
    public enum Login: Sendable, Hashable {
        case token(HiddenText)
        /// Read each time we log in, as Vault's agent replaces it.
        case tokenFile(String)
        /// The pod's service account, of which `file` holds a token.
        case kubernetes(role: String, mount: String, file: String)
    }

    /// Without a slash at its end.
    public var address: String
    public var namespace: String?
    public var login: Login
    public var caFile: String?

    public init(address: String, namespace: String? = nil, login: Login, caFile: String? = nil) {
        self.address = address
        self.namespace = namespace
        self.login = login
        self.caFile = caFile
    }
}

/// AWS Secrets Manager in one region.
public struct AmazonStore: Sendable, Hashable {
    public enum Login: Sendable, Hashable {
        case keys(AmazonKeys)
        /// A pod's service account (IRSA): `file` holds a token that STS takes for the role's keys.
        case webIdentity(role: String, session: String, file: String, endpoint: String)
        /// The agent of ECS or EKS at `url`, with what it wants in `Authorization`.
        case container(url: String, token: HiddenText?, tokenFile: String?)
        /// The machine's own role, by IMDSv2 at this address.
        case instance(url: String)
    }

    public var region: String
    public var endpoint: String
    public var login: Login
    public var caFile: String?

    public init(region: String, endpoint: String, login: Login, caFile: String? = nil) {
        self.region = region
        self.endpoint = endpoint
        self.login = login
        self.caFile = caFile
    }
}

public struct AmazonKeys: Sendable, Hashable {
    public var id: String
    public var secret: HiddenText
    /// Beside keys that end.
    public var session: HiddenText?

    public init(id: String, secret: HiddenText, session: HiddenText? = nil) {
        self.id = id
        self.secret = secret
        self.session = session
    }
}

/// Google Secret Manager.
public struct GoogleStore: Sendable, Hashable {
    public enum Login: Sendable, Hashable {
        /// The machine's or the pod's own account, by the metadata server at this address.
        case metadata(url: String)
        /// A service account's key, in the JSON file Google hands out; `tokenURL` is where its signature is taken.
        case serviceAccount(file: String, tokenURL: String)
    }

    /// For references that name none.
    public var project: String?
    public var endpoint: String
    public var login: Login
    public var caFile: String?

    public init(project: String? = nil, endpoint: String, login: Login, caFile: String? = nil) {
        self.project = project
        self.endpoint = endpoint
        self.login = login
        self.caFile = caFile
    }
}

/// Azure Key Vault.
public struct AzureStore: Sendable, Hashable {
    public enum Login: Sendable, Hashable {
        /// The machine's identity, by the metadata server at this address; `client` chooses one of several.
        case managedIdentity(url: String, client: String?)
        /// A pod's service account, of which `file` holds a token.
        case workload(tenant: String, client: String, file: String)
        case secret(tenant: String, client: String, secret: HiddenText)
    }

    /// In place of `https://VAULT.vault.azure.net`.
    public var endpoint: String?
    /// Where tokens are issued, without a slash at its end.
    public var authority: String
    public var login: Login
    public var caFile: String?

    public init(endpoint: String? = nil, authority: String, login: Login, caFile: String? = nil) {
        self.endpoint = endpoint
        self.authority = authority
        self.login = login
        self.caFile = caFile
    }
}
