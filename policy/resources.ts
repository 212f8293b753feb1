/** Access rules and access keys as the providers that can declare them name their properties. */
import { engineType } from "../provider/dynamic";
import { UNKNOWN, type Unknown } from "../provider/resource";
import { ENCRYPTED, type Plain, type PlainObject } from "./properties";

/** The types of OUTSCALE's own provider, a bridge from its Terraform provider. */
const BRIDGED_RULE = "outscale:index/apiAccessRule:ApiAccessRule";
const BRIDGED_KEY = "outscale:index/accessKey:AccessKey";

const RULES: readonly string[] = [engineType("outscale:ApiAccessRule"), BRIDGED_RULE];
const KEYS: readonly string[] = [engineType("outscale:AccessKey"), BRIDGED_KEY];

/** What an access rule asks for, as far as it can be told by now. */
export interface DeclaredCriteria {
    /** Whether it names an authority; its callers need a certificate then. */
    readonly asksForCertificate: boolean | Unknown;
    /** The addresses and ranges that are known. */
    readonly ipRanges: readonly string[];
    /** Whether those are all of its addresses. */
    readonly allKnown: boolean;
}

/** The criteria of an access rule; undefined for resources of other types. */
export function criteriaOf(type: string, properties: PlainObject): DeclaredCriteria | undefined {
    if (!RULES.includes(type)) return undefined;
    const { caIds, ipRanges } = properties;
    const ranges = Array.isArray(ipRanges) ? (ipRanges as readonly Plain[]) : [];
    const known = ranges.filter((range) => typeof range === "string");
    return {
        asksForCertificate: isHidden(caIds) ? UNKNOWN : Array.isArray(caIds) && caIds.length > 0,
        ipRanges: known,
        allKnown: !isHidden(ipRanges) && known.length === ranges.length,
    };
}

/** What is said of an access key's end; a text, nothing, or not known yet. */
export interface DeclaredEnd {
    readonly expirationDate: string | Unknown | undefined;
    readonly lifetime: string | Unknown | undefined;
}

/** What an access key says of its end; undefined for resources of other types. */
export function endOf(type: string, properties: PlainObject): DeclaredEnd | undefined {
    if (!KEYS.includes(type)) return undefined;
    const { expirationDate, lifetime } = properties;
    return { expirationDate: text(expirationDate), lifetime: text(lifetime) };
}

/** Whether the resource is a key of a type whose secret key is in plain text unless the program says otherwise. */
export function leavesSecretKeyPlain(type: string, additionalSecretOutputs: readonly string[]): boolean {
    return type === BRIDGED_KEY && !additionalSecretOutputs.includes("secretKey");
}

/** What holds a package's configuration: the stack's own, where its resources are dynamic ones. */
export function isProvider(type: string): boolean {
    return type.startsWith("pulumi:providers:");
}

function text(value: Plain | undefined): string | Unknown | undefined {
    if (isHidden(value)) return UNKNOWN;
    return typeof value === "string" && value !== "" ? value : undefined;
}

/** What cannot be judged: a value that is not known yet, or that is none of a policy's business. */
function isHidden(value: Plain | undefined): boolean {
    return value === UNKNOWN || value === ENCRYPTED;
}
