"""A headless Chromium, driven over its debugging pipe: opens pages, types, clicks, looks, takes pictures.

    browser.py CHROMIUM FOLDER < steps.json > facts.json

`steps` is a list of {"do": ..., ...}; the facts are what `read` and `evaluate` steps found, by their "as", and beside
them "faults" (errors, refusals of the content security policy) and "requests" (every URL asked for). The standard
library alone: the pipe needs no web socket.
"""
import base64
import json
import os
import select
import subprocess
import sys
import time

DEADLINE = 60.0


class Browser:
    def __init__(self, program, folder):
        (read_commands, self.write), (self.read, write_events) = os.pipe(), os.pipe()

        def wire():
            # The browser reads commands from 3 and writes events to 4.
            spare = [os.dup(read_commands), os.dup(write_events)]
            os.dup2(spare[0], 3)
            os.dup2(spare[1], 4)

        self.process = subprocess.Popen(
            [
                program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--remote-debugging-pipe", f"--user-data-dir={folder}/profile", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-extensions", "--hide-scrollbars", "--force-color-profile=srgb",
                "--host-resolver-rules=MAP agent.example 127.0.0.1", "about:blank",
            ],
            preexec_fn=wire, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=open(f"{folder}/chromium.log", "w"))
        os.close(read_commands)
        os.close(write_events)
        self.pending, self.number, self.session = b"", 0, None
        self.faults, self.requests = [], []
        page = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + DEADLINE
        while True:
            answer = self.next(end - time.monotonic())
            if answer is None:
                raise SystemExit(f"no answer to {method}")
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]
            self.note(answer)

    def next(self, seconds):
        """The next message, or None where none comes in time."""
        while b"\0" not in self.pending:
            ready, _, _ = select.select([self.read], [], [], max(seconds, 0))
            chunk = os.read(self.read, 1 << 16) if ready else b""
            if not chunk:
                return None
            self.pending += chunk
        message, self.pending = self.pending.split(b"\0", 1)
        return json.loads(message)

    def note(self, event):
        method, params = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.faults.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.faults.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise SystemExit(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, expression):
        end = time.monotonic() + DEADLINE
        while not self.evaluate(expression):
            if time.monotonic() > end:
                seen = self.evaluate("document.body.innerText")
                raise SystemExit(f"never true: {expression}\nthe page says: {seen}\nfaults: {self.faults}")
            time.sleep(0.05)

    def open(self, url):
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def type(self, selector, text):
        self.wait(f"document.querySelector({json.dumps(selector)}) !== null")
        # Focused and selected, so that what is typed replaces what was there.
        self.evaluate(f"(one => {{ one.focus(); one.select(); }})(document.querySelector({json.dumps(selector)}))")
        self.call("Input.insertText", text=text)

    def click(self, selector):
        self.wait(f"document.querySelector({json.dumps(selector)}) !== null")
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def choose(self, selector, value):
        self.evaluate(f"document.querySelector({json.dumps(selector)}).value = {json.dumps(value)}")

    def picture(self, path, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])
        time.sleep(0.3)
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def close(self):
        self.session = None
        try:
            self.call("Browser.close")
        except SystemExit:
            self.process.kill()
        self.process.wait(timeout=DEADLINE)


def run(browser, steps, facts):
    for step in steps:
        what = step["do"]
        if what == "open":
            browser.open(step["url"])
        elif what == "type":
            browser.type(step["at"], step["text"])
        elif what == "choose":
            browser.choose(step["at"], step["text"])
        elif what == "click":
            browser.click(step["at"])
        elif what == "wait":
            browser.wait(step["for"])
        elif what == "sleep":
            time.sleep(step["seconds"])
        elif what == "evaluate":
            facts[step["as"]] = browser.evaluate(step["expression"])
        elif what == "read":
            facts[step["as"]] = browser.evaluate(f"document.querySelector({json.dumps(step['at'])})?.innerText ?? null")
        elif what == "picture":
            browser.picture(step["path"], step.get("width", 1280), step.get("height", 1000))
        else:
            raise SystemExit(f"no such step: {what}")


def main():
    program, folder = sys.argv[1:]
    browser = Browser(program, folder)
    facts = {}
    try:
        run(browser, json.load(sys.stdin), facts)
    finally:
        browser.close()
    facts["faults"], facts["requests"] = browser.faults, sorted(set(browser.requests))
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main()
