/** The OUTSCALE client against real TLS servers: identities, trust, deadlines, and connections that break. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer, type Server } from "node:https";
import {
    createServer as createTcpServer,
    type AddressInfo,
    type Server as TcpServer,
    type Socket,
} from "node:net";
import type { IncomingMessage, ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { afterEach, before, describe, it } from "mocha";
import { PortcullisError } from "../../provider/errors";
import {
    AnswerLost,
    createOutscaleApi,
    EndpointUnreachable,
    UnusableAnswer,
    type OutscaleApi,
    type OutscaleApiParts,
} from "../../provider/outscale/api/client";
import { httpsTransport } from "../../provider/outscale/api/https-transport";
import type { OutscaleSettings } from "../../provider/outscale/settings";
import { testAuthority, type Pair, type TestAuthority } from "../unit/provider/outscale/api/certificates";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const KEYS = { accessKey: "AK000000000000000001", secretKey: "S".repeat(40), region: "eu-west-2" };
/** The common name of the client's certificate, or `-` without one. */
function peerName({ socket }: IncomingMessage): string {
    assert(socket instanceof TLSSocket);
    const peer = socket.getPeerCertificate();
    return Object.keys(peer).length === 0 ? "-" : String(peer.subject.CN);
}

const noCas: Answer = (_request, response) => response.end('{"Cas":[]}');

