"""The service of a cluster's node: fetches and renews its TLS files, takes it out of Raft before it is ended, and has
it replaced where it can never come back. Python 3.8 and its standard library are all that it needs.

    agent.py [--settings /etc/portcullis/node.json] fetch-tls | run

For tests, in the environment: AWS_EC2_METADATA_SERVICE_ENDPOINT, AWS_ENDPOINT_URL_SECRETS_MANAGER,
AWS_ENDPOINT_URL_AUTO_SCALING and AWS_ENDPOINT_URL_EC2 in place of AWS's own addresses; PORTCULLIS_TLS, the folder of
the TLS files; PORTCULLIS_SYSTEMCTL, the program that reloads and stops the server; PORTCULLIS_PACE, by which all pauses
are divided. What is carried to nodes has neither comments nor docstrings, so each stands on lines of its own.
"""
from __future__ import annotations

import argparse
import concurrent.futures
import datetime
import hashlib
import hmac
import http.client
import http.server
import json
import math
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any, Callable, FrozenSet, Mapping, NamedTuple, Sequence
from urllib.parse import urlencode, urlsplit

TLS = os.environ.get("PORTCULLIS_TLS", "/etc/portcullis/tls")
PACE = float(os.environ.get("PORTCULLIS_PACE", "1"))
API, HEALTH = 8200, 8202
# Seconds between two looks at the notices, at Raft's members and at the secret, and between two extensions of the hook.
NOTICES, MEMBERS, RENEWAL, EXTENSION = 2, 20, 600, 15
# Seconds for which a termination is held up where leaving is unsafe, for which one connection may be silent, and in
# which a node takes a connection that is alive: they are near one another.
HOLD, SILENCE, NEAR = 3600, 5, 0.5
# Seconds of each voter's turn to leave, by the clock, for two that decided at once could leave too few together; and of
# its end, in which nothing is sent any more: until the next one's turn the removal is to be done, and clocks differ.
TURN, LATE = 2, 0.5
# Seconds for which a node keeps a lead that has come to it: longer than a server that handed it over takes no lead
# back, which is ten, and long enough for that one to have its turn and leave. Two that are to be ended at once would
# else pass the lead to and fro, and nobody would be active for most of the time.
LEAD = 20
# Looks at Raft's members, one after another, that have to agree before the node is given up.
LOOKS = 3
# Under the names in the secret.
FILES = {"certificate": "certificate.pem", "privateKey": "private-key.pem", "authorities": "authorities.pem"}
# Services that take a form: the version of the API.
VERSIONS = {"autoscaling": "2011-01-01", "ec2": "2016-11-15"}
said: dict[str, str] = {}
Texts = Mapping[str, str]


class Failure(Exception):
    pass


class View(NamedTuple):
    """Raft as its active node tells it: that node's host, when it became active (RFC 3339), and ids of nodes."""

    active: str
    since: str
    leader: str
    members: FrozenSet[str]
    voters: FrozenSet[str]
    # Healthy for autopilot, which learns of a death within ten seconds, and taking connections now.
    alive: FrozenSet[str]


def refusal(voters: FrozenSet[str], alive: FrozenSet[str], node: str, nodes: int) -> str:
    """Why the node may not leave a cluster that is declared with so many nodes; empty where it may."""
    rest = voters - {node}
    up, quorum = len(rest & alive), len(rest) // 2 + 1
    if up < quorum:
        return f"{up} of the {len(rest)} other voters are alive, and {quorum} are needed"
    if len(rest) < nodes // 2 + 1:
        return f"{len(rest)} voters would remain of a cluster of {nodes}"
    return ""


def next_turn(voters: Sequence[str], node: str, now: float, length: float) -> float:
    """When the node's next turn begins: all who see these voters reckon alike, and no two turns overlap."""
    return now + (voters.index(node) * length - now) % (len(voters) * length)


def led_for(since: str, now: float) -> float:
    """For how many seconds a node has been active since then; endless where that is not told."""
    try:
        text = re.sub(r"\.\d+", "", since).replace("Z", "+00:00")
        return now - datetime.datetime.fromisoformat(text).timestamp()
    except ValueError:
        return math.inf


