/// A file with every way to count and to reach Redis, for tests that change it a little.
enum LimitExample {
    static let yaml = #"""
        auth: {mode: none}
        admin: {control: unix:/run/postern/control.sock, token: 0123456789abcdef0123456789abcdef}
        bounds: {max_cost: 100000}
        reserve_header: X-Postern-Reserve
        routes:
          - {path: /v1/embeddings, cost: 2, reserve: {tokens: 200, monthly: 10}}
          - {path: /v1/**}
        limits:
          - {name: burst, per: address, rate: 20/second, burst: 100, precision: exact, on_failure: open}
          - {name: everyone, per: global, rate: 5000/second, precision: leased}
          - {name: plan, per: tenant, rate: 1000000/month, window: calendar, time_zone: UTC}
          - {name: monthly, per: tenant, rate: 1000/week, window: calendar, settle: {max_debt: 0}}
          - {name: streams, per: subject, concurrency: 20, lease_seconds: 60, on_failure: closed}
          - {name: tokens, per: subject, rate: 100000/minute, settle: {estimate: 800, expires_seconds: 60, max_debt: 500}}
        redis:
          sentinel:
            nodes: [10.0.0.1, "10.0.0.2:26380", "[::1]:26379"]
            master: mymaster
            username: watcher
            password: sentinel-password
            tls: {server_name: sentinel.example}
          username: postern
          password: data-password
          database: 3
          tls: {}

        """#
}
