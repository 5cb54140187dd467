import Testing

/// `response`.
@Suite struct ResponseFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "errors of a framework misspelt",
            #"""
            auth: {mode: none}
            response: {errors: agent-gateway}
            """#,
            #"""
            2:20: `errors` must be one of problem, dockrion, agent_gateway, agentflow, not `agent-gateway`; \#
            did you mean `agent_gateway`?
            """#),
        Fault(
            "wrong rate limit headers",
            #"""
            auth: {mode: none}
            response: {rate_limit_headers: [ietf, xratelimit]}
            """#,
            #"""
            2:39: `rate_limit_headers` must be one of ietf, x-ratelimit, not `xratelimit`; did you mean \#
            `x-ratelimit`?
            """#),
        Fault(
            "a wrong reset form",
            #"""
            auth: {mode: none}
            response: {x_ratelimit_reset: seconds}
            """#,
            #"""
            2:31: `x_ratelimit_reset` must be one of delta, epoch, not `seconds`
            """#),
        Fault(
            "a wrong identity header",
            #"""
            auth: {mode: none}
            response: {identity_headers: {names: [user_id]}}
            """#,
            #"""
            2:39: `names` must be one of user-id, email, name, roles, permissions, scopes, tenant-id, method, \#
            key-id, issuer, expires, not `user_id`; did you mean `user-id`?
            """#),
        Fault(
            "a prefix of identity headers too short",
            #"""
            auth: {mode: none}
            response: {identity_headers: {prefix: X-}}
            """#,
            #"""
            2:39: `prefix` must be 4 to 32 characters and end with `-`, as `X-Auth-`
            """#),
        Fault(
            "a prefix of identity headers without its hyphen",
            #"""
            auth: {mode: none}
            response: {identity_headers: {prefix: XAuth}}
            """#,
            #"""
            2:39: `prefix` must be 4 to 32 characters and end with `-`, as `X-Auth-`
            """#),
    ]
}
