/** The client against a TLS server: what is tried again, what is verified, and that nothing secret is in an error. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { nothing, openServer, type ClientParts, type VaultServer } from "../../../../provider/vault/client";
import { VaultRefusal, VaultUnreachable, VaultUnusableAnswer } from "../../../../provider/vault/errors";
import { TestAuthority, type Issued } from "../../../support/vault-certificates";

type Reply = { readonly status: number; readonly body?: string; readonly location?: string } | "cut";

let directory: string;
let authority: TestAuthority;
let alice: Issued;
let server: Server;
let replies: Reply[] = [];
let requests: {
    readonly line: string;
    readonly token: unknown;
    readonly body: string;
    readonly port: unknown;
}[] = [];
const open: VaultServer[] = [];

beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "portcullis-client-"));
    authority = new TestAuthority(directory);
    alice = authority.client("alice");
    const own = authority.server();
    server = createServer(
        { cert: own.certificatePem, key: own.privateKeyPem, ca: authority.certificatePem, requestCert: true },
        (incoming, outgoing) => {
            void textOf(incoming).then((body) => {
                requests.push({
                    line: `${incoming.method ?? ""} ${incoming.url ?? ""}`,
                    token: incoming.headers["x-vault-token"],
                    body,
                    port: incoming.socket.remotePort,
                });
                const reply = replies.shift() ?? { status: 204 };
                if (reply === "cut") incoming.socket.destroy();
                else outgoing.writeHead(reply.status, { location: reply.location ?? "" }).end(reply.body);
            });
        },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(directory, { recursive: true, force: true });
});
afterEach(() => {
    for (const each of open.splice(0)) each.close();
    replies = [];
    requests = [];
});

async function textOf(incoming: IncomingMessage): Promise<string> {
    let text = "";
    for await (const chunk of incoming.setEncoding("utf8")) text += String(chunk);
    return text;
}

const address = (host = "127.0.0.1"): string => `https://${host}:${(server.address() as AddressInfo).port}`;

interface Made {
    readonly vault: VaultServer;
    readonly waits: number[];
}
function make(parts: ClientParts = {}, target: object = {}): Made {
    const waits: number[] = [];
    let clock = 0;
    const vault = openServer(
        { address: address(), caCertificatePem: authority.certificatePem, ...target },
        alice,
        {
            now: () => clock,
            sleep: (ms) => {
                waits.push(ms);
                clock += ms;
                return Promise.resolve();
            },
            ...parts,
        },
    );
    open.push(vault);
    return { vault, waits };
}

const json = (status: number, body: unknown): Reply => ({ status, body: JSON.stringify(body) });
const failure = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
        () => undefined,
        (error: unknown) => error,
    );

test("a call carries its token and body, and its answer is read by the schema", async () => {
    replies = [json(200, { data: { a: 1 } })];
    const schema = z.object({ data: z.object({ a: z.number() }) });
    const { vault } = make();
    await expect(vault.call("POST", "sys/x", schema, { token: "t-1", body: { b: 2 } })).resolves.toEqual({
        status: 200,
        data: { data: { a: 1 } },
    });
    expect(requests).toMatchObject([{ line: "POST /v1/sys/x", token: "t-1", body: '{"b":2}' }]);
});

describe("again", () => {
    test("what passes is waited for, until patience ends", async () => {
        replies = [{ status: 503 }, "cut", { status: 429 }, { status: 500 }];
        const { vault, waits } = make();
        await expect(vault.call("POST", "sys/x", nothing)).resolves.toMatchObject({ status: 204 });
        expect(waits).toEqual([250, 500, 1_000, 2_000]);
        expect(requests).toHaveLength(5);

        replies = Array.from({ length: 50 }, () => ({ status: 503 }));
        requests = [];
        const { vault: other } = make({ patienceMs: 5_000 });
        expect(await failure(other.call("GET", "sys/x", nothing))).toMatchObject({ status: 503 });
        expect(requests.length).toBe(5);
    });

    test.each([["cut"], [{ status: 500 }], [{ status: 503 }]] as [Reply][])(
        "what is done once is not sent again after %j",
        async (reply) => {
            replies = [reply];
            const { vault, waits } = make();
            expect(await failure(vault.call("POST", "sys/init", nothing, { once: true }))).toBeInstanceOf(
                Error,
            );
            expect(requests).toHaveLength(1);
            expect(waits).toEqual([]);
        },
    );

    test("a redirect is followed nowhere: tokens go to this address alone", async () => {
        replies = [{ status: 307, location: "https://127.0.0.1:1/" }];
        const { vault } = make({ patienceMs: 0 });
        expect(await failure(vault.call("GET", "sys/x", nothing, { token: "t" }))).toMatchObject({
            status: 307,
        });
        expect(requests).toHaveLength(1);
    });

    test("a lost answer says that the call may have been carried out, a refused connection that it was not", async () => {
        replies = ["cut"];
        const { vault } = make();
        const lost = await failure(vault.call("POST", "sys/init", nothing, { once: true }));
        expect(lost).toMatchObject({
            code: "Unreachable",
            reason: "reset",
            maySent: true,
            call: "POST sys/init",
        });
        const { vault: nowhere } = make({ patienceMs: 0 }, { address: "https://127.0.0.1:1" });
        const none = await failure(nowhere.call("POST", "sys/init", nothing, { once: true }));
        expect(none).toMatchObject({ code: "Unreachable", reason: "refused", maySent: false });
    });

    test("no answer in time is no answer", async () => {
        const { vault } = make({ patienceMs: 0, timeoutMs: 1 });
        expect(await failure(vault.call("GET", "sys/x", nothing))).toBeInstanceOf(VaultUnreachable);
    });
});

test("calls share one connection, but those that ask for their own", async () => {
    const { vault } = make();
    await Promise.all([1, 2, 3].map((each) => vault.call("GET", `sys/${each}`, nothing)));
    await vault.call("GET", "sys/4", nothing, { fresh: true });
    expect(new Set(requests.slice(0, 3).map(({ port }) => port)).size).toBe(1);
    expect(new Set(requests.map(({ port }) => port)).size).toBe(2);
});

describe("errors", () => {
    test("hide what was sent in secret before they are cut short", async () => {
        const words = `${"x".repeat(290)} a-secret-id-that-is-long`;
        replies = [json(400, { errors: [words] })];
        const secrets = ["a-secret-id-that-is-long"];
        const { vault } = make();
        const error = await failure(
            vault.call("POST", "auth/approle/login", nothing, { body: { secret_id: secrets[0] }, secrets }),
        );
        expect((error as VaultRefusal).words).toEqual([`${"x".repeat(290)} [secret]`]);
    });

    test("repeat the server's words without the secrets in them", async () => {
        replies = [json(400, { errors: ["bad token s.SECRET1 and s.SECRET22", "x".repeat(1_000)] })];
        const { vault } = make();
        const body = { token: "s.SECRET22" };
        const error = await failure(vault.call("POST", "sys/x", nothing, { token: "s.SECRET1", body }));
        expect(error).toBeInstanceOf(VaultRefusal);
        expect((error as VaultRefusal).words).toEqual(["bad token [secret] and [secret]", "x".repeat(300)]);
        expect((error as VaultRefusal).message).toMatch(/^The Vault server refused POST sys\/x: HTTP 400/);
    });

    test("of answers that are none of the API's hold nothing of them", async () => {
        replies = [{ status: 200, body: "<html>s.SECRET1</html>" }, json(200, { root_token: 7 })];
        const { vault } = make();
        for (let count = 0; count < 2; count += 1) {
            const error = await failure(vault.call("GET", "sys/x", z.object({ root_token: z.string() })));
            expect(error).toBeInstanceOf(VaultUnusableAnswer);
            expect(String(error)).not.toContain("SECRET1");
        }
    });

    test("statuses that are an answer are none", async () => {
        replies = [json(404, { errors: [] })];
        const { vault } = make();
        await expect(vault.call("GET", "x", nothing, { accept: [404] })).resolves.toMatchObject({
            status: 404,
        });
    });
});

describe("the server's certificate", () => {
    const untrusted = expect.objectContaining({ code: "Unreachable", reason: "untrustedServer" });

    test("is verified by the authority that is given, whatever the environment says", async () => {
        const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
        process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
        process.env.VAULT_SKIP_VERIFY = "true";
        try {
            const other = new TestAuthority(join(directory, "other"));
            const { vault } = make({}, { caCertificatePem: other.certificatePem });
            expect(await failure(vault.call("GET", "sys/x", nothing))).toEqual(untrusted);
            const { vault: system } = make({}, { caCertificatePem: undefined });
            expect(await failure(system.call("GET", "sys/x", nothing))).toEqual(untrusted);
        } finally {
            delete process.env.VAULT_SKIP_VERIFY;
            if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
            else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
        }
        expect(requests).toEqual([]);
    });

    test("has to bear the name asked for, or the one in its place", async () => {
        const { vault } = make({}, { address: address("localhost") });
        expect(await failure(vault.call("GET", "sys/x", nothing))).toEqual(untrusted);
        const { vault: named } = make({}, { address: address("localhost"), serverName: "vault.test" });
        await expect(named.call("GET", "sys/x", nothing)).resolves.toMatchObject({ status: 204 });
        const { vault: wrong } = make({}, { serverName: "other.test" });
        expect(await failure(wrong.call("GET", "sys/x", nothing))).toEqual(untrusted);
    });
});
