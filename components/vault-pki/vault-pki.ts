/** The VaultPki component: an issuing authority within Vault, signed offline, and those who may have it sign. */
import * as pulumi from "@pulumi/pulumi";
import type * as Vault from "@pulumi/vault";
import type { IssuerLimits } from "../../provider/kubernetes/issuer";
import { appRole, type AppRoleAccess } from "./app-role";
import type { VaultPkiArgs } from "./args";
import { authority } from "./authority";
import { Chain } from "./chain";
import { adminPolicy, drillPolicy, signPolicy } from "./policies";
import { DRILL_CIDRS, settingsOf, type VaultPkiSettings } from "./settings";
import { snapshotRole, type SnapshotAccess } from "./snapshot-role";
import { vault } from "./vault";

/** How those sign in who may have leaves signed, those who may take snapshots, and those who look at a restored one. */
export interface AppRoles {
    readonly certManager: AppRoleAccess;
    /** Absent where it was not asked for. */
    readonly snapshot: SnapshotAccess | undefined;
    /** Absent where it was not asked for. */
    readonly drill: AppRoleAccess | undefined;
}

/**
 * An issuing authority in Vault or OpenBao, whose key Vault makes and keeps. Its request is signed away from the
 * platform, as those of OfflineAuthority are: until then, everything but the issuer is there. A role bounds what it
 * issues; an AppRole may have that role sign and nothing else.
 */
export class VaultPki extends pulumi.ComponentResource {
    /** Path for cert-manager's Vault issuer: `<mount>/sign/<role>`. */
    public readonly signPath: pulumi.Output<string>;
    /** Path of the issuer, `<mount>/issuer/<id>`; undefined until it is signed. */
    public readonly issuerPath: pulumi.Output<string | undefined>;
    /** Name of the PKI role. */
    public readonly roleName: pulumi.Output<string>;
    /** The issuer's certificate request, PEM, of the present generation. */
    public readonly request: pulumi.Output<string>;
    /** Name of the policy by which people look at the authority, revoke, and hand out new secret ids. */
    public readonly adminPolicy: pulumi.Output<string>;
    /** How clients sign in. */
    public readonly approles: AppRoles;
    /** What the role issues at most: for CertIssuers, by which GatewayTls judges host names in a preview. */
    public readonly limits: IssuerLimits;
    readonly #isSigned: boolean;

    constructor(name: string, args: VaultPkiArgs, opts?: pulumi.ComponentResourceOptions) {
        super("portcullis:index:VaultPki", name, {}, opts);
        const { AuthBackend, pkisecret, Policy } = vault();
        const settings = settingsOf(args);
        const { mount, authMount, certManager, snapshot, drill } = settings;
        const chain = new Chain(this, opts?.dependsOn);
        const made = authority(name, args, settings, chain, this);
        const role = chain.add(
            (child) => new pkisecret.SecretBackendRole(`${name}-role`, roleArgs(args, settings), child),
        );
        const signPath = `${mount}/sign/${settings.role}`;
        const prefix = mount.replaceAll("/", "-");
        const admin = chain.add(
            (child) =>
                new Policy(
                    `${name}-admin-policy`,
                    {
                        name: `${prefix}-admin`,
                        policy: adminPolicy({
                            mount,
                            authMount,
                            appRoles: [certManager, snapshot, drill].flatMap((one) => one?.name ?? []),
                        }),
                    },
                    child,
                ),
        );
        if (args.enableAuthMount ?? true) {
            chain.add(
                (child) => new AuthBackend(`${name}-auth`, { type: "approle", path: authMount }, child),
            );
        }
        this.approles = {
            certManager: appRole(
                name,
                {
                    suffix: "cert-manager",
                    property: "certManager",
                    settings: certManager,
                    boundCidrs: args.certManager.boundCidrs,
                    backend: authMount,
                    policyName: `${prefix}-${certManager.name}`,
                    policy: signPolicy(signPath),
                },
                chain,
            ),
            snapshot:
                snapshot && args.snapshot
                    ? snapshotRole(
                          name,
                          {
                              settings: snapshot,
                              boundCidrs: args.snapshot.boundCidrs,
                              backend: authMount,
                              prefix,
                          },
                          chain,
                      )
                    : undefined,
            drill:
                drill && snapshot
                    ? appRole(
                          name,
                          {
                              ...{ suffix: "drill", property: "drill", settings: drill },
                              ...{ boundCidrs: DRILL_CIDRS, backend: authMount },
                              policyName: `${prefix}-${drill.name}`,
                              policy: drillPolicy(snapshot.canaryMount),
                          },
                          chain,
                      )
                    : undefined,
        };
        this.signPath = pulumi.interpolate`${mount}/sign/${role.name}`;
        this.issuerPath = made.issuerPath ?? pulumi.output(undefined);
        this.roleName = role.name;
        this.request = made.request;
        this.adminPolicy = admin.name;
        this.limits = settings.limits;
        this.#isSigned = args.signed !== undefined;
        this.registerOutputs({
            signPath: this.signPath,
            issuerPath: this.issuerPath,
            roleName: this.roleName,
            request: this.request,
            adminPolicy: this.adminPolicy,
            approles: this.approles,
            limits: this.limits,
        });
    }

    /**
     * Declares what has certificates issued: the callback runs, at once, only where the issuer's certificate was given.
     * Before that Vault refuses to sign, and cert-manager would wait an hour and more between attempts.
     *
     * @returns what the callback returns; undefined where it did not run
     */
    public whenSigned<T>(declare: () => T): T | undefined {
        return this.#isSigned ? declare() : undefined;
    }
}

/** The role's inputs. The provider's own defaults allow localhost, wildcards and IP addresses, so all are said. */
function roleArgs(args: VaultPkiArgs, settings: VaultPkiSettings): Vault.pkisecret.SecretBackendRoleArgs {
    const smallest = { any: 0, rsa: 2048, ec: 256, ed25519: 0 } as const;
    const lifetime = String(settings.leafLifetime);
    return {
        backend: settings.mount,
        name: settings.role,
        issuerRef: "default",
        ttl: lifetime,
        maxTtl: lifetime,
        organizations: [settings.organization],
        countries: [settings.country],
        allowedDomains: [...settings.limits.domains],
        allowSubdomains: true,
        allowBareDomains: settings.limits.allowBareDomains,
        allowWildcardCertificates: settings.limits.allowWildcards,
        allowAnyName: false,
        allowGlobDomains: false,
        allowedDomainsTemplate: false,
        allowLocalhost: false,
        allowIpSans: false,
        enforceHostnames: true,
        cnValidations: ["hostname"],
        // Names stand in the subject alternative name; requests without a common name are the usual ones.
        requireCn: false,
        useCsrCommonName: true,
        useCsrSans: true,
        keyType: settings.leafKeyType,
        keyBits: smallest[settings.leafKeyType],
        // Enough for TLS 1.2 and 1.3 with every kind of key.
        keyUsages: ["DigitalSignature"],
        serverFlag: true,
        clientFlag: args.allowClientAuth ?? false,
        codeSigningFlag: false,
        emailProtectionFlag: false,
        // A certificate that is not stored could not be revoked by its serial number.
        noStore: false,
        generateLease: false,
    };
}
