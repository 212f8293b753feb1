/** What moto's Auto Scaling lacks: the actions by which an instance speaks of itself, for callers who sign as they must. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { RoleCredentials } from "./instance-metadata";

/** One action that was accepted: its name, and its parameters without Action and Version. */
export interface ScalingCall {
    readonly action: string;
    readonly parameters: Readonly<Record<string, string>>;
    /** Milliseconds since the epoch. */
    readonly time: number;
}

export interface ScalingOptions {
    readonly region: string;
    /** Of each role whose calls are accepted. */
    readonly credentials: readonly RoleCredentials[];
}

export interface RunningScaling {
    readonly url: string;
    readonly calls: () => readonly ScalingCall[];
    /** Why calls were refused, in their order. */
    readonly refusals: () => readonly string[];
    /** Whether every call is answered by HTTP 500 until it is told otherwise. */
    readonly fail: (failing: boolean) => void;
    readonly close: () => Promise<void>;
}

const HOOK = ["AutoScalingGroupName", "LifecycleHookName", "InstanceId"];
/** The parameters of each action; all of them have to be there, and no other. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
    CompleteLifecycleAction: [...HOOK, "LifecycleActionResult"],
    RecordLifecycleActionHeartbeat: HOOK,
    SetInstanceHealth: ["InstanceId", "HealthStatus", "ShouldRespectGracePeriod"],
};

export async function startAutoScaling(options: ScalingOptions): Promise<RunningScaling> {
    const calls: ScalingCall[] = [];
    const refusals: string[] = [];
    let failing = false;
    const server = createServer((request, response) => {
        let body = "";
        request.setEncoding("utf8").on("data", (text: string) => (body += text));
        request.on("end", () => {
            const {
                Action: action = "",
                Version,
                ...parameters
            } = Object.fromEntries(new URLSearchParams(body));
            const wanted = ACTIONS[action];
            const refusal = failing
                ? "InternalFailure"
                : (signatureRefusal(request, body, options) ??
                  (wanted === undefined || Version !== "2011-01-01"
                      ? "InvalidAction"
                      : wanted.toSorted().join() === Object.keys(parameters).toSorted().join()
                        ? undefined
                        : "ValidationError"));
            if (refusal === undefined) calls.push({ action, parameters, time: Date.now() });
            else refusals.push(`${action} ${refusal}`);
            response.writeHead(refusal === undefined ? 200 : failing ? 500 : 403, {
                "Content-Type": "text/xml",
            });
            response.end(
                refusal === undefined
                    ? `<${action}Response/>`
                    : `<ErrorResponse><Error><Code>${refusal}</Code></Error></ErrorResponse>`,
            );
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("the server has no port");
    return {
        url: `http://127.0.0.1:${address.port}`,
        calls: () => calls,
        refusals: () => refusals,
        fail: (given) => {
            failing = given;
        },
        close: () =>
            new Promise((resolve) => {
                server.close(() => {
                    resolve();
                });
                server.closeAllConnections();
            }),
    };
}

/** Why the request is not signed by Signature Version 4 as one of the roles, now; undefined where it is. */
function signatureRefusal(
    { method, url, headers }: IncomingMessage,
    body: string,
    { region, credentials }: ScalingOptions,
): string | undefined {
    const text = (name: string): string => {
        const value = headers[name];
        return typeof value === "string" ? value : "";
    };
    const form =
        /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/(\w+)\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/;
    const [, key, day = "", signedRegion, service, names = "", signature = ""] =
        form.exec(text("authorization")) ?? [];
    const role = credentials.find(({ accessKeyId }) => accessKeyId === key);
    if (role === undefined) return "InvalidClientTokenId";
    if (text("x-amz-security-token") !== role.token) return "InvalidClientTokenId";
    const moment = text("x-amz-date");
    const signedAt = Date.parse(
        moment.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
    );
    if (!(Math.abs(Date.now() - signedAt) < 300_000) || !moment.startsWith(day)) return "RequestExpired";
    const parts = names.split(";");
    const scope = [day, region, "autoscaling", "aws4_request"];
    const isWhole =
        ["host", "x-amz-date", "x-amz-security-token"].every((name) => parts.includes(name)) &&
        parts.toSorted().join(";") === names;
    if (signedRegion !== region || service !== "autoscaling" || !isWhole) return "SignatureDoesNotMatch";
    const request = [
        ...[method, url, ""],
        ...parts.map((name) => `${name}:${text(name)}`),
        ...["", names, digest(body)],
    ].join("\n");
    const signing = scope.reduce<Buffer | string>(
        (secret, part) => createHmac("sha256", secret).update(part).digest(),
        `AWS4${role.secretAccessKey}`,
    );
    const expected = createHmac("sha256", signing)
        .update(["AWS4-HMAC-SHA256", moment, scope.join("/"), digest(request)].join("\n"))
        .digest();
    return timingSafeEqual(expected, Buffer.from(signature, "hex")) ? undefined : "SignatureDoesNotMatch";
}

function digest(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
