/** What CertIssuers comes to, but for what AWS answers: its arguments judged, all faults at once. */
import type * as pulumi from "@pulumi/pulumi";
import { isSubdomain } from "../../provider/kubernetes/names";
import { refusal } from "../../provider/refusal";
import type { CheckFailure } from "../../provider/resource";
import { acmeFailures, acmeName, ENVIRONMENTS } from "./acme";
import type { CertIssuersArgs } from "./args";
import { managerOf, type Manager } from "./manager";
import { serviceAccountOf, vaultFailures } from "./vault";

/** The arguments once all of them are known. */
export type KnownArgs = pulumi.Unwrap<CertIssuersArgs>;

/**
 * The arguments again, in order.
 *
 * @throws PortcullisError `InvalidInput` with every fault, each with its remedy
 */
export function checkIssuers(name: string, args: KnownArgs, now: Date): KnownArgs {
    const { manager, failures } = managerOf(args);
    const all: CheckFailure[] = [
        ...failures,
        ...(args.letsEncrypt === undefined ? [] : acmeFailures(args.letsEncrypt, manager, now)),
        ...Object.entries(args.vault ?? {}).flatMap(([issuer, one]) =>
            vaultFailures(issuer, one, manager, now),
        ),
        ...collisions(name, args, manager),
    ];
    if (all.length > 0) throw refusal("CertIssuers", name, all);
    return args;
}

/** Objects of one name: the second would take the place of the first, or be refused by the cluster half way. */
function collisions(
    name: string,
    { letsEncrypt, vault = {} }: KnownArgs,
    manager: Pick<Manager, "namespace" | "serviceAccount">,
): readonly CheckFailure[] {
    const acme = letsEncrypt === undefined ? [] : (letsEncrypt.environments ?? ENVIRONMENTS).map(acmeName);
    const taken = new Map([[`${manager.namespace}/${manager.serviceAccount}`, "cert-manager itself"]]);
    const failures: CheckFailure[] = [];
    if (letsEncrypt?.identity.type === "irsa") {
        if (!isSubdomain(`${name}-route53`)) {
            failures.push({
                property: "name",
                reason: "A service account is named after the component. Write lower-case letters, digits and hyphens.",
            });
        }
        taken.set(`${letsEncrypt.namespace ?? manager.namespace}/${name}-route53`, "letsEncrypt");
    }
    const doubled = Object.entries(vault).flatMap(([issuer, { auth, namespace }]) => {
        const property = `vault["${issuer}"]`;
        if (acme.includes(issuer)) {
            return [{ property, reason: "letsEncrypt has an issuer of this name. Give this one another." }];
        }
        const account = serviceAccountOf(auth);
        if (account === undefined) return [];
        const place = `${namespace ?? manager.namespace}/${account}`;
        const other = taken.get(place);
        taken.set(place, property);
        if (other === undefined) return [];
        return [
            {
                property: `${property}.auth`,
                reason: `Its service account ${JSON.stringify(account)} is that of ${other} as well. Give each issuer one of its own.`,
            },
        ];
    });
    return [...failures, ...doubled];
}
