import Testing

/// `${VAR}` and references to secrets.
@Suite struct ExpansionFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "a variable that is not set",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: "${UNSET_KEY}"}
            """#,
            #"""
            4:22: `key` needs the environment variable UNSET_KEY, which is not set
            """#),
        Fault(
            "a variable that is empty",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: "${EMPTY}"}
            """#,
            #"""
            4:22: `key` is empty
            """#),
        Fault(
            "a variable without its brace",
            #"""
            auth: {mode: none}
            workers: "${GOOD"
            """#,
            #"""
            2:10: `workers` has a `${` without its `}`; `$${` stands for a literal `${`
            """#),
        Fault(
            "another form of the shell",
            #"""
            auth: {mode: none}
            workers: "${GOOD:?no}"
            """#,
            #"""
            2:10: `workers` may hold `${VAR}` and `${VAR:-default}`, and no other form of `${`
            """#),
        Fault(
            "a variable within a default",
            #"""
            auth: {mode: none}
            workers: "${A:-${GOOD}}"
            """#,
            #"""
            2:10: `workers` may hold `${VAR}` and `${VAR:-default}`, and no other form of `${`
            """#),
        Fault(
            "a variable with a space in its name",
            #"""
            auth: {mode: none}
            workers: "${A B}"
            """#,
            #"""
            2:10: `workers` may hold `${VAR}` and `${VAR:-default}`, and no other form of `${`
            """#),
        Fault(
            "a secret where a number belongs",
            #"""
            auth: {mode: none}
            workers: ${GOOD}
            """#,
            #"""
            2:10: `workers` must be a whole number from 1 to 64
            """#),
        Fault(
            "a secret where a word belongs",
            #"""
            auth: {mode: none}
            unmatched: ${NEIGHBOUR}
            """#,
            #"""
            2:12: `unmatched` must be one of deny, authenticated
            """#),
        Fault(
            "a secret that is a file not there",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: "file:/nowhere/key"}
            """#,
            #"""
            4:22: `key`: the file it refers to cannot be read: No such file or directory
            """#),
        Fault(
            "a secret with a relative file",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: "file:key"}
            """#,
            #"""
            4:22: `key`: `file:` needs an absolute path, as `file:/run/secrets/key`
            """#),
        Fault(
            "a secret that is an endless file",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: "file:/dev/zero"}
            """#,
            #"""
            4:22: `key`: the file it refers to is larger than 65536 bytes
            """#),
        Fault(
            "a secret that is an empty file",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: "file:/dev/null"}
            """#,
            #"""
            4:22: `key` is empty
            """#),
        Fault(
            "a secret in a vault",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: "vault:kv/agent"}
            """#,
            #"""
            4:22: `key`: `vault:` needs `secrets.vault` with `address` and `token`, `token_file` or `role`, or the variables VAULT_ADDR and VAULT_TOKEN
            """#),
    ]
}
