/** Checks a cluster's arguments when it is constructed: all faults at once, at preview, before anything is declared. */
import { PortcullisError } from "../../provider/errors";
import { refusal } from "../../provider/refusal";
import type { CheckFailure } from "../../provider/resource";
import { decideAutopilot, thresholdFailures, type AutopilotDecision } from "../../provider/vault/autopilot";
import { publicKeyOf, tlsFailures } from "../../provider/vault/tls-files";
import type { ImageIdArgs, ImageSearchArgs, SourcesArgs, VaultClusterArgs } from "./args";
import { initializationOf, type ClusterInitialization } from "./initialization";
import { JOIN_TAG, settingFailures, type NodeSettings } from "./node/settings";
import { userData } from "./node/user-data";
import { regionOf, typeFailures, zoneFailures } from "./placement";
import { releaseFailures } from "./releases";
import { missingFailures } from "./required";
import { sealUserFailures } from "./seal-users";
import { decideSize, type Size } from "./size";
import { networkFailures, privateNetworkFailures } from "./sources";

/** The node's settings but for the two ARNs, which only a deployment knows. */
export type PlannedSettings = Omit<NodeSettings, "kmsKeyArn" | "tlsSecretArn">;

/** What follows from arguments that are in order. */
export interface ClusterPlan extends Size {
    readonly settings: PlannedSettings;
    readonly initialization: ClusterInitialization;
    readonly volumeSize: number;
    readonly egressCidrs: readonly string[];
}

/** The hook that holds a terminating instance until its node has left. */
export const LIFECYCLE_HOOK = "leave-raft";

const DEFAULT_VOLUME_SIZE = 20;
/** What a gp3 volume may have, but for sizes that hold no system. */
const VOLUME_SIZES = { least: 8, most: 16_384 } as const;

/** Longer names leave no room for the random end that balancers and target groups get, of at most 32 characters. */
const LONGEST_NAME = 20;

const OWNER = /^(?:[0-9]{12}|self|amazon)$/;

/** As long as ARNs of these kinds get, so that what fits with them fits with the real ones. */
const SAMPLE_ARNS = {
    kmsKeyArn: "arn:aws-us-gov:kms:ap-southeast-99:123456789012:key/mrk-0123456789abcdef0123456789abcdef",
    tlsSecretArn: `arn:aws-us-gov:secretsmanager:ap-southeast-99:123456789012:secret:${"n".repeat(LONGEST_NAME + 12)}-AbCdEf`,
};

/**
 * The plan for the arguments of a component of this name.
 * @throws PortcullisError InvalidInput with every fault, each with its remedy
 */
export function planCluster(name: string, args: VaultClusterArgs, now: Date): ClusterPlan {
    const absent = missingFailures(args);
    /** The arguments that have at least the right shape. */
    const given: Partial<VaultClusterArgs> = Object.fromEntries(
        Object.entries(args).filter(([key]) => !absent.some(({ property }) => property === key)),
    );
    const { mode = "ha", clusterName, serverName, binary, subnets, instanceTypes, image } = given;
    const failures: CheckFailure[] = [
        ...absent,
        ...nameFailures(name),
        ...settingFailures({ clusterName, serverName, binary }),
        ...programFailures(given),
        ...(subnets === undefined
            ? []
            : zoneFailures(
                  mode,
                  subnets.map(({ availabilityZone }) => availabilityZone),
              )),
        ...(instanceTypes === undefined ? [] : typeFailures(mode, instanceTypes)),
        ...sourceFailures("clients", given.clients),
        ...sourceFailures("telemetry", args.telemetry),
        ...metricsFailures(args),
        ...networkFailures("egressCidrs", args.egressCidrs ?? []),
        ...(image === undefined ? [] : imageFailures(image)),
        ...volumeFailures(args.volumeSize),
        ...sealUserFailures(args.sealUsers ?? []),
        ...tagFailures(args.tags),
        ...knownTlsFailures(given, now),
    ];
    const size = decideSize({ ...args, mode });
    const autopilot = size.accepted ? decideAutopilot(size.size.nodes, args.autopilot) : undefined;
    if (!size.accepted) failures.push(...size.failures);
    failures.push(...autopilotFailures(args, autopilot));
    if (failures.length > 0 || !size.accepted || autopilot?.accepted !== true)
        throw refusal("VaultCluster", name, failures);
    const settings = settingsOf(name, args, size.size);
    const unbootable = userDataFailures(settings);
    if (unbootable.length > 0) throw refusal("VaultCluster", name, unbootable);
    return {
        ...size.size,
        settings,
        initialization: initializationOf(settings, args.autopilot),
        volumeSize: args.volumeSize ?? DEFAULT_VOLUME_SIZE,
        egressCidrs: args.egressCidrs ?? ["0.0.0.0/0"],
    };
}

function settingsOf(name: string, args: VaultClusterArgs, { nodes }: Size): PlannedSettings {
    return {
        product: args.product ?? "openbao",
        binary: args.binary,
        clusterName: args.clusterName ?? name,
        nodes,
        // Every subnet lies in the same region, and there is one: that was checked.
        region: regionOf(args.subnets[0]?.availabilityZone ?? "") ?? "",
        serverName: args.serverName,
        lifecycleHook: LIFECYCLE_HOOK,
        telemetry: args.telemetry !== undefined,
    };
}

