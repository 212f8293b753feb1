/** An instance's metadata service, version 2 and nothing less: every answer but a session's token needs such a token. */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface InstanceIdentity {
    /** As i-0123456789abcdef0. */
    readonly id: string;
    /** Its private IPv4 address. */
    readonly address: string;
    /** Of the role, as its profile hands them out; none where the instance has no role. */
    readonly credentials?: RoleCredentials;
}

export interface RoleCredentials {
    readonly role: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly token: string;
}

/** What is announced to the instance. Nothing is where a value is not given. */
export interface Notices {
    /** The interruption of a Spot instance, two minutes ahead. */
    readonly interruption?: Date;
    /** When a rebalance was recommended. */
    readonly rebalance?: Date;
    /** The state that its Auto Scaling group brings it to: InService unless given. */
    readonly targetState?: "InService" | "Terminated";
}

export interface RunningMetadata {
    /** `http://127.0.0.1:<port>`. */
    readonly url: string;
    /** Replaces what is announced. */
    readonly announce: (notices: Notices) => void;
    /** Ends every session: their tokens are refused from now on. */
    readonly endSessions: () => void;
    /** Methods, paths and statuses, in the order of the requests. */
    readonly requests: () => readonly string[];
    readonly close: () => Promise<void>;
}

const TOKEN = "x-aws-ec2-metadata-token";
const LIFETIME = "x-aws-ec2-metadata-token-ttl-seconds";

export async function startInstanceMetadata(identity: InstanceIdentity): Promise<RunningMetadata> {
    const sessions = new Map<string, number>();
    const requests: string[] = [];
    let notices: Notices = {};
    const answer = (request: IncomingMessage): readonly [status: number, text: string] => {
        const path = request.url ?? "";
        // A request that went through a proxy has not come from the instance itself.
        if (request.headers["x-forwarded-for"] !== undefined) return [403, ""];
        if (path === "/latest/api/token") {
            if (request.method !== "PUT") return [405, ""];
            const seconds = Number(request.headers[LIFETIME]);
            if (!Number.isInteger(seconds) || seconds < 1 || seconds > 21_600) return [400, ""];
            const token = randomBytes(24).toString("base64");
            sessions.set(token, Date.now() + seconds * 1_000);
            return [200, token];
        }
        const token = request.headers[TOKEN];
        if (typeof token !== "string" || (sessions.get(token) ?? 0) < Date.now()) return [401, ""];
        if (request.method !== "GET") return [405, ""];
        const text = metadata(identity, notices).get(path.replace("/latest/meta-data/", ""));
        return text === undefined ? [404, ""] : [200, text];
    };
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
        const [status, text] = answer(request);
        requests.push(`${request.method ?? ""} ${request.url ?? ""} ${status}`);
        const lifetime = request.headers[LIFETIME];
        response.writeHead(status, {
            "Content-Type": "text/plain",
            // AWS's own clients take a session for none where its answer does not repeat its length.
            ...(lifetime !== undefined && { [LIFETIME]: lifetime }),
        });
        response.end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("the server has no port");
    return {
        url: `http://127.0.0.1:${address.port}`,
        announce: (given) => {
            notices = given;
        },
        endSessions: () => {
            sessions.clear();
        },
        requests: () => requests,
        close: () =>
            new Promise((resolve) => {
                server.close(() => {
                    resolve();
                });
                server.closeAllConnections();
            }),
    };
}

/** The texts by their paths below `/latest/meta-data/`. */
function metadata(
    { id, address, credentials }: InstanceIdentity,
    { interruption, rebalance, targetState = "InService" }: Notices,
): ReadonlyMap<string, string> {
    const role = "iam/security-credentials/";
    return new Map([
        ["instance-id", id],
        ["local-ipv4", address],
        ["autoscaling/target-lifecycle-state", targetState],
        ...(interruption === undefined
            ? []
            : [
                  [
                      "spot/instance-action",
                      JSON.stringify({ action: "terminate", time: moment(interruption) }),
                  ] as const,
              ]),
        ...(rebalance === undefined
            ? []
            : [
                  [
                      "events/recommendations/rebalance",
                      JSON.stringify({ noticeTime: moment(rebalance) }),
                  ] as const,
              ]),
        ...(credentials === undefined
            ? []
            : ([
                  [role, credentials.role],
                  [
                      role + credentials.role,
                      JSON.stringify({
                          ...{ Code: "Success", Type: "AWS-HMAC", AccessKeyId: credentials.accessKeyId },
                          ...{ SecretAccessKey: credentials.secretAccessKey, Token: credentials.token },
                          Expiration: moment(new Date(Date.now() + 3_600_000)),
                      }),
                  ],
              ] as const)),
    ]);
}

/** As 2026-01-01T00:00:00Z. */
function moment(date: Date): string {
    return `${date.toISOString().slice(0, 19)}Z`;
}
