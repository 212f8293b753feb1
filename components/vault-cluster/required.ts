/** What a cluster cannot be without. */
import type { CheckFailure } from "../../provider/resource";
import { isThere, requiredFailures, type Requirement } from "../required";
import type { VaultClusterArgs } from "./args";

type RequiredArgument =
    "mode" | "binary" | "serverName" | "vpcId" | "subnets" | "clients" | "instanceTypes" | "image" | "tls";

const isObject = (value: unknown): boolean =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** Each argument, what it has to be at least, and what to do where it is not. */
const REQUIRED: Readonly<Record<RequiredArgument, Requirement>> = {
    mode: [
        (mode) => mode === "ha" || mode === "dev",
        'Give "ha", for several nodes over three zones or more, or "dev", for one node to try things out.',
    ],
    binary: [
        (binary) => typeof binary === "object" && binary !== null && ("path" in binary || "url" in binary),
        'Say where the server program is: { path: "/usr/bin/bao" } on the image, or { url, sha256 }.',
    ],
    serverName: [isThere, 'Give the DNS name by which clients call, as "vault.priv.example.org".'],
    vpcId: [isThere, 'Give the id of the VPC that the subnets lie in, as "vpc-0a1b2c3d4e5f60718".'],
    subnets: [Array.isArray, "Give a list of { id, availabilityZone }, one for each zone."],
    clients: [isObject, 'Say who may call the API: { cidrs: ["10.0.0.0/16"] }, or { securityGroups }.'],
    instanceTypes: [
        Array.isArray,
        'Give a list of instance types, as ["m6i.large", "m6a.large", "m5.large"].',
    ],
    image: [isObject, "Give the machine image: { owner, name } to search for it, or { id }."],
    tls: [
        isObject,
        "Give the nodes' TLS files: { certificate, privateKey, authorities }, as OfflineAuthority's whenSigned hands them out.",
    ],
};

/** What is missing, or has the wrong shape altogether. */
export function missingFailures(args: Partial<VaultClusterArgs>): readonly CheckFailure[] {
    return requiredFailures(args, REQUIRED);
}
