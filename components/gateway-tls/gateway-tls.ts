/** The GatewayTls component: a Gateway whose HTTPS listeners have certificates that cert-manager issues and renews. */
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "../../provider/kubernetes/object";
import { whenKnown } from "../../provider/kubernetes/program/known";
import type { GatewayTlsArgs } from "./args";
import { redirectPort } from "./listeners";
import { planGateway, type GatewayPlan } from "./plan";
import { refuseMissing } from "./required";
import { redirectGroups } from "./routes";

const GATEWAY = { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway" } as const;
const ROUTE = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" } as const;
const CERTIFICATE = { apiVersion: "cert-manager.io/v1", kind: "Certificate" } as const;

/**
 * A Gateway (Gateway API, v1) that ends TLS, with certificates of cert-manager: one for each secret, by the annotation
 * that names the issuer, or those that are declared in `certificates`. What cert-manager or the Gateway would pass over
 * in silence is refused, at preview where all of it is known by then.
 */
export class GatewayTls extends pulumi.ComponentResource {
    public readonly gatewayName: pulumi.Output<string>;
    public readonly namespace: pulumi.Output<string>;
    /** Secrets with certificates, in the Gateway's namespace; each as soon as it is issued. */
    public readonly secretNames: pulumi.Output<string[]>;
    /** Host names of the listeners, each once. */
    public readonly hostNames: pulumi.Output<string[]>;

    /** @throws PortcullisError InvalidInput with every fault of the arguments, each with its remedy */
    constructor(name: string, args: GatewayTlsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("portcullis:index:GatewayTls", name, {}, opts);
        refuseMissing(name, args);
        const plan = whenKnown(args, (known) => planGateway(name, known));
        const apply = (
            suffix: string,
            type: { readonly apiVersion: string; readonly kind: string },
            pick: (plan: GatewayPlan) => KubernetesObject | undefined,
            dependsOn: readonly pulumi.Resource[] = [],
        ): CustomResource => {
            const object = plan.apply((known) => objectOf(pick(known)));
            return new CustomResource(
                `${name}-${suffix}`,
                { ...type, metadata: object.metadata, spec: object.spec },
                { parent: this, dependsOn: [...dependsOn] },
            );
        };
        const certificates = Object.keys(args.certificates ?? {}).map((secret) =>
            apply(`certificate-${secret}`, CERTIFICATE, (known) => known.certificates[secret]),
        );
        const gateway = apply("gateway", GATEWAY, (known) => known.gateway, certificates);
        for (const route of Object.keys(args.routes ?? {})) {
            apply(`route-${route}`, ROUTE, (known) => known.routes[route], [gateway]);
        }
        if (redirectPort(args) !== undefined) {
            for (const [index, { port, part }] of redirectGroups(args.listeners).entries()) {
                const suffix = `redirect-${port}${part > 1 ? `-${part}` : ""}`;
                apply(suffix, ROUTE, (known) => known.redirects[index], [gateway]);
            }
        }
        this.gatewayName = pulumi.all([plan, gateway.urn]).apply(([known]) => known.gateway.metadata.name);
        this.namespace = pulumi.output(args.namespace);
        this.secretNames = plan.apply((known) => [...known.secretNames]);
        this.hostNames = plan.apply((known) => [...known.hostNames]);
        this.registerOutputs({
            gatewayName: this.gatewayName,
            namespace: this.namespace,
            secretNames: this.secretNames,
            hostNames: this.hostNames,
        });
    }
}

/** The plan is made of the same arguments as its children are. */
function objectOf(object: KubernetesObject | undefined): KubernetesObject {
    if (object === undefined) throw new Error("the plan has no such object");
    return object;
}