/** The name goes into those of AWS resources; another `clusterName` does not make it fit. */
function nameFailures(name: string): readonly CheckFailure[] {
    if (name.length <= LONGEST_NAME && settingFailures({ clusterName: name }).length === 0) return [];
    return [
        {
            property: "name",
            reason: `Balancers of AWS take letters, digits and hyphens, and leave ${LONGEST_NAME} characters for the component's name. Give it a shorter or simpler one.`,
        },
    ];
}

/** The node compares digest and version as well; here a slip is seen before five instances have started for nothing. */
function programFailures({
    product = "openbao",
    binary,
}: Partial<VaultClusterArgs>): readonly CheckFailure[] {
    const products: readonly string[] = ["openbao", "vault"];
    if (!products.includes(product)) return [{ property: "product", reason: 'Give "openbao" or "vault".' }];
    return binary !== undefined && "url" in binary ? releaseFailures(product, binary.url) : [];
}

function sourceFailures(property: "clients" | "telemetry", sources?: SourcesArgs): readonly CheckFailure[] {
    if (sources === undefined) return [];
    const { cidrs = [], securityGroups = {} } = sources;
    if (cidrs.length === 0 && Object.keys(securityGroups).length === 0) {
        return [
            {
                property,
                reason: "It names nobody, so that nobody could connect. Give cidrs or securityGroups.",
            },
        ];
    }
    return privateNetworkFailures(`${property}.cidrs`, cidrs);
}

/** Only OpenBao has listeners for metrics alone. */
function metricsFailures({ product, telemetry }: VaultClusterArgs): readonly CheckFailure[] {
    if (product !== "vault" || telemetry === undefined) return [];
    return [
        {
            property: "telemetry",
            reason: "Vault serves its whole API on every listener, so that whoever may gather metrics could call all of it past the balancer. Leave it out, and read sys/metrics at the API with a token that may do that alone; or use OpenBao.",
        },
    ];
}

function imageFailures(image: ImageSearchArgs | ImageIdArgs): readonly CheckFailure[] {
    if ("id" in image) return [];
    const failures: CheckFailure[] = [];
    if (!OWNER.test(image.owner)) {
        failures.push({
            property: "image.owner",
            reason: 'Anybody may publish an image of any name, so its owner has to be said. Give the account id of 12 digits, "self" or "amazon".',
        });
    }
    if (/^[*?]*$/.test(image.name)) {
        failures.push({
            property: "image.name",
            reason: "It matches every image of the owner. Give its name, or the part of it that stays the same.",
        });
    }
    return failures;
}

function volumeFailures(size = DEFAULT_VOLUME_SIZE): readonly CheckFailure[] {
    const { least, most } = VOLUME_SIZES;
    if (Number.isInteger(size) && size >= least && size <= most) return [];
    return [{ property: "volumeSize", reason: `Give a whole number of GiB from ${least} to ${most}.` }];
}

function tagFailures(tags: VaultClusterArgs["tags"] = {}): readonly CheckFailure[] {
    return Object.keys(tags)
        .filter((key) => key === JOIN_TAG || key === "Name" || key.startsWith("aws:"))
        .map((key) => ({
            property: `tags["${key}"]`,
            reason: key.startsWith("aws:")
                ? "Tags that begin with aws: are AWS's own. Choose another name."
                : "The component sets this tag itself. Choose another name.",
        }));
}

/** Files that are outputs, of other resources or secret ones, are for `TlsFilesCheck` to judge. */
function knownTlsFailures(
    { tls, serverName }: Partial<VaultClusterArgs>,
    now: Date,
): readonly CheckFailure[] {
    if (tls === undefined || serverName === undefined) return [];
    const { certificate, privateKey, authorities } = tls;
    if (
        typeof certificate !== "string" ||
        typeof privateKey !== "string" ||
        typeof authorities !== "string"
    ) {
        return [];
    }
    const publicKey = publicKeyOf(privateKey);
    return tlsFailures({ serverName, certificate, publicKey, authorities }, now).map((failure) => ({
        ...failure,
        property: `tls.${failure.property}`,
    }));
}

/** How long a silent node is kept is judged for itself where the number of nodes is at fault. */
function autopilotFailures(
    { autopilot = {} }: VaultClusterArgs,
    decision: AutopilotDecision | undefined,
): readonly CheckFailure[] {
    const { deadServerLastContactThreshold: threshold } = autopilot;
    const alone = threshold === undefined ? [] : thresholdFailures(threshold);
    const failures = decision === undefined ? alone : decision.accepted ? [] : decision.failures;
    return failures.map((failure) => ({ ...failure, property: `autopilot.${failure.property}` }));
}

function userDataFailures(settings: PlannedSettings): readonly CheckFailure[] {
    try {
        userData({ ...settings, ...SAMPLE_ARNS });
        return [];
    } catch (error) {
        if (!(error instanceof PortcullisError)) throw error;
        return [{ property: error.property ?? "user data", reason: error.message }];
    }
}
