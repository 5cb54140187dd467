"""AWS as moto speaks it, with every signature checked, and the servers that hand out its keys to machines.

Prints one line of JSON: the ports and a user's keys. Then takes orders on standard input, one JSON object a line, and
answers each with a line: {"set": {"NAME": TEXT}} creates or replaces a secret.
"""

import json
import logging
import os
import sys
import threading
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "1000000"
logging.disable(logging.CRITICAL)

import boto3  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

REGION = "eu-central-1"
ALL = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"}]})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})
READER = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]})

moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
moto.start()
host, port = moto.get_host_and_port()
URL = f"http://127.0.0.1:{port}"


def client(service, keys=None):
    keys = keys or {"aws_access_key_id": "setup", "aws_secret_access_key": "setup"}
    return boto3.client(service, region_name=REGION, endpoint_url=URL, **keys)


def user(name, policy):
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}


iam = client("iam")
admin, reader = user("admin", ALL), user("reader", READER)
role = iam.create_role(RoleName="postern", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
iam.put_role_policy(RoleName="postern", PolicyName="p", PolicyDocument=READER)
# From here on every request must be signed by somebody who may.
plain = {"Content-Type": "text/plain"}
urllib.request.urlopen(urllib.request.Request(f"{URL}/moto-api/reset-auth", b"0", plain, method="POST")).read()
secrets = client("secretsmanager", admin)


class Metadata(BaseHTTPRequestHandler):
    """IMDSv2 of a machine, and the agent of a container."""

    def log_message(self, *arguments):
        pass

    def say(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def assume(self):
        return client("sts", admin).assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]

    def do_POST(self):
        """STS for those without keys, whom moto refuses as soon as it checks signatures; in STS's own XML."""
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        wanted = {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": role,
                  "RoleSessionName": "postern", "DurationSeconds": "3600", "WebIdentityToken": "web-identity-token"}
        if form != wanted or self.headers["Content-Type"] != "application/x-www-form-urlencoded":
            return self.say(400, "<ErrorResponse/>")
        made = self.assume()
        self.say(200, f"""<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult><Audience>sts.amazonaws.com</Audience><Credentials>
          <SessionToken>{made["SessionToken"]}</SessionToken><SecretAccessKey>{made["SecretAccessKey"]}</SecretAccessKey>
          <Expiration>{made["Expiration"].isoformat()}</Expiration><AccessKeyId>{made["AccessKeyId"]}</AccessKeyId>
          </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>""")

    def keys(self):
        made = self.assume()
        self.say(200, json.dumps({
            "Code": "Success", "AccessKeyId": made["AccessKeyId"], "SecretAccessKey": made["SecretAccessKey"],
            "Token": made["SessionToken"], "Expiration": made["Expiration"].isoformat()}))

    def do_PUT(self):
        seconds = int(self.headers.get("X-aws-ec2-metadata-token-ttl-seconds") or 0)
        if self.path != "/latest/api/token" or not 1 <= seconds <= 21600:
            return self.say(400, "")
        self.say(200, "session-of-the-machine==")

    def do_GET(self):
        if self.path == "/creds":
            return self.keys() if self.headers.get("Authorization") == "agent-token" else self.say(401, "")
        if self.headers.get("X-aws-ec2-metadata-token") != "session-of-the-machine==":
            return self.say(401, "")
        folder = "/latest/meta-data/iam/security-credentials/"
        if self.path == folder:
            return self.say(200, "postern")
        self.keys() if self.path == folder + "postern" else self.say(404, "")


metadata = ThreadingHTTPServer(("127.0.0.1", 0), Metadata)
threading.Thread(target=metadata.serve_forever, daemon=True).start()
print(json.dumps({
    "url": URL, "metadata": f"http://127.0.0.1:{metadata.server_port}", "role": role, "region": REGION,
    "id": reader["aws_access_key_id"], "secret": reader["aws_secret_access_key"]}), flush=True)
for line in sys.stdin:
    answer = {}
    for name, value in json.loads(line)["set"].items():
        binary = value.startswith("binary:")
        kind = {"SecretBinary": value[7:].encode()} if binary else {"SecretString": value}
        try:
            answer[name] = secrets.put_secret_value(SecretId=name, **kind)["ARN"]
        except secrets.exceptions.ResourceNotFoundException:
            answer[name] = secrets.create_secret(Name=name, **kind)["ARN"]
    print(json.dumps(answer), flush=True)
