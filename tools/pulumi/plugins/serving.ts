/**
 * Serves a stand-in as a plugin. It speaks the engine's protocol itself: the SDK's own server keeps the provider's
 * configuration from what it serves, and an import's or a refresh's inputs from the engine.
 */
import { Server, ServerCredentials, status, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { asProperties, unwrap, type Properties } from "./values";

/** What a stand-in does. Properties come as the engine sends them, secrets in envelopes, unless said otherwise. */
export interface StandInProvider {
    /** Of the real provider. */
    readonly version: string;
    /** Takes the provider's own settings, out of their envelopes. */
    configure(settings: Properties): void;
    check(urn: string, news: Properties): Checked;
    diff(urn: string, olds: Properties, oldInputs: Properties, news: Properties): Difference;
    /** What a preview knows of a resource that is to be made, or of one in state that is to be changed. */
    planned(urn: string, news: Properties, olds?: Properties): Properties;
    create(urn: string, inputs: Properties): Promise<{ readonly id: string; readonly outs: Properties }>;
    /** Undefined where it is gone. */
    read(
        urn: string,
        id: string,
        state: Properties,
        inputs: Properties,
    ): Promise<{ readonly outs: Properties; readonly inputs: Properties } | undefined>;
    update(urn: string, id: string, olds: Properties, news: Properties): Promise<Properties>;
    remove(urn: string, id: string, state: Properties): Promise<void>;
}

export interface Checked {
    readonly inputs: Properties;
    readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

export interface Difference {
    readonly changes: boolean;
    readonly changed: readonly string[];
    readonly replaces: readonly string[];
}

/** The type in a URN: "urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>". */
export function typeOf(urn: string): string {
    return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** Listens on a free port of loopback, and tells it to the engine, which reads the first line of the output. */
export function serve(provider: StandInProvider): void {
    const server = new Server();
    server.addService(ResourceProviderService, handlersOf(provider));
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
        if (error) throw error;
        process.stdout.write(`${port}\n`);
    });
}

function handlersOf(provider: StandInProvider) {
    return {
        getPluginInfo: answering<Empty, PluginInfo>(() => new PluginInfo().setVersion(provider.version)),
        configure: answering<protocol.ConfigureRequest, protocol.ConfigureResponse>((request) => {
            provider.configure(asProperties(unwrap(plain(request.getArgs()))));
            const response = new protocol.ConfigureResponse();
            response.setAcceptsecrets(true);
            response.setSupportspreview(true);
            return response;
        }),
        check: answering<protocol.CheckRequest, protocol.CheckResponse>((request) => {
            const { inputs, failures } = provider.check(request.getUrn(), plain(request.getNews()));
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
            const found = provider.diff(
                request.getUrn(),
                plain(request.getOlds()),
                plain(request.getOldInputs()),
                plain(request.getNews()),
            );
            const { DIFF_SOME, DIFF_NONE } = protocol.DiffResponse.DiffChanges;
            const response = new protocol.DiffResponse();
            response.setChanges(found.changes ? DIFF_SOME : DIFF_NONE);
            response.setDiffsList([...found.changed]);
            response.setReplacesList([...found.replaces]);
            return response;
        }),
        create: answering<protocol.CreateRequest, protocol.CreateResponse>(async (request) => {
            const [urn, inputs] = [request.getUrn(), plain(request.getProperties())];
            const made = request.getPreview()
                ? { id: "", outs: provider.planned(urn, inputs) }
                : await provider.create(urn, inputs);
            const response = new protocol.CreateResponse();
            response.setId(made.id);
            response.setProperties(structOf(made.outs));
            return response;
        }),
        read: answering<protocol.ReadRequest, protocol.ReadResponse>(async (request) => {
            const id = request.getId();
            const state = plain(request.getProperties());
            const found = await provider.read(request.getUrn(), id, state, plain(request.getInputs()));
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
                ? provider.planned(urn, news, olds)
                : await provider.update(urn, request.getId(), olds, news);
            const response = new protocol.UpdateResponse();
            response.setProperties(structOf(outs));
            return response;
        }),
        delete: answering<protocol.DeleteRequest, Empty>(async (request) => {
            await provider.remove(request.getUrn(), request.getId(), plain(request.getProperties()));
            return new Empty();
        }),
        cancel: answering<Empty, Empty>(() => new Empty()),
    };
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

function plain(struct: Struct | undefined): Properties {
    return struct?.toJavaScript() ?? {};
}

function structOf(value: Properties): Struct {
    // JSON is what a Struct holds; the way there and back leaves out what is undefined.
    return Struct.fromJavaScript(JSON.parse(JSON.stringify(value)) as Record<string, JavaScriptValue>);
}
