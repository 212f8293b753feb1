/** What tests of issuers by ACME share: Pebble with its DNS, and hosted zones of Route 53 on moto with the role for proofs. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dnsPolicy } from "../../components/cert-issuers/policies";
import { irsaTrust, type PolicyDocument, type ServiceAccountName } from "../../components/iam-policies";
import { enforcePolicies, findMoto, startMoto, type RunningMoto } from "../../tools/services/moto";
import { findPebble, startPebble, type RunningPebble } from "../../tools/services/pebble";
import { callAws, type AwsCall, type AwsCredentials, type AwsResult } from "../oracles/boto";
import { TestAuthority } from "./vault-certificates";

const ACCOUNT = "123456789012";
const CLUSTER = "oidc.eks.eu-west-3.amazonaws.com/id/ABC";
/** Of whoever sets up, while nothing is enforced. */
const ANYBODY: AwsCredentials = { accessKeyId: "test", secretAccessKey: "test" };
const RoleName = "certs-dns-role";

export interface AcmeGround {
    readonly pebble: RunningPebble;
    readonly moto: RunningMoto;
    /** Of the authority that issued Pebble's own certificate, PEM. */
    readonly authority: string;
    /** The hosted zone of the tests' domain, and one of another domain. */
    readonly hostedZoneId: string;
    readonly otherZoneId: string;
    readonly roleArn: string;
    readonly policy: PolicyDocument;
    /** Calls as the role, whoever took it. */
    readonly asRole: (...calls: AwsCall[]) => Promise<readonly AwsResult[]>;
    /** The TXT records of the hosted zone: names without a dot at the end, with the values that DNS would answer. */
    readonly records: () => Promise<Readonly<Record<string, readonly string[]>>>;
    /** Does the work while the role's policy lacks one action. */
    readonly without: <T>(action: string, work: () => Promise<T>) => Promise<T>;
    readonly close: () => Promise<void>;
}

/** A token of a service account, as the cluster would sign it; moto looks at what it says alone. */
export function accountToken(namespace: string, serviceAccount: string, audience: string): string {
    const claims = { iss: `https://${CLUSTER}`, sub: `system:serviceaccount:${namespace}:${serviceAccount}` };
    const part = (of: object): string => Buffer.from(JSON.stringify(of)).toString("base64url");
    return [part({ alg: "RS256" }), part({ ...claims, aud: audience }), "signature"].join(".");
}

/** Running, with every call held to policies; or why a machine has them not. */
export async function acmeGround(
    domain: string,
    account: ServiceAccountName,
): Promise<AcmeGround | { readonly missing: string }> {
    const program = await findPebble();
    if ("missing" in program) return program;
    const found = await findMoto();
    if ("missing" in found) return found;
    const directory = mkdtempSync(join(tmpdir(), "portcullis-acme-"));
    const authority = new TestAuthority(join(directory, "tls"));
    const own = { ...authority.server(), directory, authority: authority.certificatePem };
    const pebble = await startPebble(program, own);
    const moto = await startMoto(found, { knowsResources: true });
    const close = async (): Promise<void> => {
        await pebble.end();
        await moto.end("SIGKILL");
        rmSync(directory, { recursive: true, force: true });
    };
    try {
        return {
            ...(await setUp(found.python, moto, domain, account)),
            pebble,
            authority: own.authority,
            close,
        };
    } catch (error) {
        await close();
        throw error;
    }
}

async function setUp(
    python: string,
    moto: RunningMoto,
    domain: string,
    account: ServiceAccountName,
): Promise<Omit<AcmeGround, "pebble" | "authority" | "close">> {
    /** What an allowed call answers. */
    async function answered<T>(
        who: AwsCredentials,
        service: string,
        operation: string,
        parameters: object,
    ): Promise<T> {
        const wanted = { service, operation, parameters: { ...parameters } };
        const [result] = await callAws(python, moto.url, who, [wanted]);
        assert.equal(result?.code, "ok", `${operation}: ${result?.code ?? ""}`);
        // As the SDK's documentation has it; what is missing fails where it is used.
        return result.answer as T;
    }
    const zone = async (Name: string): Promise<string> => {
        const { HostedZone } = await answered<{ HostedZone: { Id: string } }>(
            ...[ANYBODY, "route53", "create_hosted_zone", { Name, CallerReference: Name }],
        );
        return HostedZone.Id.replace("/hostedzone/", "");
    };
    const administrator = await makeAdministrator();
    const [hostedZoneId, otherZoneId] = [await zone(domain), await zone("ogenki.net")];
    const policy = dnsPolicy("aws", { hostedZoneId, zones: [domain] });
    const put = (document: PolicyDocument): Promise<unknown> =>
        answered(administrator, "iam", "put_role_policy", {
            ...{ RoleName, PolicyName: "own", PolicyDocument: JSON.stringify(document) },
        });
    const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/${CLUSTER}`;
    await answered(ANYBODY, "iam", "create_role", {
        ...{ RoleName, AssumeRolePolicyDocument: JSON.stringify(irsaTrust(provider, account)) },
    });
    await put(policy);
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
    const { Credentials } = await answered<{
        Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string };
    }>(ANYBODY, "sts", "assume_role", { RoleArn: roleArn, RoleSessionName: "test" });
    const role: AwsCredentials = {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        token: Credentials.SessionToken,
    };
    await enforcePolicies(moto);

    async function makeAdministrator(): Promise<AwsCredentials> {
        const UserName = "administrator";
        const all = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
        await answered(ANYBODY, "iam", "create_user", { UserName });
        await answered(ANYBODY, "iam", "put_user_policy", {
            ...{ UserName, PolicyName: "all", PolicyDocument: JSON.stringify(all) },
        });
        const { AccessKey } = await answered<{
            AccessKey: { AccessKeyId: string; SecretAccessKey: string };
        }>(ANYBODY, "iam", "create_access_key", { UserName });
        return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
    }

    return {
        ...{ moto, hostedZoneId, otherZoneId, roleArn, policy },
        asRole: (...calls) => callAws(python, moto.url, role, calls),
        records: async () => {
            const { ResourceRecordSets } = await answered<{
                ResourceRecordSets: { Name: string; Type: string; ResourceRecords: { Value: string }[] }[];
            }>(administrator, "route53", "list_resource_record_sets", { HostedZoneId: hostedZoneId });
            const records: Record<string, string[]> = {};
            for (const { Name, Type, ResourceRecords } of ResourceRecordSets) {
                if (Type !== "TXT") continue;
                // Route 53 has values in quotation marks.
                const values = ResourceRecords.map(({ Value }) => Value.replace(/^"(.*)"$/, "$1"));
                (records[Name.replace(/\.$/, "")] ??= []).push(...values);
            }
            return records;
        },
        without: async (action, work) => {
            const Statement = policy.Statement.filter(({ Action }) => !Action.includes(action));
            await put({ ...policy, Statement });
            try {
                return await work();
            } finally {
                await put(policy);
            }
        },
    };
}
