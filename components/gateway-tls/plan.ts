/** What GatewayTls comes to: its arguments judged, all faults at once, and the objects that they make. */
import type * as pulumi from "@pulumi/pulumi";
import { issuerWords, type Issuer } from "../../provider/kubernetes/issuer";
import { isLabel, isSubdomain } from "../../provider/kubernetes/names";
import type { KubernetesObject } from "../../provider/kubernetes/object";
import { durationOrUndefined } from "../../provider/duration";
import { refusal } from "../../provider/refusal";
import type { CheckFailure } from "../../provider/resource";
import { annotationFailures, issuerAnnotation } from "./annotations";
import type { GatewayTlsArgs } from "./args";
import { certificateFailures, certificateOf, type Certificate } from "./certificates";
import { issuedFailures, listenerFailures, listenerOf, redirectPort, type Listener } from "./listeners";
import {
    certificateObject,
    gatewayObject,
    redirectName,
    redirectObject,
    routeObject,
    type Common,
} from "./objects";
import { redirectGroups, routeFailures } from "./routes";

/** The arguments once all of them are known. */
export type KnownArgs = pulumi.Unwrap<GatewayTlsArgs>;

/** The objects to apply, those of one kind by the names by which the arguments know them. */
export interface GatewayPlan {
    readonly gateway: KubernetesObject;
    readonly certificates: Readonly<Record<string, KubernetesObject>>;
    readonly routes: Readonly<Record<string, KubernetesObject>>;
    /** In the order of `redirectGroups`. */
    readonly redirects: readonly KubernetesObject[];
    readonly secretNames: readonly string[];
    readonly hostNames: readonly string[];
}

/**
 * @throws PortcullisError `InvalidInput` with every fault, each with its remedy
 */
export function planGateway(name: string, args: KnownArgs): GatewayPlan {
    const { namespace, gatewayName = name, certificates: explicit, annotations = {}, routes = {} } = args;
    const redirect = redirectPort(args);
    const issuer: Issuer = args.issuer;
    const keys = Object.keys(explicit ?? {});
    const [only] = keys;
    const standard = keys.length === 1 && only !== undefined ? only : `${gatewayName}-tls`;
    const listeners = args.listeners.map((one) => listenerOf(one, standard));
    const certificates = Object.entries(explicit ?? {}).map(([secretName, given]) => ({
        given,
        certificate: certificateOf(secretName, given, issuer, listeners),
    }));
    const bySecret = new Map(certificates.map(({ certificate }) => [certificate.secretName, certificate]));
    const namesOfSecret = (secret: string): readonly string[] =>
        explicit === undefined
            ? listeners.filter(({ secretName }) => secretName === secret).map(({ hostname }) => hostname)
            : (bySecret.get(secret)?.dnsNames ?? []);
    const failures: CheckFailure[] = [
        ...placeFailures(args, gatewayName),
        ...issuerFailures("issuer", issuer, namespace),
        ...Object.entries(explicit ?? {}).flatMap(([secret, { issuer: own }]) =>
            own === undefined ? [] : issuerFailures(`certificates["${secret}"].issuer`, own, namespace),
        ),
        ...annotationFailures(annotations, issuer, explicit !== undefined),
        ...listenerFailures(args.listeners, namespace, redirect),
    ];
    if (redirect !== undefined) {
        const taken = redirectGroups(args.listeners).map((group) => redirectName(gatewayName, group));
        for (const [route, { namespace: of = namespace }] of Object.entries(routes)) {
            if (of !== namespace || !taken.includes(route)) continue;
            failures.push({
                property: `routes["${route}"]`,
                reason: "The route that redirects from HTTP has this name, and one would take the other's place. Give this one another.",
            });
        }
    }
    // What follows compares names with one another, which have to be names first.
    if (failures.length === 0) {
        failures.push(
            ...issuedFailures(listeners, (secret) =>
                explicit === undefined ? issuer : bySecret.get(secret)?.issuer,
            ),
            ...(explicit === undefined ? [] : unwritten(listeners, bySecret)),
            ...certificates.flatMap(({ certificate, given }) =>
                certificateFailures(certificate, given, listeners),
            ),
            ...Object.entries(routes).flatMap(([route, given]) =>
                routeFailures(route, given, { namespace, listeners }, namesOfSecret),
            ),
        );
    }
    if (failures.length > 0) throw refusal("GatewayTls", name, failures);

    const common: Common = { namespace, gatewayName, labels: args.labels ?? {} };
    return {
        gateway: gatewayObject(common, {
            className: args.gatewayClassName,
            annotations: { ...annotations, ...(explicit === undefined && issuerAnnotation(issuer)) },
            listeners,
            redirect,
        }),
        certificates: Object.fromEntries(
            certificates.map(({ certificate }) => [
                certificate.secretName,
                certificateObject(common, certificate),
            ]),
        ),
        routes: Object.fromEntries(
            Object.entries(routes).map(([route, given]) => [route, routeObject(common, route, given)]),
        ),
        redirects:
            redirect === undefined
                ? []
                : redirectGroups(args.listeners).map((group) => redirectObject(common, group, listeners)),
        secretNames: [...new Set(listeners.map(({ secretName }) => secretName))],
        hostNames: [...new Set(listeners.map(({ hostname }) => hostname))],
    };
}