def is_lost(server: str, joined: bool, view: View | None, node: str) -> bool:
    """Whether the node can never come back by itself: a cluster with quorum, in which it was, goes on without it.

    A sealed server may be unsealed, and one that is not initialised may be about to join: neither is given up.
    """
    if view is None or node in view.members or len(view.voters & view.alive) <= len(view.voters) // 2:
        return False
    return server == "open" or (server == "silent" and joined)


def say(topic: str, text: str) -> None:
    """Logs the text, unless it is what was said last on its topic. No text holds a secret."""
    if said.get(topic) != text:
        said[topic] = text
        print(f"portcullis-agent: {topic}: {text}", file=sys.stderr, flush=True)


def exchange(
    method: str,
    url: str,
    headers: Texts,
    body: bytes = b"",
    tls: ssl.SSLContext | None = None,
    name: str = "",
    end: float = math.inf,
) -> tuple[int, bytes]:
    """One request, by no proxy. Redirects are not followed: they could carry a token away.

    A server at `https:` is to have a certificate for the name, or else for its host. Past its end it is not sent.
    """
    at = urlsplit(url)
    secure = at.scheme == "https"
    host, port = at.hostname or "", at.port or (443 if secure else 80)
    connection = http.client.HTTPConnection(host, port, timeout=SILENCE)
    try:
        connection.connect()
        if secure:
            tls = tls or ssl.create_default_context()
            connection.sock = tls.wrap_socket(connection.sock, server_hostname=name or host)
        # Here and not before: signing in and connecting take time, and the process may have been stopped meanwhile.
        if time.time() > end:
            raise Failure("the turn to leave is over")
        connection.request(method, at.path or "/", body or None, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def signed(region: str, service: str, headers: Texts, body: bytes, keys: Texts, now: str) -> dict[str, str]:
    """The headers, named in lower case, of a POST to `/`, signed by Signature Version 4 now, as 20260101T000000Z."""
    every = {**headers, "x-amz-date": now, "x-amz-security-token": keys["Token"]}
    names = ";".join(sorted(every))
    lines = [f"{name}:{every[name]}" for name in sorted(every)]
    request = "\n".join(["POST", "/", "", *lines, "", names, hashlib.sha256(body).hexdigest()])
    scope = [now[:8], region, service, "aws4_request"]
    text = "\n".join(["AWS4-HMAC-SHA256", now, "/".join(scope), hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + keys["SecretAccessKey"]).encode()
    for part in [*scope, text]:
        key = hmac.new(key, part.encode(), "sha256").digest()
    credential = "/".join([keys["AccessKeyId"], *scope])
    every["authorization"] = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={key.hex()}"
    return every


class Cloud:
    """The instance's metadata, by sessions of IMDSv2, and AWS, called as the instance's role."""

    session = ""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings

    def metadata(self, path: str) -> str:
        """The text at a path below meta-data; empty where there is none."""
        url = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254") + "/latest/"
        for _ in range(2):
            status, body = exchange("GET", f"{url}meta-data/{path}", {"x-aws-ec2-metadata-token": self.session})
            if status != 401:
                break
            status, body = exchange("PUT", url + "api/token", {"x-aws-ec2-metadata-token-ttl-seconds": "21600"})
            self.session = body.decode() if status == 200 else ""
        if status not in (200, 404):
            raise Failure(f"the instance metadata answered HTTP {status} to {path}")
        return body.decode() if status == 200 else ""

    def call(self, service: str, headers: Texts, body: bytes) -> bytes:
        role = self.metadata("iam/security-credentials/")
        keys = json.loads(self.metadata("iam/security-credentials/" + role) or "{}")
        if "Token" not in keys:
            raise Failure("the instance has no role")
        region = self.settings["region"]
        name = {"secretsmanager": "SECRETS_MANAGER", "autoscaling": "AUTO_SCALING"}.get(service, "EC2")
        own = f"https://{service}.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")
        url = os.environ.get("AWS_ENDPOINT_URL_" + name, own)
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = signed(region, service, {**headers, "host": urlsplit(url).netloc}, body, keys, now)
        status, answer = exchange("POST", url, headers, body)
        if status != 200:
            # The kind of the refusal alone, for its message may quote what was sent.
            kind = re.search(rb'(?:<Code>|"__type": ?")([\w.#]+)', answer)
            raise Failure(f"{service} answered HTTP {status} {kind[1].decode() if kind else ''}")
        return answer

    def form(self, service: str, action: str, parameters: Texts) -> str:
        """A call of a service that takes forms."""
        body = urlencode({"Action": action, "Version": VERSIONS[service], **parameters}).encode()
        return self.call(service, {"content-type": "application/x-www-form-urlencoded"}, body).decode()

    def hosts(self) -> list[str]:
        """The addresses of the cluster's running instances."""
        tag = {"Filter.1.Name": "tag:portcullis:vault-cluster", "Filter.1.Value.1": self.settings["clusterName"]}
        state = {"Filter.2.Name": "instance-state-name", "Filter.2.Value.1": "running"}
        answer = self.form("ec2", "DescribeInstances", {**tag, **state})
        return sorted(set(re.findall(r"<privateIpAddress>([\d.]+)<", answer)))

    def tls_files(self) -> dict[str, str]:
        """The TLS files' texts, by file name."""
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.GetSecretValue"}
        answer = self.call("secretsmanager", headers, json.dumps({"SecretId": self.settings["tlsSecretArn"]}).encode())
        try:
            secret = json.loads(json.loads(answer)["SecretString"])
            return {file: "" + secret[key] for key, file in FILES.items()}
        except (KeyError, TypeError, ValueError):
            raise Failure("the secret is no JSON of the PEM texts " + ", ".join(FILES)) from None


def side(protocol: int, folder: str) -> ssl.SSLContext:
    """A server's or a client's side of TLS with the files of a folder."""
    context = ssl.SSLContext(protocol)
    # With a password, lest the library asks a terminal for that of an encrypted key.
    context.load_cert_chain(folder + "/certificate.pem", folder + "/private-key.pem", "")
    context.load_verify_locations(folder + "/authorities.pem")
    return context


def check(folder: str, name: str) -> None:
    """Raises ssl.SSLError unless key and certificate match, and two nodes with these files accept each other."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    demanding = side(ssl.PROTOCOL_TLS_SERVER, folder)
    demanding.verify_mode = ssl.CERT_REQUIRED
    server = demanding.wrap_bio(there, back, True)
    client = side(ssl.PROTOCOL_TLS_CLIENT, folder).wrap_bio(back, there, False, name)
    for end in (client, server, client, server):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            pass
    client.do_handshake()
    server.do_handshake()


def install(texts: Texts, name: str) -> None:
    """Puts the TLS files in place, all at once: they are links through `..current`, a link to a folder of all three."""
    try:
        if all(open(f"{TLS}/{file}").read() == text for file, text in texts.items()):
            return
    except OSError:
        pass
    # Whose group is to read them.
    group = os.stat(TLS).st_gid
    draft = tempfile.mkdtemp("", "..", TLS)
    try:
        for file, text in texts.items():
            with open(f"{draft}/{file}", "w") as out:
                out.write(text)
            os.chmod(out.name, 0o640)
            os.chown(out.name, -1, group)
        os.chmod(draft, 0o750)
        os.chown(draft, -1, group)
        check(draft, name)
        link(os.path.basename(draft), "..current")
    except BaseException:
        shutil.rmtree(draft)
        raise
    for file in texts:
        link("..current/" + file, file)
    for entry in os.scandir(TLS):
        if entry.name.startswith("..") and entry.is_dir(follow_symlinks=False) and entry.path != draft:
            shutil.rmtree(entry.path)
    say("tls", "new files are in place")


def link(target: str, name: str) -> None:
    """Makes the name a link to the target, whatever it was."""
    draft = tempfile.mktemp("", "..", TLS)
    os.symlink(target, draft)
    os.replace(draft, f"{TLS}/{name}")


class Cluster:
    """The cluster's API, signed in to with the node's certificate."""

    token, old = "", 0.0

    def __init__(self, cloud: Cloud, address: str) -> None:
        self.cloud, self.address, self.name = cloud, address, cloud.settings["serverName"]

    def call(self, host: str, method: str, path: str, body: Any = None, end: float = math.inf) -> tuple[int, Any]:
        """Status and answer of a call; 0 where there is none."""
        text = json.dumps(body).encode() if body else b""
        try:
            tls = side(ssl.PROTOCOL_TLS_CLIENT, TLS)
            url = f"https://{host}:{API}/v1/{path}"
            status, answer = exchange(method, url, {"x-vault-token": self.token}, text, tls, self.name, end)
            return status, json.loads(answer or "{}")
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}

    def ask(self, host: str, method: str, path: str, body: Any = None, end: float = math.inf) -> Any:
        """A call that needs a token, by a new one where there is none, or it is past half its life or refused."""
        for due in (time.monotonic() > self.old, True):
            if due:
                self.token = ""
                status, answer = self.call(host, "POST", "auth/cert/login", {"name": "node"})
                if status != 200:
                    raise Failure(f"signing in to the cluster: HTTP {status}")
                self.token = answer["auth"]["client_token"]
                self.old = time.monotonic() + answer["auth"]["lease_duration"] / 2
            status, answer = self.call(host, method, path, body, end)
            if status != 403:
                break
        if status not in (200, 204):
            raise Failure(f"{method} {path}: HTTP {status}")
        return answer.get("data") or {}

    def server(self) -> str:
        """What this node's server is: open, sealed, or uninitialised; silent where it does not answer."""
        status, answer = self.call(self.address, "GET", "sys/health")
        if status == 0:
            return "silent"
        return "uninitialised" if not answer.get("initialized") else "sealed" if answer.get("sealed") else "open"

    def active(self, first: str) -> tuple[str, str]:
        """The host that says of itself that it is active, or nothing, and since when: asked is the first, and whoever
        is named by one that was asked; all others only where that ends nowhere.
        """
        hosts, asked = [first], [""]
        for find in (list, self.cloud.hosts):
            hosts += find()
            while hosts:
                host = hosts.pop()
                if host not in asked:
                    asked.append(host)
                    answer = self.call(host, "GET", "sys/leader")[1]
                    if answer.get("is_self"):
                        return host, answer.get("active_time") or ""
                    hosts.append(urlsplit(answer.get("leader_address") or "").hostname or "")
        return "", ""

    def view(self, first: str = "") -> View | None:
        """Raft now. Only the active node knows: a standby, above all one that was removed, tells of the past."""
        host, since = self.active(first or self.address)
        if not host:
            return None
        states = self.ask(host, "GET", "sys/storage/raft/autopilot/state").get("servers") or {}
        healthy = {state["id"]: state["address"] for state in states.values() if state["healthy"]}
        # All at once: one after another, those that are gone would take up the turn of a node that may leave.
        with concurrent.futures.ThreadPoolExecutor(len(healthy) or 1) as pool:
            alive = {each for each, there in zip(healthy, pool.map(reachable, healthy.values())) if there}
        # Read last, so that little can change between it and what is decided by it.
        servers = self.ask(host, "GET", "sys/storage/raft/configuration")["config"]["servers"]
        return View(
            host,
            since,
            "".join(each["node_id"] for each in servers if each["leader"]),
            frozenset(each["node_id"] for each in servers),
            frozenset(each["node_id"] for each in servers if each["voter"]),
            frozenset(alive),
        )


def reachable(address: str) -> bool:
    host, port = address.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), NEAR).close()
        return True
    except OSError:
        return False


