/** What a Gateway cannot be without: asked for first, since nothing else can be judged before. */
import {
    entryFailures,
    isTable,
    isTableOrAbsent,
    isText,
    isThere,
    refuseWithout,
    requiredFailures,
    within,
    type Requirements,
} from "../required";
import type { GatewayTlsArgs } from "./args";

const ISSUER: Requirements = {
    name: [isThere, "Give the name of an Issuer or ClusterIssuer."],
    kind: [isThere, 'Give "ClusterIssuer" or "Issuer".'],
};

const REQUIRED: Requirements = {
    namespace: [isThere, 'Give the Gateway\'s namespace, as "infra".'],
    gatewayClassName: [isThere, 'Give the name of a GatewayClass in the cluster, as "cilium".'],
    // One that is looked up in CertIssuers' outputs by a wrong name is none.
    issuer: [isTable, "Say who issues: one of CertIssuers' issuers by its name, or { name, kind }."],
    ...within("issuer", ISSUER),
    listeners: [Array.isArray, "Give a list of { name, hostname }."],
    certificates: [isTableOrAbsent, "Give certificates by the names of their secrets, or leave it out."],
    routes: [isTableOrAbsent, "Give routes by their names, or leave it out."],
};

const LISTENER: Requirements = {
    name: [isText, 'Give the listener a name in plain text, as "https".'],
    tls: [isTableOrAbsent, "Give { certificateRefs }, or leave it out."],
};

const CERTIFICATE: Requirements = {
    issuer: [isTableOrAbsent, "Give { name, kind }, or leave it out for the component's own."],
    ...within("issuer", ISSUER),
};

const ROUTE: Requirements = {
    listener: [isText, "Give the name of the listener that it attaches to, in plain text."],
    rules: [isThere, "Give a list of { service, port }."],
};

/** @throws PortcullisError `InvalidInput` with everything that is missing, or has the wrong shape altogether */
export function refuseMissing(name: string, args: GatewayTlsArgs): void {
    refuseWithout("GatewayTls", name, args, () => [
        ...requiredFailures(args, REQUIRED),
        ...entryFailures(
            "listeners",
            { entries: args.listeners, of: "list" },
            LISTENER,
            "Give { name, hostname }.",
        ),
        ...entryFailures(
            "certificates",
            { entries: args.certificates, of: "table" },
            CERTIFICATE,
            "Give an object, {} at least.",
        ),
        ...entryFailures("routes", { entries: args.routes, of: "table" }, ROUTE, "Give { listener, rules }."),
    ]);
}
