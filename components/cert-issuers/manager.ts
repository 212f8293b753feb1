/** cert-manager itself: which version, where, and the values of its chart. */
import { isLabel, isSubdomain } from "../../provider/kubernetes/names";
import type { CheckFailure } from "../../provider/resource";
import type { CertIssuersArgs } from "./args";

/** The newest release of the newest line when this was written. */
export const DEFAULT_VERSION = "v1.21.2";
const REPOSITORY = "https://charts.jetstack.io";

/** cert-manager as issuers see it. */
export interface Manager {
    /** The second number of its version: 21 of "v1.21.2". */
    readonly minor: number;
    readonly version: string;
    readonly namespace: string;
    readonly serviceAccount: string;
    /** Absent where it is there already. */
    readonly chart:
        { readonly repository: string; readonly values: Readonly<Record<string, unknown>> } | undefined;
}

type Values = Readonly<Record<string, unknown>>;

/** cert-manager by the arguments, with its faults; what follows from them is of use only where there are none. */
export function managerOf(args: Pick<CertIssuersArgs, "certManager" | "enableGatewayApi">): {
    readonly manager: Manager;
    readonly failures: readonly CheckFailure[];
} {
    const given = args.certManager ?? {};
    const isThere = "existingVersion" in given;
    const version = isThere ? given.existingVersion : (given.version ?? DEFAULT_VERSION);
    const minor = Number(/^v?1\.(\d{1,3})\.\d{1,3}$/.exec(version)?.[1] ?? Number.NaN);
    const { namespace = "cert-manager" } = given;
    const own = chartValues(minor, args.enableGatewayApi ?? true);
    const values = isThere ? {} : (given.values ?? {});
    const manager: Manager = {
        minor,
        version,
        namespace,
        serviceAccount: (isThere ? given.serviceAccount : undefined) ?? "cert-manager",
        chart: isThere
            ? undefined
            : { repository: given.repository ?? REPOSITORY, values: merged(values, own) },
    };
    const failures: CheckFailure[] = [];
    const refuse = (property: string, reason: string) =>
        failures.push({ property: `certManager.${property}`, reason });
    if (!(minor >= 12)) {
        refuse(
            isThere ? "existingVersion" : "version",
            `${JSON.stringify(version.slice(0, 40))} is no version of cert-manager from 1.12 on. Write all three numbers, as "${DEFAULT_VERSION}".`,
        );
    }
    if (!isLabel(namespace)) {
        refuse("namespace", "It is no name of a namespace. Write letters, digits and hyphens.");
    }
    if (!isSubdomain(manager.serviceAccount)) {
        refuse("serviceAccount", "It is no name of a service account. Write letters, digits and hyphens.");
    }
    if (!isThere && given.repository !== undefined && !/^(https|oci):\/\/[^\s@]+$/.test(given.repository)) {
        refuse("repository", "Give an address that begins with https:// or oci://.");
    }
    for (const path of contradictions(values, { ...REFUSED, ...own })) {
        refuse(
            `values.${path}`,
            "The component sets it itself, by the chart's version and its other arguments. Leave it out.",
        );
    }
    const { extraArgs } = values;
    if (Array.isArray(extraArgs) && extraArgs.some((one) => String(one).includes(OTHER_NAMESPACE))) {
        refuse(
            "values.extraArgs",
            `${OTHER_NAMESPACE} leads ClusterIssuers past the secrets in the component's namespace. Leave it out.`,
        );
    }
    return { manager, failures };
}

/** The controller's flag that the chart sets by its own values. */
const OTHER_NAMESPACE = "--cluster-resource-namespace";

/** Stands for every value: whatever is given in its place is another. */
const NONE = Symbol("none");

/** Values on which the component's own objects rest: other names and namespaces would lead past the controller. */
const REFUSED: Values = {
    installCRDs: NONE,
    namespace: NONE,
    clusterResourceNamespace: NONE,
    fullnameOverride: NONE,
    nameOverride: NONE,
    serviceAccount: { name: NONE, create: NONE },
};

/**
 * The values by which the chart of a version brings its definitions and switches Gateway API on. A wrong one is ignored
 * by old charts, and refused by those from 1.21 on.
 */
export function chartValues(minor: number, enableGatewayApi: boolean): Values {
    const crds = minor < 15 ? { installCRDs: true } : { crds: { enabled: true, keep: true } };
    if (!enableGatewayApi) return crds;
    if (minor < 15) return { ...crds, featureGates: "ExperimentalGatewayAPISupport=true" };
    return {
        ...crds,
        config: {
            apiVersion: "controller.config.cert-manager.io/v1alpha1",
            kind: "ControllerConfiguration",
            ...(minor < 21 ? { enableGatewayAPI: true } : { gatewayAPI: { enabled: true } }),
        },
    };
}

function isTable(value: unknown): value is Values {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Both, one within the other; where both say something, the second. */
function merged(values: Values, own: Values): Values {
    const both = Object.entries(own).map(([key, value]): [string, unknown] => {
        const given = values[key];
        return [key, isTable(value) && isTable(given) ? merged(given, value) : value];
    });
    return { ...values, ...Object.fromEntries(both) };
}

/** Paths at which values say something else than the component's own. */
function contradictions(values: Values, own: Values): readonly string[] {
    return Object.entries(own).flatMap(([key, value]) => {
        if (!Object.hasOwn(values, key)) return [];
        const given = values[key];
        if (isTable(value) && isTable(given))
            return contradictions(given, value).map((path) => `${key}.${path}`);
        return given === value ? [] : [key];
    });
}
