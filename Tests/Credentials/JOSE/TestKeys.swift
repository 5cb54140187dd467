/// Keys made for these tests and used nowhere else.
enum TestKeys {
    static let rsa = """
        -----BEGIN PRIVATE KEY-----
        MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCjc/KDCGJtahnb
        xWGQrzIJGW1uRp91zLY5h4n6eHr38J5Sg745sHaXxjJUqJKbMyHss+iezhlc8JgI
        F4raQEyeFR1l0r3cX/BjpwgdU81vMJg0jUS442lQ6pnKlAqVfOANOYE8Y90R0vQb
        LwHYk2hmNwC1AZcUzdd85oFLsYOhQIy3YBv5os6YacORJhfIQ7gsI51v/ZYjAtif
        H6NSlptjzuhXz/G/HAjrhi6YLJa9wN7MLC1HXfcPIaot2UdL1XDMVDIoz1hYVvdc
        cJ3zcZU3kVYNdH9yQhttT8bpSXZaYSqVXZwtZci2MIoHP60s6X4iRHrirMHKt8pq
        oRU/nWElAgMBAAECggEAHlNqlO+XDWxQUGNqYuTyYFhQopNlTf6Vd46DZc55KCvD
        QBVz03G/SxEJcQYWr0dZHbjSabZc4866slOl3jDsVi8eNXBYa/z71Y1dts0/0gee
        0a89Jx2AQnRIZNq7LPmOez2mUe1ITKCKTEnYKpXM2pwNXEfnf0NineiJaCEPBjlu
        lJZJI55QxFKE3oNckqchpQgg52IgiqwPkrKf12R2nkumXroUbnCtRMFk6C08IhU7
        WGRdBZs19Jh/H/m6O6yhFszatVwrzgBKl7kQZgQnBE7XbhxhopbutOF3CkntBBnN
        +CRIFT5kfZhytgOT+VqeZmWg6ZBxvaC0gAhcH/jrGQKBgQDkWuEkk7bKKVb9BEaM
        HlEP48zq7qsKglHXyB4I5rZTKq+NoN+YBo/DyNH802bmWMXGGDzPD8e3YPBYGMfe
        m15gsxzROI9fLAvw97WrvSUwVzORAwX2GTJyH7lBqVL4UTQP5Msah3Ax/ME0icki
        t9rAzcxMMs+6VFh1lrc6tleWvQKBgQC3PaOUZjkRDCv3xLgcF/CZLEX19NmXmIfm
        nfTcB8TOd9NyOVJXuGinJ0+vTnTou7yFPRC+3wC7o7gmjyRM6n4cQ46VeAIXpRvo
        2WhoK5oZIA6yVzFwJveZ2notpk6F3gpbyMt5QKNHXKANMmu20GXpzQCrIffbIGZZ
        o4zgTaLuiQKBgCSeAg5IdX4zZNSLs/hSADOpFrnxbZHw1cjhORe6TzBE3wO58UDC
        hJkjgbCmAZEcWRJr3oxhfmgEbmXiC2LBzT96WTufczYSrROF1Sbl3KnEwesV7gXJ
        gpJUTfOegER7WPrXeE4Xu8D4Q8717T/Y9YYHOiRZ3X+GeOzaLyWGCcONAoGAe7se
        Ys1nyVAbvFFUNHwh1XwkvYEZEJlJYvrT5WNFjFkzKRT1ug/mcsBDuU9T9/cUxC9I
        yGnSl+FkLn1HeLx6bWFcvSbs2sR9hQyQyI5wnnicE+Z2lpFpbbUt/PcoXJJjEjkS
        1AxGdKBh3qdmPmqX9nib8/Ka55cIJY0fSjKCS2kCgYBfxrHePAb1pXDkIgjhjk/h
        5Y5mOmDHsVHnJ2oEgdsvhOmE+mhYbYJUwWTMi23PX6OaGQ5vurOoVZnrPX+p+7FW
        X3ubEPQ3G2qZ/AVzg0XLggNLlslazfOqtCbKiBtiIh7lSg6Q9d+lfOIOPXCJ2uAI
        5TxNyZRjrEqANtB2cnVEwg==
        -----END PRIVATE KEY-----
        """
    static let rsaPublic = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAo3PygwhibWoZ28VhkK8y
        CRltbkafdcy2OYeJ+nh69/CeUoO+ObB2l8YyVKiSmzMh7LPons4ZXPCYCBeK2kBM
        nhUdZdK93F/wY6cIHVPNbzCYNI1EuONpUOqZypQKlXzgDTmBPGPdEdL0Gy8B2JNo
        ZjcAtQGXFM3XfOaBS7GDoUCMt2Ab+aLOmGnDkSYXyEO4LCOdb/2WIwLYnx+jUpab
        Y87oV8/xvxwI64YumCyWvcDezCwtR133DyGqLdlHS9VwzFQyKM9YWFb3XHCd83GV
        N5FWDXR/ckIbbU/G6Ul2WmEqlV2cLWXItjCKBz+tLOl+IkR64qzByrfKaqEVP51h
        JQIDAQAB
        -----END PUBLIC KEY-----
        """
    static let p256 = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1tDn/79lD0MSVhyE
        3p5JZQF8oDsKEQLrVLlZQEvlFGahRANCAATV6/bI69umTROa1RZ9YVy+y1ag0Lek
        6ypkY6BgGXSfgSunYPQmR8lMYM9zbbNEVI3IY4CsO4qXvRKZpqBGUT2r
        -----END PRIVATE KEY-----
        """
    static let p256Public = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1ev2yOvbpk0TmtUWfWFcvstWoNC3
        pOsqZGOgYBl0n4Erp2D0JkfJTGDPc22zRFSNyGOArDuKl70SmaagRlE9qw==
        -----END PUBLIC KEY-----
        """
    static let p384 = """
        -----BEGIN PRIVATE KEY-----
        MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDCJVmOpLFb0ZKe1Etwg
        Ja4OBfMeH5GvJD1phGP/TySWAKC6saYyJKznYZwsFfoIH0ChZANiAARGjZHLhgNG
        7tutbc9JyAKxdiBUwQg3//1oJKnd/LoSgvzPqbcwGmbGxzzmlgR1J9z0TAnA2GGx
        mmHwB/WYyfE+ohn29leFiAXZlwxT/qhDGJgW6HcJdBZtFWNE8wrLB1M=
        -----END PRIVATE KEY-----
        """
    static let p521 = """
        -----BEGIN PRIVATE KEY-----
        MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIBC8zDjKjT7CiqAQnj
        0luvyPhPYQe1jsJbh2qMJpprqVqHUcy07yaNGcdnYU5HI1XpMzCVtOWEhog62SqX
        MVY13BuhgYkDgYYABAG1lhPUahabpxS9ZthnFvN8ovRzfj+iWrD+lwXBONTh5ktb
        p6zLbhk3LK9Q6hqwuvbe4Ixpu8bTy5TIbdjKVcAQKAEF4xz9bfsZeDKKWuHJdQhP
        N9g7axj3z0bObaGWKvZhYU/6x4j6MVvkbiZPKHsBXTT9RZKY4ZUbk3hLL5B8gWeG
        iQ==
        -----END PRIVATE KEY-----
        """
    static let ed25519 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEII4am8UHao3RWk5BzBmEGFHykOrFWTffFwNHVDTzwIiD
        -----END PRIVATE KEY-----
        """
    static let ed448 = """
        -----BEGIN PRIVATE KEY-----
        MEcCAQAwBQYDK2VxBDsEOZ++B5vvTylqPpx1iFa7OGTfEP6bB5dRrQ9kClK8MVhS
        +XgH7fXzUGfTU5FD/1ejfy9DRrP/vWzHBw==
        -----END PRIVATE KEY-----
        """
    static let rsa1024Public = """
        -----BEGIN PUBLIC KEY-----
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCqAdhI0iHLulMOtZCMP3rEpFgD
        nnX3fe8z7PL9br7t1cpqBdhzydpjmjUKVSPRFtqfibdBLX/62yAJ0JiyxXNUTOIL
        Abve8hW4i3OtJK1Wlz4b3ug7+OOhF/Cj7xQcuvddWetSA7a4s7tueJAYebnza0Ye
        UFXsdCL02v1ssU9iowIDAQAB
        -----END PUBLIC KEY-----
        """
    static let secp256k1Public = """
        -----BEGIN PUBLIC KEY-----
        MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAE6T1JPs7aYBUMB2g9UzY0RN4ouktS43jE
        Nn/FuPv8i/HuBJhCJfIuwt2cHFzLU/aVFroNMxs9EH1Vp/ocXoy6Qg==
        -----END PUBLIC KEY-----
        """
    /// The key of `p256`, its curve spelled out in parameters instead of named.
    static let explicitCurvePublic = """
        -----BEGIN PUBLIC KEY-----
        MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA
        AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////
        ///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd
        NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5
        RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA
        //////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABNXr9sjr26ZNE5rVFn1hXL7L
        VqDQt6TrKmRjoGAZdJ+BK6dg9CZHyUxgz3Nts0RUjchjgKw7ipe9EpmmoEZRPas=
        -----END PUBLIC KEY-----
        """
    static let p256Certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBdDCCARmgAwIBAgIUdAuoUGsw6/nmrXhINNYMtgCe5L8wCgYIKoZIzj0EAwIw
        DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjEwODEyMzVaFw0zNjExMTgwODEyMzVa
        MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATV6/bI
        69umTROa1RZ9YVy+y1ag0Lek6ypkY6BgGXSfgSunYPQmR8lMYM9zbbNEVI3IY4Cs
        O4qXvRKZpqBGUT2ro1MwUTAdBgNVHQ4EFgQUnFUeyaljTSq+3jyOjKt1S6Vinhww
        HwYDVR0jBBgwFoAUnFUeyaljTSq+3jyOjKt1S6VinhwwDwYDVR0TAQH/BAUwAwEB
        /zAKBggqhkjOPQQDAgNJADBGAiEAwm6wYKiZ5oYXxBmorMpafRpQ5dyq3Vx8F0lf
        RiAqH/8CIQDBR01osRTVZArWIG//AE4uxNo9Cy2PwH95r9qL384fEg==
        -----END CERTIFICATE-----
        """
}
