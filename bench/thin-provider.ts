/** The thinnest provider that one can write as an object: each method only calls the installed package. */
import type { ServedProvider } from "../provider/serve";
import type * as runtime from "../sdk/runtime";

/** The resource that it serves. */
export const TOKEN = "outscale:ApiAccessRule";

// The serializer writes each function down by itself: whatever they shared would be written down as well.
/* eslint-disable @typescript-eslint/no-require-imports -- an import would be captured, with all that it holds */
export const thinProvider: ServedProvider = {
    configure: (request) =>
        (require("pulumi-portcullis/runtime") as typeof runtime)
            .provider("outscale:ApiAccessRule")
            .configure(request),
    check: (olds, news) =>
        (require("pulumi-portcullis/runtime") as typeof runtime)
            .provider("outscale:ApiAccessRule")
            .check(olds, news),
    diff: (id, olds, news) =>
        (require("pulumi-portcullis/runtime") as typeof runtime)
            .provider("outscale:ApiAccessRule")
            .diff(id, olds, news),
    create: (inputs) =>
        (require("pulumi-portcullis/runtime") as typeof runtime)
            .provider("outscale:ApiAccessRule")
            .create(inputs),
    read: (id, props) =>
        (require("pulumi-portcullis/runtime") as typeof runtime)
            .provider("outscale:ApiAccessRule")
            .read(id, props),
    update: (id, olds, news) =>
        (require("pulumi-portcullis/runtime") as typeof runtime)
            .provider("outscale:ApiAccessRule")
            .update(id, olds, news),
    delete: (id, props) =>
        (require("pulumi-portcullis/runtime") as typeof runtime)
            .provider("outscale:ApiAccessRule")
            .delete(id, props),
};
