import Testing

/// `listen`, `admin` and `trusted_proxies`.
@Suite struct ListenersFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "no listener",
            #"""
            auth: {mode: none}
            listen: []
            """#,
            #"""
            2:1: `listen` names no address
            """#),
        Fault(
            "a listener without an address",
            #"""
            auth: {mode: none}
            listen: [{dialect: envoy}]
            """#,
            #"""
            2:10: a listener needs `address`
            """#),
        Fault(
            "a listener that is only an address",
            #"""
            auth: {mode: none}
            listen: ["127.0.0.1:9191"]
            """#,
            #"""
            2:10: `listen[]` must be a mapping of `key: value` lines, not a single value
            """#),
        Fault(
            "an address without a port",
            #"""
            auth: {mode: none}
            listen: [{address: 127.0.0.1}]
            """#,
            #"""
            2:20: `address` needs a port, as `127.0.0.1:9191`
            """#),
        Fault(
            "a port without an address",
            #"""
            auth: {mode: none}
            listen: [{address: ":9191"}]
            """#,
            #"""
            2:20: `address` needs an address; every IPv4 address is `0.0.0.0`
            """#),
        Fault(
            "a port beyond 65535",
            #"""
            auth: {mode: none}
            listen: [{address: "127.0.0.1:99999"}]
            """#,
            #"""
            2:20: `address` needs a port from 0 to 65535 after its last colon
            """#),
        Fault(
            "a name for an address",
            #"""
            auth: {mode: none}
            listen: [{address: "localhost:9191"}]
            """#,
            #"""
            2:20: `address` must be a number, not a name; did you mean `127.0.0.1`?
            """#),
        Fault(
            "IPv6 without brackets",
            #"""
            auth: {mode: none}
            listen: [{address: "::1:9191"}]
            """#,
            #"""
            2:20: `address` needs brackets around IPv6, as `[::1]:9191`
            """#),
        Fault(
            "a relative socket path",
            #"""
            auth: {mode: none}
            listen: [{address: "unix:check.sock"}]
            """#,
            #"""
            2:20: `address` needs an absolute path after `unix:`
            """#),
        Fault(
            "a socket path too long",
            #"""
            auth: {mode: none}
            listen: [{address: "unix:/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]
            """#,
            #"""
            2:20: `address` has a path longer than 107 bytes, the system's bound for sockets
            """#),
        Fault(
            "an open address without peers",
            #"""
            auth: {mode: none}
            listen:
              - address: 0.0.0.0:9191
            """#,
            #"""
            3:5: `address` is beyond loopback, so it needs `allowed_peers` or `tls.client_ca`
            """#),
        Fault(
            "an open address with empty peers",
            #"""
            auth: {mode: none}
            listen:
              - {address: "[::]:9191", allowed_peers: []}
            """#,
            #"""
            3:43: `allowed_peers` is empty; nobody could connect
            """#),
        Fault(
            "a peer that is no block",
            #"""
            auth: {mode: none}
            listen:
              - {address: "10.1.2.3:9191", allowed_peers: [everyone]}
            """#,
            #"""
            3:48: `allowed_peers` must be `loopback`, an address or a block, as `10.0.0.0/8`, not `everyone`
            """#),
        Fault(
            "a block with bits beyond its prefix",
            #"""
            auth: {mode: none}
            trusted_proxies: [10.1.2.3/8]
            """#,
            #"""
            2:19: `trusted_proxies` has bits beyond its prefix; did you mean `10.0.0.0/8`?
            """#),
        Fault(
            "a block with too long a prefix",
            #"""
            auth: {mode: none}
            trusted_proxies: [10.0.0.0/33]
            """#,
            #"""
            2:19: `trusted_proxies` has a prefix above 32
            """#),
        Fault(
            "a proxy with a port",
            #"""
            auth: {mode: none}
            trusted_proxies: ["10.0.0.1:80"]
            """#,
            #"""
            2:19: `trusted_proxies` must be `loopback`, an address or a block, as `10.0.0.0/8`
            """#),
        Fault(
            "a mode on TCP",
            #"""
            auth: {mode: none}
            listen:
              - {address: "127.0.0.1:1", mode: "0660"}
            """#,
            #"""
            3:30: `mode` is for `unix:` addresses
            """#),
        Fault(
            "a mode that is not octal",
            #"""
            auth: {mode: none}
            listen:
              - {address: "unix:/run/a", mode: rw}
            """#,
            #"""
            3:36: `mode` must be octal permission bits, as `"0660"`
            """#),
        Fault(
            "a mode open to everyone",
            #"""
            auth: {mode: none}
            listen:
              - {address: "unix:/run/a", mode: 0666}
            """#,
            #"""
            3:36: warning: `mode` lets every user of this machine ask
            """#),
        Fault(
            "peers of a unix socket",
            #"""
            auth: {mode: none}
            listen:
              - {address: "unix:/run/a", allowed_peers: [loopback]}
            """#,
            #"""
            3:30: `allowed_peers` is for TCP; a unix socket has its `mode`
            """#),
        Fault(
            "a wrong dialect",
            #"""
            auth: {mode: none}
            listen:
              - {address: "127.0.0.1:1", dialect: nginz}
            """#,
            #"""
            3:39: `dialect` must be one of envoy, nginx, ingress-nginx, forward, json, not `nginz`; did you \#
            mean `nginx`?
            """#),
        Fault(
            "TLS without its key",
            #"""
            auth: {mode: none}
            listen:
              - {address: "127.0.0.1:1", tls: {certificate: /dev/null}}
            """#,
            #"""
            3:35: `tls` needs `key`
            """#),
        Fault(
            "TLS with a relative path",
            #"""
            auth: {mode: none}
            listen:
              - {address: "127.0.0.1:1", tls: {certificate: /dev/null, key: key.pem}}
            """#,
            #"""
            3:65: `key` must be an absolute path
            """#),
        Fault(
            "TLS with a file that is not there",
            #"""
            auth: {mode: none}
            listen:
              - {address: "127.0.0.1:1", tls: {certificate: /nowhere/a.pem, key: /dev/null}}
            """#,
            #"""
            3:49: the file of `certificate` cannot be read: No such file or directory
            """#),
        Fault(
            "an address listened on twice",
            #"""
            auth: {mode: none}
            listen:
              - {address: "127.0.0.1:9191"}
              - {address: "127.0.0.1:9191"}
            """#,
            #"""
            4:5: `listen` is an address already listened on
            """#),
        Fault(
            "a listener on the admin address",
            #"""
            auth: {mode: none}
            listen:
              - {address: "127.0.0.1:9192"}
            """#,
            #"""
            3:5: `listen` is an address already listened on
            """#),
        Fault(
            "control without its token, and pages that are neither on nor off",
            #"""
            auth: {mode: none}
            admin: {control: "unix:/run/postern/control.sock", pages: maybe}
            """#,
            #"""
            2:9: `control` needs `token` beside it
            2:59: `pages` must be true or false; write true or false, not `maybe`
            """#),
        Fault(
            "a token and pages for nothing, and too short",
            #"""
            auth: {mode: none}
            admin: {token: 0123456789abcdef, pages: true}
            """#,
            #"""
            2:9: `token` needs `control` beside it
            2:16: `token` must be 32 to 256 printable characters without spaces
            2:34: `pages` needs `control` beside it
            """#),
        Fault(
            "control beyond loopback, and a token no header can hold",
            #"""
            auth: {mode: none}
            admin: {control: "10.0.0.1:9193", token: "0123456789abcdef 0123456789abcdef"}
            """#,
            #"""
            2:9: `control` must be a unix socket or loopback
            2:42: `token` must be 32 to 256 printable characters without spaces
            """#),
        Fault(
            "control where health is",
            #"""
            auth: {mode: none}
            admin: {control: "127.0.0.1:9192", token: 0123456789abcdef0123456789abcdef}
            """#,
            #"""
            2:8: `admin.control` is an address already listened on
            """#),
    ]
}