function placeFailures(args: KnownArgs, gatewayName: string): readonly CheckFailure[] {
    const failures: CheckFailure[] = [];
    if (!isLabel(args.namespace)) {
        failures.push({
            property: "namespace",
            reason: "It is no name of a namespace. Write letters, digits and hyphens.",
        });
    }
    // Implementations make services and labels of the name, which have no more.
    if (!isLabel(gatewayName)) {
        failures.push({
            property: "gatewayName",
            reason: "It is no name of a Gateway here. Write 1 to 63 lower-case letters, digits and hyphens.",
        });
    }
    if (!isSubdomain(args.gatewayClassName)) {
        failures.push({
            property: "gatewayClassName",
            reason: 'It is no name of a class. Write that of a GatewayClass in the cluster, as "cilium".',
        });
    }
    return failures;
}

function issuerFailures(property: string, issuer: Issuer, namespace: string): readonly CheckFailure[] {
    const failures: CheckFailure[] = [];
    const refuse = (part: string, reason: string) =>
        failures.push({ property: `${property}${part}`, reason });
    if (!isSubdomain(issuer.name))
        refuse(".name", "It is no name of an issuer. Give that of an Issuer or ClusterIssuer.");
    // Programs without types may write anything.
    if (!["ClusterIssuer", "Issuer"].includes(issuer.kind)) {
        refuse(
            ".kind",
            `${JSON.stringify(issuer.kind)} is no kind of cert-manager's own issuers. Write "ClusterIssuer" or "Issuer".`,
        );
    }
    if (issuer.kind === "Issuer" && issuer.namespace !== undefined && issuer.namespace !== namespace) {
        refuse(
            ".namespace",
            `The ${issuerWords(issuer)} issues there alone, and the Gateway is in "${namespace}". Use a ClusterIssuer, or an Issuer there.`,
        );
    }
    if (issuer.kind === "ClusterIssuer" && issuer.namespace !== undefined) {
        refuse(".namespace", "A ClusterIssuer is in no namespace. Leave it out.");
    }
    const { leafLifetime } = issuer.limits ?? {};
    if (leafLifetime !== undefined && durationOrUndefined(leafLifetime) === undefined) {
        refuse(".limits.leafLifetime", 'It is no duration. Write it as "90d".');
    }
    return failures;
}

/** Listeners whose secret nobody would write. */
function unwritten(
    listeners: readonly Listener[],
    certificates: ReadonlyMap<string, Certificate>,
): readonly CheckFailure[] {
    return listeners.flatMap(({ name, secretName }, index) =>
        certificates.has(secretName)
            ? []
            : [
                  {
                      property: `listeners[${index}].tls.certificateRefs`,
                      reason: `No certificate is issued into "${secretName}", which the listener "${name}" uses. Name one of those in certificates: ${[...certificates.keys()].join(", ") || "there is none"}.`,
                  },
              ],
    );
}
