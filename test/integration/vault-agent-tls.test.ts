/** The node service and the TLS files: fetched at boot, renewed under a running server, refused where they are wrong. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { after, before, describe, it } from "mocha";
import { PORTS } from "../../components/vault-cluster/node/settings";
import { until } from "../../tools/services/vault-cluster";
import { makeClusterTls } from "../../tools/services/vault-tls";
import { agentClusterOrSkip, type AgentCluster, type ServedNode } from "../support/vault-agents";

/** The secret's JSON. */
interface TlsTexts {
    readonly certificate: string;
    readonly privateKey: string;
    readonly authorities: string;
}

describe("the node service and the TLS files", function () {
    this.timeout(120_000);
    const directory = mkdtempSync(join(tmpdir(), "portcullis-agents-"));
    let agents: AgentCluster;
    let served: ServedNode;
    let secrets: readonly string[] = [];

    before(async function () {
        // A look at the secret every five seconds.
        agents = await agentClusterOrSkip(this, { directory, nodes: 1, pace: 120 });
        served = await agents.leader();
    });

    after(async () => {
        await (agents as AgentCluster | undefined)?.close();
        rmSync(directory, { recursive: true, force: true });
    });

    /** New texts, whose key no output may hold. */
    const issue = (tls = agents.cluster.tls): TlsTexts => {
        const texts = JSON.parse(tls.issue()) as TlsTexts;
        secrets = [...secrets, ...keyLines(texts)];
        return texts;
    };
    const put = (texts: TlsTexts): Promise<void> => agents.putSecret(JSON.stringify(texts));
    /** The serial number of the certificate at one of the node's ports. */
    const serialAt = (port: number): Promise<string> =>
        new Promise((resolve, reject) => {
            const { authorities, serverName } = agents.cluster.tls;
            const socket = connect(
                { host: served.node.address, port, ca: authorities, servername: serverName },
                () => {
                    resolve(socket.getPeerCertificate().serialNumber);
                    socket.end();
                },
            );
            socket.on("error", reject);
        });

    it("renews under a running server: a new serial, the same process, and no failed request", async () => {
        const { cluster } = agents;
        const { pid } = served.node.process();
        const first = await serialAt(PORTS.api);
        const state = { running: true };
        const failed: unknown[] = [];
        let count = 0;
        const client = (async () => {
            for (; state.running; count++)
                await served.node.ask("GET", "sys/mounts", { token: cluster.token }).then(
                    ({ status }) => {
                        if (status !== 200) failed.push(status);
                    },
                    (error: unknown) => {
                        failed.push(error);
                    },
                );
        })();
        const texts = issue();
        await put(texts);
        const wanted = new X509Certificate(texts.certificate).serialNumber;
        await until(
            `the new certificate is served: ${served.log()}`,
            20_000,
            async () => (await serialAt(PORTS.api)) === wanted,
        );
        await until(
            "the service serves it too",
            10_000,
            async () => (await serialAt(PORTS.health)) === wanted,
        );
        state.running = false;
        await client;
        assert.notEqual(wanted, first);
        assert.deepEqual(failed, []);
        assert.ok(count > 50, `only ${count} requests`);
        assert.ok(served.node.isRunning());
        assert.equal(served.node.process().pid, pid);
        assert.equal(reloads(), 1);
        await until("it has been logged", 5_000, () =>
            Promise.resolve(served.log().includes("the server serves certificate")),
        );
    });

    it("reloads a server that missed the renewal", async () => {
        const texts = issue();
        // As if the service had been killed between the two.
        agents.cluster.tls.install(JSON.stringify(texts));
        await put(texts);
        const wanted = new X509Certificate(texts.certificate).serialNumber;
        await until(
            `the certificate is served: ${served.log()}`,
            20_000,
            async () => (await serialAt(PORTS.api)) === wanted,
        );
        assert.equal(reloads(), 2);
    });

    it("refuses what is wrong, says why, and keeps the files and the certificate", async () => {
        const good = issue();
        const foreign = makeClusterTls(join(directory, "foreign"), agents.cluster.tls.serverName);
        const misnamed = issue(makeClusterTls(join(directory, "misnamed"), "other.cluster.test"));
        const wrong: readonly (readonly [secret: string, reason: RegExp])[] = [
            [JSON.stringify({ ...good, privateKey: issue().privateKey }), /SSLError: .*KEY_VALUES_MISMATCH/i],
            [
                JSON.stringify({ ...issue(foreign), authorities: good.authorities }),
                /SSLCertVerificationError: .*self.signed|SSLCertVerificationError: .*unable to get/i,
            ],
            [JSON.stringify(misnamed), /SSLCertVerificationError: .*Hostname mismatch/],
            [
                JSON.stringify({ certificate: good.certificate }),
                /Failure: the secret is no JSON of the PEM texts/,
            ],
            [good.privateKey, /Failure: the secret is no JSON of the PEM texts/],
        ];
        const before = filesIn(join(directory, "tls"));
        const serial = await serialAt(PORTS.api);
        for (const [secret, reason] of wrong) {
            await agents.putSecret(secret);
            await until(`it says ${reason.source}: ${served.log()}`, 20_000, () =>
                Promise.resolve(reason.test(lastLine(served.log()))),
            );
            assert.deepEqual(filesIn(join(directory, "tls")), before);
        }
        assert.equal(await serialAt(PORTS.api), serial);
        assert.equal(reloads(), 2);
        await put(good);
        await until(
            "it goes on",
            20_000,
            async () => (await serialAt(PORTS.api)) === new X509Certificate(good.certificate).serialNumber,
        );
    });

    it("goes on in a new session where the metadata service has ended the last one", async () => {
        const asked = served.metadata.requests().length;
        served.metadata.endSessions();
        await until("there is a session again", 5_000, () =>
            Promise.resolve(served.metadata.requests().slice(asked).includes("PUT /latest/api/token 200")),
        );
        await until("it is used", 5_000, () =>
            Promise.resolve(/ 200$/.test(served.metadata.requests().at(-1) ?? "")),
        );
        assert.deepEqual(
            served.metadata.requests().filter((line) => / (400|403|405)$/.test(line)),
            [],
        );
    });

    it("fetches at boot: all three files, for the folder's group alone, and without a word", async () => {
        const folder = join(directory, "boot");
        mkdirSync(folder);
        const good = issue();
        await put(good);
        const said = await served.run("fetch-tls", { PORTCULLIS_TLS: folder });
        assert.deepEqual(said, { code: 0, output: "portcullis-agent: tls: new files are in place\n" });
        assert.deepEqual(filesIn(folder), {
            "authorities.pem": good.authorities,
            "certificate.pem": good.certificate,
            "private-key.pem": good.privateKey,
        });
        for (const file of Object.keys(filesIn(folder)))
            assert.equal(statSync(join(folder, file)).mode & 0o777, 0o640);
        assert.deepEqual(await served.run("fetch-tls", { PORTCULLIS_TLS: folder }), { code: 0, output: "" });
        await put(issue());
        assert.equal((await served.run("fetch-tls", { PORTCULLIS_TLS: folder })).code, 0);
        // The links, the link to the folder, and that folder: the last one is gone.
        assert.equal(readdirSync(folder).length, 5);
    });

    it("leaves an empty folder empty where the secret is wrong, and fails", async () => {
        const folder = join(directory, "empty");
        mkdirSync(folder);
        await put({ ...issue(), privateKey: issue().privateKey });
        const { code, output } = await served.run("fetch-tls", { PORTCULLIS_TLS: folder });
        assert.equal(code, 1);
        assert.match(output, /^portcullis-agent: SSLError: .*KEY_VALUES_MISMATCH.*\n$/i);
        assert.deepEqual(readdirSync(folder), []);
        assert.deepEqual(
            await served.run("fetch-tls", {
                PORTCULLIS_TLS: folder,
                AWS_ENDPOINT_URL_SECRETS_MANAGER: agents.scaling.url,
            }),
            {
                code: 1,
                output: "portcullis-agent: Failure: secretsmanager answered HTTP 403 SignatureDoesNotMatch\n",
            },
        );
    });

    it("has put no line of any key in its log", () => {
        assert.ok(secrets.length > 10);
        for (const line of secrets) assert.ok(!served.log().includes(line));
    });

    function reloads(): number {
        const text = readFileSync(join(directory, `${served.node.id}.systemctl.log`), "utf8");
        return text.split("\n").filter((line) => line === "reload openbao.service").length;
    }
});

/** The lines of a key that say something. */
function keyLines({ privateKey }: TlsTexts): readonly string[] {
    return privateKey.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
}

/** The texts that the server would read, by their names. */
function filesIn(folder: string): Readonly<Record<string, string>> {
    return Object.fromEntries(
        ["authorities.pem", "certificate.pem", "private-key.pem"].map((file) => {
            const path = join(folder, file);
            lstatSync(path);
            return [file, readFileSync(path, "utf8")] as const;
        }),
    );
}

function lastLine(text: string): string {
    return text.trimEnd().split("\n").at(-1) ?? "";
}
