"""Prepares this instance to be a node: run at each start of the machine by portcullis-boot.service.

Everything here may be run again: what is in place stays as it is. A failure ends the program, and systemd starts it
again. Python 3.8 and its standard library are all that it needs.
"""
import hashlib
import ipaddress
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
import zipfile

LIBRARY = "/usr/local/lib/portcullis"
METADATA = "http://169.254.169.254/latest"
# Seconds: for the metadata service, which is on the machine, and for the secret with the TLS files.
PATIENCE = {"metadata": 60, "secret": 300}


def say(text):
    print("portcullis-boot: " + text, flush=True)


def insist(what, seconds, work):
    """Repeats work until it succeeds or its time is up, and gives what it gave."""
    end, pause = time.monotonic() + seconds, 1
    while True:
        try:
            return work()
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            if time.monotonic() + pause > end:
                sys.exit("portcullis-boot: %s failed for %d seconds: %s" % (what, seconds, error))
            say("%s failed, and is tried again: %s" % (what, error))
        time.sleep(pause)
        pause = min(pause * 2, 10)


def metadata():
    """The instance's id and private address, by a session of IMDSv2. An answer that is no success is an error."""
    # No proxy has any business with this address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(path, method, headers):
        request = urllib.request.Request(METADATA + path, method=method, headers=headers)
        with opener.open(request, timeout=5) as answer:
            return answer.read(4096).decode("ascii")

    token = ask("/api/token", "PUT", {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    session = {"X-aws-ec2-metadata-token": token}
    instance = ask("/meta-data/instance-id", "GET", session)
    if not re.fullmatch("i-[0-9a-f]{8,17}", instance):
        raise ValueError("the metadata service gives no instance id")
    # Throws where it is no address; a configuration takes nothing else.
    address = str(ipaddress.IPv4Address(ask("/meta-data/local-ipv4", "GET", session)))
    return {"@NODE_ID@": instance, "@ADDRESS@": address}


def account(name):
    """The system user of this name, made where there is none."""
    try:
        return pwd.getpwnam(name)
    except KeyError:
        home = "/var/lib/" + name
        subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home"]
            + ["--home-dir", home, "--shell", "/usr/sbin/nologin", name],
            check=True,
        )
        return pwd.getpwnam(name)


def folder(path, mode, uid, gid):
    os.makedirs(path, mode=0o755, exist_ok=True)
    os.chown(path, uid, gid)
    os.chmod(path, mode)


def place(path, text, mode, uid, gid):
    """Puts a whole file in place at once, with its mode from the first byte on."""
    fd, draft = tempfile.mkstemp(dir=os.path.dirname(path))
    try:
        with os.fdopen(fd, "w") as file:
            os.fchown(fd, uid, gid)
            os.fchmod(fd, mode)
            file.write(text)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def digest_of(path):
    whole = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            whole.update(part)
    return whole.hexdigest()


def extract(archive, url, program):
    """The file to install: the download, or the program of that name in it."""
    target = archive + ".program"
    if url.endswith(".zip"):
        with zipfile.ZipFile(archive) as packed, packed.open(program) as source, open(target, "wb") as out:
            shutil.copyfileobj(source, out)
    elif url.endswith(".tar.gz"):
        with tarfile.open(archive) as packed, open(target, "wb") as out:
            names = [each for each in packed if each.isfile() and os.path.basename(each.name) == program]
            shutil.copyfileobj(packed.extractfile(names[0]), out)
    else:
        os.replace(archive, target)
    return target


def fetch(binary, path):
    """Installs the server program, unless what is there is what was installed from this very download."""
    record = LIBRARY + "/program.sha256"
    try:
        with open(record) as file:
            wanted, installed = file.read().split()
        if wanted == binary["sha256"] and installed == digest_of(path):
            return
    except (OSError, ValueError):
        pass
    # Beside its place, so that the last step is a rename within one file system.
    with tempfile.TemporaryDirectory(dir=os.path.dirname(path)) as drafts:
        archive = os.path.join(drafts, "download")
        with urllib.request.urlopen(binary["url"], timeout=60) as answer, open(archive, "wb") as out:
            shutil.copyfileobj(answer, out, 1 << 20)
        found = digest_of(archive)
        if found != binary["sha256"]:
            raise ValueError("the server program has the digest %s, not the one declared" % found)
        program = extract(archive, binary["url"], os.path.basename(path))
        os.chmod(program, 0o755)
        installed = digest_of(program)
        os.replace(program, path)
    place(record, found + " " + installed + "\n", 0o644, 0, 0)
    say("the server program is installed")


def tls(settings, files):
    """Lets the node service fetch the TLS files. Where it fails and there are files from before, those serve."""
    command = [sys.executable, LIBRARY + "/agent.py", "fetch-tls"]
    there = all(os.path.exists(path) for path in files)
    if there and subprocess.run(command).returncode == 0:
        return
    if there:
        say("the TLS files could not be fetched: those that are there serve until they can")
        return
    insist("fetching the TLS files", PATIENCE["secret"], lambda: subprocess.run(command, check=True))


def main():
    os.umask(0o022)
    with open("/etc/portcullis/node.json") as file:
        settings = json.load(file)
    with open(LIBRARY + "/places.json") as file:
        places = json.load(file)
    values = insist("reading the instance metadata", PATIENCE["metadata"], metadata)
    user = account(places["user"])
    owner = (user.pw_uid, user.pw_gid)
    folder(places["data"], 0o700, *owner)
    folder(os.path.dirname(places["audit"]), 0o750, *owner)
    folder(os.path.dirname(places["configuration"]), 0o750, 0, user.pw_gid)
    folder(os.path.dirname(places["tls"][0]), 0o750, 0, user.pw_gid)
    if "url" in settings["binary"]:
        insist("fetching the server program", PATIENCE["secret"], lambda: fetch(settings["binary"], places["program"]))
    with open(LIBRARY + "/server.hcl") as file:
        text = file.read()
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    place(places["configuration"], text, 0o640, 0, user.pw_gid)
    tls(settings, places["tls"])
    units = [places["unit"], "portcullis-agent.service"]
    subprocess.run(["systemctl", "enable", "--quiet"] + units, check=True)
    subprocess.run(["systemctl", "start", "--no-block"] + units, check=True)
    say("this node is ready to serve")


if __name__ == "__main__":
    main()