class Node:
    """This node: what it was told, and what it has done so far."""

    joined = left = lost = warned = stopped = completed = reported = False
    absences = 0
    noticed = extended = 0.0

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings, self.cloud = settings, Cloud(settings)
        self.id, self.address = self.cloud.metadata("instance-id"), self.cloud.metadata("local-ipv4")
        self.cluster = Cluster(self.cloud, self.address)
        self.own = side(ssl.PROTOCOL_TLS_SERVER, TLS)

    def heed(self) -> None:
        """Looks at the notices, and takes the next step that they and the cluster ask for. It may be killed after any."""
        hook = self.cloud.metadata("autoscaling/target-lifecycle-state") == "Terminated"
        if not hook and not self.cloud.metadata("spot/instance-action"):
            # A rebalance recommendation: its replacement is started first, and the lifecycle hook follows that.
            if not self.warned and self.cloud.metadata("events/recommendations/rebalance"):
                self.step_down(self.cluster.view())
            return
        now = time.monotonic()
        self.noticed, self.extended = self.noticed or now, self.extended or now
        say("notice", "this instance will be ended" + (": its lifecycle hook holds that up" if hook else ""))
        try:
            self.left = self.left or self.leave()
        finally:
            # Whatever keeps the node from leaving, a refused sign-in too, holds up the end of its instance.
            due = now - self.noticed < HOLD / PACE and now - self.extended > EXTENSION / PACE
            if hook and due and not self.left:
                self.act("RecordLifecycleActionHeartbeat", {})
                self.extended = now
        if self.left:
            self.stop()
            if hook and not self.completed:
                self.act("CompleteLifecycleAction", {"LifecycleActionResult": "CONTINUE"})
                self.completed = True
                say("leaving", "the lifecycle hook is completed")

    def leave(self) -> bool:
        """Takes the next step out of Raft; whether the node is out."""
        nodes = self.settings["nodes"]
        view = self.cluster.view()
        if view is None:
            say("leaving", "no active node answers")
            # A cluster of one has nobody to leave, and a server without data is no member.
            return nodes == 1 or self.cluster.server() == "uninitialised"
        if nodes == 1 or self.id not in view.members:
            say("leaving", "this node is out of Raft")
            return True
        refused = refusal(view.voters, view.alive, self.id, nodes)
        if refused:
            say("leaving", "this node stays in Raft: " + refused)
        if view.leader == self.id and not (refused and self.warned):
            self.step_down(view)
        elif not refused:
            return self.take_turn(view)
        return False

    def take_turn(self, before: View) -> bool:
        """Leaves in this node's turn, if Raft is then as it was before and still lets it go; whether it has left."""
        voters = sorted(before.voters | {self.id})
        start = next_turn(voters, self.id, time.time(), TURN / PACE)
        time.sleep(max(0, start - time.time()))
        view = self.cluster.view(before.active)
        if view is None or view.leader == self.id or sorted(view.voters | {self.id}) != voters:
            return False
        if refusal(view.voters, view.alive, self.id, self.settings["nodes"]):
            return False
        end = start + (TURN - LATE) / PACE
        # Answered once it is done.
        self.cluster.ask(view.active, "POST", "sys/storage/raft/remove-peer", {"server_id": self.id}, end)
        say("leaving", "this node has left Raft")
        return True

    def step_down(self, view: View | None) -> None:
        """Hands over the lead where this node has it, for a standby would pass the call on, and another can take it."""
        if view and view.leader == self.id:
            if led_for(view.since, time.time()) < LEAD / PACE:
                return say("leaving", "this node keeps a lead that has just come to it")
            if view.voters & view.alive - {self.id}:
                say("leaving", "this node hands over the lead")
                self.cluster.ask(self.address, "PUT", "sys/step-down")
        self.warned = True

    def act(self, action: str, more: Texts) -> None:
        """An action on this instance's lifecycle hook."""
        group, hook = self.settings["clusterName"], self.settings["lifecycleHook"]
        names = {"AutoScalingGroupName": group, "LifecycleHookName": hook, "InstanceId": self.id}
        self.cloud.form("autoscaling", action, {**names, **more})

    def examine(self) -> None:
        """Compares the node with Raft's members, and has it replaced where it can never come back."""
        if self.left:
            return
        view = self.cluster.view()
        self.joined = self.joined or (view is not None and self.id in view.members)
        self.absences = self.absences + 1 if is_lost(self.cluster.server(), self.joined, view, self.id) else 0
        self.lost = self.absences >= LOOKS
        if self.lost and not self.reported:
            say("members", "Raft has removed this node, which cannot come back: it is to be replaced")
            # Told before the server is stopped: once that is silent, a service that starts anew could not see it.
            verdict = {"InstanceId": self.id, "HealthStatus": "Unhealthy", "ShouldRespectGracePeriod": "false"}
            self.cloud.form("autoscaling", "SetInstanceHealth", verdict)
            self.reported = True
            self.stop()

    def stop(self) -> None:
        """Stops the server, once: out of Raft it would go on to answer reads, from data that no longer changes."""
        if not self.stopped:
            self.stopped = True
            self.systemctl("stop")

    def systemctl(self, verb: str) -> None:
        program = os.environ.get("PORTCULLIS_SYSTEMCTL", "systemctl")
        subprocess.run([program, verb, self.settings["product"] + ".service"], check=True, timeout=60)

    def renew(self) -> None:
        """Takes over the TLS files from the secret, and sees that the server serves them."""
        texts = self.cloud.tls_files()
        install(texts, self.settings["serverName"])
        self.own.load_cert_chain(TLS + "/certificate.pem", TLS + "/private-key.pem", "")
        pem = re.search("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", texts["certificate.pem"], re.S)
        leaf = ssl.PEM_cert_to_DER_cert(pem[0]) if pem else b""
        if self.served() in (leaf, b""):
            return
        self.systemctl("reload")
        for _ in range(50):
            if self.served() == leaf:
                say("tls", "the server serves certificate " + hashlib.sha256(leaf).hexdigest())
                return
            time.sleep(0.2)
        raise Failure("the server was told to reload, and still serves another certificate")

    def served(self) -> bytes:
        """The certificate that the server serves, be it good or not; empty where it does not answer."""
        anyone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
        try:
            with anyone.wrap_socket(socket.create_connection((self.address, API), SILENCE)) as tls:
                return tls.getpeercert(True) or b""
        except OSError:
            return b""

    def serve(self) -> None:
        """Answers `/replacement` for ever: 200, or 503 where the node can never come back."""
        node = self

        class Answer(http.server.BaseHTTPRequestHandler):
            timeout = SILENCE

            def do_GET(self) -> None:
                status = 404 if self.path != "/replacement" else 503 if node.lost or node.left else 200
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        with http.server.ThreadingHTTPServer((self.address, HEALTH), Answer) as server:
            # The handshake is left to each connection's thread, lest one that never ends it holds up all others.
            server.socket = self.own.wrap_socket(server.socket, True, False)
            server.serve_forever()


def repeat(topic: str, pause: float, work: Callable[[], None]) -> None:
    """Does the work for ever. A failure is logged, and the next round is another try."""
    while True:
        try:
            work()
        except Exception as error:
            say(topic, f"{type(error).__name__}: {error}")
        time.sleep(pause / PACE)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", default="/etc/portcullis/node.json")
    parser.add_argument("command", choices=["fetch-tls", "run"])
    chosen = parser.parse_args()
    with open(chosen.settings) as file:
        settings = json.load(file)
    try:
        if chosen.command == "fetch-tls":
            return install(Cloud(settings).tls_files(), settings["serverName"])
        node = Node(settings)
    except (Failure, OSError, http.client.HTTPException) as error:
        sys.exit(f"portcullis-agent: {type(error).__name__}: {error}")
    for work in (("members", MEMBERS, node.examine), ("tls", RENEWAL, node.renew), ("health", NOTICES, node.serve)):
        threading.Thread(target=repeat, args=work, daemon=True).start()
    repeat("notices", NOTICES, node.heed)


if __name__ == "__main__":
    main()
