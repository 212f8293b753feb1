/**
 * Serves the `vault` stand-in as a plugin, for runs in which the real provider cannot be installed. It speaks the
 * engine's protocol itself: the SDK's own server keeps the provider's configuration from what it serves.
 */
import { Server, ServerCredentials, status, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { asProperties, unwrap } from "../tls/values";
import { clientFor, type VaultClient } from "./client";
import { check, create, diff, planned, read, remove, update } from "./provider";

const VERSION = "7.8.0";

let configured: Promise<VaultClient> | undefined;

/** Connects where it is needed first: a preview may configure what it never calls. */
function client(): Promise<VaultClient> {
    if (configured === undefined) throw new Error("The vault provider is not configured.");
    return configured;
}

/** A handler of one call; what it throws goes to the engine as the call's error. */
function answering<Request, Response>(work: (request: Request) => Response | Promise<Response>) {
    return ({ request }: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void => {
        Promise.resolve(request)
            .then(work)
            .then(
                (response) => {
                    done(null, response);
                },
                (error: unknown) => {
                    const details = error instanceof Error ? error.message : String(error);
                    done({ code: status.UNKNOWN, details }, null);
                },
            );
    };
}

function plain(struct: Struct | undefined): Readonly<Record<string, unknown>> {
    return struct?.toJavaScript() ?? {};
}

function structOf(value: Readonly<Record<string, unknown>>): Struct {
    // JSON is what a Struct holds; the way there and back leaves out what is undefined.
    return Struct.fromJavaScript(JSON.parse(JSON.stringify(value)) as Record<string, JavaScriptValue>);
}

const handlers = {
    getPluginInfo: answering<Empty, PluginInfo>(() => new PluginInfo().setVersion(VERSION)),
    configure: answering<protocol.ConfigureRequest, protocol.ConfigureResponse>((request) => {
        configured = undefined;
        const settings = asProperties(unwrap(plain(request.getArgs())));
        configured = clientFor(settings, process.env);
        // The call that needs it gets the error; nobody may be left who waits for this promise.
        configured.catch(() => undefined);
        const response = new protocol.ConfigureResponse();
        response.setAcceptsecrets(true);
        response.setSupportspreview(true);
        return response;
    }),
    check: answering<protocol.CheckRequest, protocol.CheckResponse>((request) => {
        const { inputs, failures } = check(request.getUrn(), plain(request.getNews()));
        const response = new protocol.CheckResponse();
        response.setInputs(structOf(inputs));
        response.setFailuresList(
            failures.map(({ property, reason }) => {
                const failure = new protocol.CheckFailure();
                failure.setProperty(property);
                failure.setReason(reason);
                return failure;
            }),
        );
        return response;
    }),
    diff: answering<protocol.DiffRequest, protocol.DiffResponse>((request) => {
        const found = diff(
            request.getUrn(),
            plain(request.getOlds()),
            plain(request.getOldInputs()),
            plain(request.getNews()),
        );
        const { DIFF_SOME, DIFF_NONE } = protocol.DiffResponse.DiffChanges;
        const response = new protocol.DiffResponse();
        response.setChanges(found.changes ? DIFF_SOME : DIFF_NONE);
        response.setDiffsList(found.changed);
        response.setReplacesList(found.replaces);
        return response;
    }),
    create: answering<protocol.CreateRequest, protocol.CreateResponse>(async (request) => {
        const [urn, inputs] = [request.getUrn(), plain(request.getProperties())];
        const made = request.getPreview()
            ? { id: "", outs: planned(urn, inputs) }
            : await create(await client(), urn, inputs);
        const response = new protocol.CreateResponse();
        response.setId(made.id);
        response.setProperties(structOf(made.outs));
        return response;
    }),
    read: answering<protocol.ReadRequest, protocol.ReadResponse>(async (request) => {
        const id = request.getId();
        const found = await read(
            await client(),
            request.getUrn(),
            id,
            plain(request.getProperties()),
            plain(request.getInputs()),
        );
        const response = new protocol.ReadResponse();
        if (found === undefined) return response;
        response.setId(id);
        response.setProperties(structOf(found.outs));
        response.setInputs(structOf(found.inputs));
        return response;
    }),
    update: answering<protocol.UpdateRequest, protocol.UpdateResponse>(async (request) => {
        const [urn, olds, news] = [request.getUrn(), plain(request.getOlds()), plain(request.getNews())];
        const outs = request.getPreview()
            ? planned(urn, news, olds)
            : await update(await client(), urn, request.getId(), olds, news);
        const response = new protocol.UpdateResponse();
        response.setProperties(structOf(outs));
        return response;
    }),
    delete: answering<protocol.DeleteRequest, Empty>(async (request) => {
        await remove(await client(), request.getUrn(), request.getId(), plain(request.getProperties()));
        return new Empty();
    }),
    cancel: answering<Empty, Empty>(() => new Empty()),
};

const server = new Server();
server.addService(ResourceProviderService, handlers);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    // The engine reads the port from the first line.
    process.stdout.write(`${port}\n`);
});
