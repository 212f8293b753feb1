/** Serves the `aws` stand-in as a plugin, for runs in which the real provider cannot be installed: it makes nothing. */
import { main, type Provider } from "@pulumi/pulumi/provider";
import { check, create, diff, invoke, recordTo, remove, update, type Record } from "./provider";

const { AWS_REGION: region = "eu-west-3", PORTCULLIS_AWS_RECORD: file } = process.env;
const record: Record = file === undefined ? () => undefined : recordTo(file);

/** What is thrown becomes the call's error. */
function answer<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => {
        resolve(work());
    });
}

const provider: Provider = {
    version: "7.48.0",
    check: (urn, _olds, news) => answer(() => check(urn, news, region)),
    diff: (_id, urn, olds, news) => answer(() => diff(urn, olds, news)),
    create: (urn, inputs) => answer(() => create(urn, inputs, region, record)),
    update: (id, urn, olds, news) => answer(() => update(id, urn, olds, news, record)),
    delete: (id, urn) =>
        answer(() => {
            remove(id, urn, record);
        }),
    invoke: (token, inputs: unknown) => answer(() => ({ outputs: invoke(token, inputs) })),
};

void main(provider, process.argv.slice(2));