describe("the OUTSCALE client over TLS", () => {
    let authority: TestAuthority;
    let serverPair: Pair;
    let alice: Pair;
    let bob: Pair;
    const running: { server: Server | TcpServer; sockets: Set<Socket> }[] = [];

    before(async () => {
        authority = await testAuthority("Test CA");
        [serverPair, alice, bob] = await Promise.all([
            authority.issue("localhost", { server: true }),
            authority.issue("alice"),
            authority.issue("bob"),
        ]);
    });
    afterEach(() => {
        for (const { server, sockets } of running.splice(0)) {
            server.close();
            for (const socket of sockets) socket.destroy();
        }
    });

    async function listen(server: Server | TcpServer): Promise<number> {
        const sockets = new Set<Socket>();
        server.on("connection", (socket: Socket) => sockets.add(socket));
        running.push({ server, sockets });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        // A server that listens on an address and a port has an address of this form.
        return (server.address() as AddressInfo).port;
    }

    interface Secure {
        readonly port: number;
        readonly server: Server;
        /** The client's common name at each request, or `-`. */
        readonly names: string[];
        /** How many connections were made. */
        readonly connections: () => number;
    }

    async function serve(
        answer: Answer,
        pair: Pair = serverPair,
        demandCertificate = false,
    ): Promise<Secure> {
        const names: string[] = [];
        let connections = 0;
        const server = createServer(
            {
                cert: pair.certificatePem,
                key: pair.privateKeyPem,
                ca: authority.caPem,
                requestCert: true,
                rejectUnauthorized: demandCertificate,
            },
            (request, response) => {
                names.push(peerName(request));
                request.resume().on("end", () => {
                    answer(request, response);
                });
            },
        );
        server.on("secureConnection", () => (connections += 1));
        const port = await listen(server);
        return { port, server, names, connections: () => connections };
    }

    function client(
        port: number,
        settings: Partial<OutscaleSettings> = {},
        parts: OutscaleApiParts = {},
    ): OutscaleApi {
        return createOutscaleApi(
            { ...KEYS, endpoint: `https://127.0.0.1:${port}/api/v1`, caPem: authority.caPem, ...settings },
            { transport: httpsTransport(), retry: { retries: 0 }, timeoutMs: 2_000, ...parts },
        );
    }

    it("presents the configured certificate, none, or exactly the one asked for", async () => {
        const { port, names } = await serve(noCas);
        await client(port).call("ReadCas", {});
        await client(port, { certificate: alice }).call("ReadCas", {});
        await client(port, { certificate: alice }).presenting(bob).call("ReadCas", {});
        assert.deepEqual(names, ["-", "alice", "bob"]);
    });

    it("falls back on a certificate where it is refused without", async () => {
        const { port, names } = await serve((request, response) => {
            const admitted = peerName(request) !== "-";
            response.writeHead(admitted ? 200 : 401);
            response.end(admitted ? '{"Cas":[]}' : '{"Errors":[{"Code":"14"}]}');
        });
        const api = client(port).fallingBackOn(alice);
        await api.call("ReadCas", {});
        await api.call("ReadCas", {});
        assert.deepEqual(names, ["-", "alice", "alice"]);
    });

    it("keeps one connection for each identity", async () => {
        const { port, connections, names } = await serve(noCas);
        const api = client(port);
        for (let round = 0; round < 3; round += 1) {
            await api.call("ReadCas", {});
            await api.presenting(alice).call("ReadCas", {});
        }
        assert.deepEqual([names.length, connections()], [6, 2]);
    });

    it("sends the host with its port, as signed", async () => {
        let host: string | undefined;
        const { port } = await serve((request, response) => {
            host = request.headers.host;
            response.end('{"Cas":[]}');
        });
        await client(port).call("ReadCas", {});
        assert.equal(host, `127.0.0.1:${port}`);
    });

    it("refuses a server whose authority is not trusted, naming caFile, and sends it nothing", async () => {
        const { port, names } = await serve(noCas);
        const stranger = await testAuthority("Other CA");
        for (const caPem of [undefined, stranger.caPem]) {
            const settings = {
                ...KEYS,
                endpoint: `https://127.0.0.1:${port}/api/v1`,
                ...(caPem && { caPem }),
            };
            const api = createOutscaleApi(settings, { transport: httpsTransport() });
            await assert.rejects(api.call("CreateCa", { CaPem: "" }), (error) => {
                assert(error instanceof EndpointUnreachable);
                assert.match(
                    error.message,
                    new RegExp(`certificate of 127.0.0.1:${port} could not be verified`),
                );
                assert.match(error.remedy, /`caFile`/);
                return true;
            });
        }
        assert.deepEqual(names, []);
    });

    it("refuses it although the environment switches verification off", async () => {
        const { port, names } = await serve(noCas);
        const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
        process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
        try {
            const settings = { ...KEYS, endpoint: `https://127.0.0.1:${port}/api/v1` };
            const api = createOutscaleApi(settings, { transport: httpsTransport() });
            await assert.rejects(api.call("ReadCas", {}), EndpointUnreachable);
        } finally {
            if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
            else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
        }
        assert.deepEqual(names, []);
    });

    it("refuses an expired server and one of another name", async () => {
        const expired = await serve(noCas, await authority.issue("localhost", { server: true, days: -1 }));
        const nameless = await serve(noCas, alice);
        for (const { port } of [expired, nameless]) {
            await assert.rejects(client(port).call("ReadCas", {}), /could not be verified/);
        }
    });

    it("says so where the server does not accept the client certificate", async () => {
        const { port } = await serve(noCas, serverPair, true);
        await client(port, { certificate: alice }).call("ReadCas", {});
        await assert.rejects(client(port).call("ReadCas", {}), EndpointUnreachable);
    });

    it("refuses a certificate that is none, before anything is sent", async () => {
        const { port, connections } = await serve(noCas);
        const wrong = { certificatePem: alice.certificatePem, privateKeyPem: "SECRET" };
        await assert.rejects(client(port).presenting(wrong).call("ReadCas", {}), (error) => {
            assert(error instanceof PortcullisError);
            assert.equal(error.code, "InvalidInput");
            assert.doesNotMatch(error.message, /SECRET/);
            return true;
        });
        assert.equal(connections(), 0);
    });

    it("gives a try its time and no more", async () => {
        const { port, names } = await serve(() => undefined);
        const started = Date.now();
        const short = { timeoutMs: 300 };
        await assert.rejects(client(port, {}, short).call("ReadCas", {}), /did not answer within 0.3 s/);
        await assert.rejects(client(port, {}, short).call("CreateCa", { CaPem: "" }), AnswerLost);
        assert.equal(names.length, 2);
        assert(Date.now() - started < 2_000);
    });

    it("counts an answer that trickles as none when the time is over", async () => {
        const { port } = await serve((_request, response) => {
            response.writeHead(200);
            const drip = setInterval(() => response.write(" "), 50);
            response.on("close", () => {
                clearInterval(drip);
            });
        });
        await assert.rejects(
            client(port, {}, { timeoutMs: 400 }).call("ReadCas", {}),
            /did not answer within 0.4 s/,
        );
    });

    it("knows that nothing was sent where no TLS connection came about", async () => {
        const mute = await listen(createTcpServer(() => undefined));
        const closing = await listen(createTcpServer((socket) => socket.destroy()));
        const plain = await listen(
            createTcpServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
        );
        for (const port of [mute, closing, plain]) {
            const create = client(port, {}, { timeoutMs: 300 }).call("CreateCa", { CaPem: "" });
            await assert.rejects(create, EndpointUnreachable);
        }
    });

    it("names the host where nothing listens, without trying again", async () => {
        const port = await listen(createTcpServer());
        await new Promise((resolve) => running.pop()?.server.close(resolve));
        const sleep = (): Promise<void> => Promise.reject(new Error("it tried again"));
        const api = client(port, {}, { retry: { retries: 3 }, sleep });
        await assert.rejects(api.call("ReadCas", {}), (error) => {
            assert(error instanceof EndpointUnreachable);
            assert.deepEqual([error.host, error.systemCode], [`127.0.0.1:${port}`, "ECONNREFUSED"]);
            assert.match(error.remedy, /`endpoint`.*proxy.*`caFile`/);
            return true;
        });
    });

    const breaks: readonly (readonly [string, Answer])[] = [
        ["before the answer", (request) => request.socket.destroy()],
        [
            "by a reset",
            () => {
                for (const { sockets } of running) for (const socket of sockets) socket.resetAndDestroy();
            },
        ],
        [
            "within the head",
            (request) => {
                request.socket.write("HTTP/1.1 200 OK\r\nContent-", () => request.socket.destroy());
            },
        ],
        [
            "within the body",
            (request, response) => {
                response.writeHead(200, { "Content-Length": 1000 });
                response.write('{"Cas":[', () => request.socket.destroy());
            },
        ],
        [
            "within a chunked body",
            (request, response) => {
                response.write('{"Cas":[],', () => request.socket.destroy());
            },
        ],
    ];
    for (const [where, breakOff] of breaks) {
        it(`a connection broken ${where}: a read is sent again, a create is lost`, async () => {
            let left = 2;
            const { port, names } = await serve((request, response) => {
                if (left === 0) return void response.end('{"Cas":[]}');
                left -= 1;
                breakOff(request, response);
            });
            const api = client(port, {}, { retry: { retries: 1 }, sleep: () => Promise.resolve() });
            await assert.rejects(api.call("CreateCa", { CaPem: "" }), AnswerLost);
            assert.equal(names.length, 1);
            await api.call("ReadCas", {});
            assert.equal(names.length, 3);
        });
    }

    it("an answer that is not the API's says what it lacks", async () => {
        const { port } = await serve((_request, response) => response.end("<html>captive portal</html>"));
        await assert.rejects(client(port).call("ReadCas", {}), UnusableAnswer);
    });

    it("an idle connection does not keep the process alive", async () => {
        const { port } = await serve(noCas);
        const settings = { ...KEYS, endpoint: `https://127.0.0.1:${port}/api/v1`, caPem: authority.caPem };
        const script = `
            const { createOutscaleApi } = require("./provider/outscale/api/client.ts");
            createOutscaleApi(JSON.parse(process.env.SETTINGS)).call("ReadCas", {}).then(() => console.log(Date.now()));`;
        const environment = { ...process.env, SETTINGS: JSON.stringify(settings) };
        const child = await promisify(execFile)(process.execPath, ["-r", "tsx/cjs", "-e", script], {
            env: environment,
        });
        const lingeredMs = Date.now() - Number(child.stdout);
        assert(lingeredMs < 2_000, `it lingered for ${lingeredMs} ms`);
    });
});
