/** One HTTP request: which call, who sent it, what befalls it, and its answer. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import type { OutscaleAccount } from "./account";
import { parseAddress } from "./addresses";
import { authenticate } from "./authentication";
import { readCertificate } from "./certificates";
import type { CallEvent, Faults } from "./faults";
import type { BruteForceLock } from "./lockout";
import { errorBody, gateway, parameter, Refusal, type ApiAnswer } from "./refusals";
import { isCall } from "./requests";

/** Names the caller's address in a request to the emulator; the real service knows no such header. */
export const SOURCE_HEADER = "x-emulated-source";

/** No request of these calls comes near. */
const LARGEST_BODY = 1_048_576;

/** What the emulator remembers of a call: never a body, a key or a signature. */
export interface RecordedCall {
    readonly index: number;
    readonly name: string;
    readonly time: Date;
    /** As the rules saw it; undefined where the call did not get so far. */
    readonly sourceAddress: string | undefined;
    readonly certificatePresented: boolean;
    /** The status of the answer, also of one that was lost; undefined where the call was neither run nor refused. */
    readonly status: number | undefined;
    /** Whether the answer was sent. */
    readonly answered: boolean;
}

export interface Service {
    readonly account: OutscaleAccount;
    readonly faults: Faults;
    readonly lock: BruteForceLock;
    /** The next call's index. */
    readonly count: () => number;
    readonly record: (call: RecordedCall) => void;
    /** Aborted at the stop: what was not executed by then never is. */
    readonly stopping: AbortSignal;
}

/** Stops reading at the limit without breaking the connection, so that the refusal can still be sent. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
    return new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        let size = 0;
        request.on("data", (chunk: Buffer) => {
            size += chunk.length;
            if (size <= LARGEST_BODY) chunks.push(chunk);
            else reject(parameter.bodyTooLarge(LARGEST_BODY));
        });
        request.on("end", () => {
            resolve(Buffer.concat(chunks));
        });
        request.on("error", reject);
    });
}

/** An empty body counts as an empty object, since every parameter of some calls is optional. */
function parseBody(body: Buffer): unknown {
    if (body.length === 0) return {};
    try {
        const parsed: unknown = JSON.parse(body.toString("utf8"));
        return parsed;
    } catch {
        throw parameter.malformedBody("The body is not JSON.");
    }
}

/** The leaf that the client proved to hold in this very connection's handshake. */
function certificateOf(request: IncomingMessage): Buffer | undefined {
    return request.socket instanceof TLSSocket ? request.socket.getPeerX509Certificate()?.raw : undefined;
}

function sourceOf(
    request: IncomingMessage,
    faults: Faults,
    accessKey: string,
    certificate: Buffer | undefined,
): string {
    const header = request.headers[SOURCE_HEADER];
    if (header !== undefined) {
        if (typeof header === "string" && parseAddress(header) !== undefined) return header;
        throw parameter.invalid(SOURCE_HEADER, "it must be one IP address.");
    }
    const read = certificate === undefined ? undefined : readCertificate(certificate);
    const name = read === undefined || "unreadable" in read ? undefined : read.commonNames[0];
    return (
        faults.sourceByAccessKey.get(accessKey) ??
        (name === undefined ? undefined : faults.sourceByCommonName.get(name)) ??
        faults.defaultSourceAddress ??
        request.socket.remoteAddress ??
        "127.0.0.1"
    );
}

function refused(refusal: Refusal): ApiAnswer {
    return { status: refusal.status, body: errorBody(refusal, randomUUID()) };
}

/** osc-cli begins the path with two slashes, and signs it with one. */
function pathOf(request: IncomingMessage): string {
    return (request.url ?? "").replace(/^\/{2}/, "/");
}

function callOf(request: IncomingMessage): string {
    const call = /^\/api\/(?:v1|latest)\/([A-Za-z]{1,64})$/.exec(pathOf(request))?.[1];
    if (call === undefined || !isCall(call)) throw gateway.noSuchCall(call ?? "");
    if (request.method !== "POST") throw gateway.methodNotAllowed();
    return call;
}

interface Executed {
    readonly answer: ApiAnswer;
    readonly sourceAddress?: string;
}

function execute(service: Service, request: IncomingMessage, call: string, body: Buffer): Executed {
    let sourceAddress: string | undefined;
    try {
        const signed = {
            method: request.method ?? "",
            path: pathOf(request),
            headers: request.headers,
            body,
        };
        const accessKey = authenticate(signed, service.account, service.lock);
        const certificate = certificateOf(request);
        sourceAddress = sourceOf(request, service.faults, accessKey, certificate);
        const caller = { sourceAddress, certificate, accessKey };
        return { answer: service.account.execute(call, parseBody(body), caller), sourceAddress };
    } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { answer: refused(error), ...(sourceAddress === undefined ? {} : { sourceAddress }) };
    }
}

function send(response: ServerResponse, answer: ApiAnswer): void {
    const text = JSON.stringify(answer.body);
    response.writeHead(answer.status, {
        "Content-Type": "application/json",
        "Content-Length": Buffer.byteLength(text),
    });
    response.end(text);
}

async function answerCall(
    service: Service,
    request: IncomingMessage,
    response: ServerResponse,
    call: string,
    body: Buffer,
): Promise<void> {
    const { faults } = service;
    const event: CallEvent = { index: service.count(), call };
    const record = (parts: Pick<RecordedCall, "status" | "answered">, sourceAddress?: string) => {
        service.record({
            index: event.index,
            name: call,
            time: new Date(service.account.now()),
            sourceAddress,
            certificatePresented: certificateOf(request) !== undefined,
            ...parts,
        });
    };
    await faults.onCall?.({ ...event, phase: "before" });
    const intervention = faults.intervene(event);
    if (faults.latencyMs > 0) await sleep(faults.latencyMs, undefined, { signal: service.stopping });
    service.stopping.throwIfAborted();
    if (intervention === "hang" || intervention === "refuse") {
        record({ status: undefined, answered: false });
        if (intervention === "refuse") request.socket.destroy();
        return;
    }
    const { answer, sourceAddress } =
        intervention === undefined
            ? execute(service, request, call, body)
            : { answer: refused(intervention), sourceAddress: undefined };
    await faults.onCall?.({ ...event, phase: "after" });
    const answered = intervention !== undefined || !faults.losesAnswer(event);
    record({ status: answer.status, answered }, sourceAddress);
    if (answered) send(response, answer);
    else request.socket.destroy();
}

/** Answers a request, whatever it is; a fault of the emulator itself is a status 500 and a process warning. */
export async function handle(
    service: Service,
    request: IncomingMessage,
    response: ServerResponse,
): Promise<void> {
    try {
        const call = callOf(request);
        const body = await readBody(request);
        await answerCall(service, request, response, call, body);
    } catch (error) {
        if (request.socket.destroyed || response.headersSent) return;
        if (!(error instanceof Refusal)) {
            process.emitWarning(error instanceof Error ? error : new Error("The emulator failed."));
        }
        // What is left of a request that was not read must not be taken for the next one.
        if (!request.complete) response.setHeader("Connection", "close");
        send(response, refused(error instanceof Refusal ? error : gateway.internalError(500)));
    }
}
