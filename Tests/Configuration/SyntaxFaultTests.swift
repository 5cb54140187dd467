import Testing

/// What is not YAML, or more YAML than a configuration needs.
@Suite struct SyntaxFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "an unclosed bracket",
            #"""
            auth: {mode: none
            workers: 1
            """#,
            #"""
            2:8: not YAML: while parsing a flow mapping, did not find expected ',' or '}'
            """#),
        Fault(
            "a tab as indentation",
            #"""
            auth:
            	mode: none
            """#,
            #"""
            2:1: not YAML: while scanning for the next token, found character that cannot start any token; \#
            indent with spaces, not tabs
            """#),
        Fault(
            "a bare variable between braces",
            #"""
            auth:
              api_keys:
                keys: [{id: a, key: ${GOOD}}]
            """#,
            #"""
            3:26: not YAML: while parsing a flow mapping, did not find expected ',' or '}'; quote `"${…}"` \#
            between `{` and `}` or `[` and `]`
            """#),
        Fault(
            "a colon in a plain value",
            #"""
            auth: {mode: none}
            log: level: debug
            """#,
            #"""
            2:11: not YAML: mapping values are not allowed in this context; is the indentation right, and is a \#
            value that holds `: ` quoted?
            """#),
        Fault(
            "a star without quotes",
            #"""
            auth: {mode: none}
            routes:
              - {path: /a, scopes: [*]}
            """#,
            #"""
            3:26: not YAML: while scanning an alias, did not find expected alphabetic or numeric character; \#
            quote a word that starts with `*` or `&`
            """#),
        Fault(
            "an unclosed quote",
            #"""
            auth: {mode: none}
            unmatched: "deny
            """#,
            #"""
            3:1: not YAML: while scanning a quoted scalar, found unexpected end of stream
            """#),
        Fault(
            "a tag",
            #"""
            auth: {mode: !!str none}
            """#,
            #"""
            1:14: tags (`!`) are not supported; quote the value if it starts with `!`
            """#),
        Fault(
            "a second document",
            #"""
            auth: {mode: none}
            ---
            auth: {mode: none}
            """#,
            #"""
            2:1: a second document; a configuration is one document, without `---`
            """#),
        Fault(
            "a doubled key",
            #"""
            auth: {mode: none}
            workers: 1
            workers: 2
            """#,
            #"""
            3:1: key `workers` is here twice; the first is on line 2
            """#),
        Fault(
            "a doubled key in flow style",
            #"""
            auth: {mode: none, mode: none}
            """#,
            #"""
            1:20: key `mode` is here twice; the first is on line 1
            """#),
        Fault(
            "a list as a key",
            #"""
            auth: {mode: none}
            [a]: 1
            """#,
            #"""
            2:1: a key must be a single word, not a list
            """#),
        Fault(
            "nothing at all",
            #"""

            """#,
            #"""
            the file is empty; it needs at least `auth`
            """#),
        Fault(
            "only a comment",
            #"""
            # nothing
            """#,
            #"""
            the file is empty; it needs at least `auth`
            """#),
        Fault(
            "a list for a file",
            #"""
            - auth
            """#,
            #"""
            1:1: the file must be a mapping of `key: value` lines, not a list
            """#),
    ]
}
