/** The OfflineAuthority component: a three-tier PKI whose root key never comes near the platform. */
import * as pulumi from "@pulumi/pulumi";
import { checkSigned, refuseFaults, type SignedVerdict } from "../../provider/pki/offline/check-signed";
import type { OfflineAuthorityArgs, SignedArgs } from "./args";
import { development } from "./development";
import { filesOf, tlsOf, type AuthorityFiles, type AuthorityTls } from "./files";
import { guidance, missing, TAKEN } from "./guidance";
import { offline, type Hierarchy } from "./hierarchy";

/** "requests" until all three certificates were given, then "signed". */
export type AuthorityStage = "requests" | "signed";

/**
 * The certificates of a PKI in three tiers, root, intermediate, and Vault's own, in three stages: it emits certificate
 * requests; an operator signs them elsewhere, by `portcullis sign csr` or any other tool; it takes the certificates back
 * and judges them whole, at preview. The root's key is in no input, state, output or log.
 */
export class OfflineAuthority extends pulumi.ComponentResource {
    /** Known while the program runs, so that it may branch on it. "signed" in development. */
    public readonly stage: AuthorityStage;
    /** The certificate requests, PEM: for an operator to sign. Export them. */
    public readonly requests: pulumi.Output<Record<"intermediate" | "server", string>>;
    /** The files of the PKI; undefined until everything was signed. `whenSigned` gives them without a question. */
    public readonly files: AuthorityFiles | undefined;
    /** What a server's TLS configuration is made of; undefined until everything was signed. */
    public readonly tls: AuthorityTls | undefined;
    /** When the first of the certificates ends, ISO 8601 in UTC; undefined while nothing was signed. */
    public readonly notAfter: pulumi.Output<string> | undefined;

    constructor(name: string, args: OfflineAuthorityArgs, opts?: pulumi.ComponentResourceOptions) {
        super("portcullis:index:OfflineAuthority", name, {}, opts);
        const isDevelopment = args.mode === "development";
        const given = isDevelopment ? {} : this.judgeTexts(args.signed ?? {});
        const hierarchy = isDevelopment ? this.developed(name, args) : offline(name, args, given, this);
        this.stage = isDevelopment || missing(given).length === 0 ? "signed" : "requests";
        if (this.stage === "requests") this.warn(guidance(args, given));

        const { signed, privateKey, requests } = hierarchy;
        if (this.stage === "signed" && signed !== undefined && privateKey !== undefined) {
            this.files = filesOf(signed, privateKey);
            this.tls = tlsOf(signed, this.files);
        }
        this.notAfter = signed?.notAfter;
        signed?.answered.apply((answered) => {
            for (const tier of TAKEN.filter((one) => (answered[one] ?? 0) > 0)) {
                this.warn(
                    `signed.${tier} answers the request before; sign requests.${tier}, and give its certificate in its place.`,
                );
            }
        });
        this.requests = pulumi.output(requests);
        this.registerOutputs({
            stage: this.stage,
            requests: this.requests,
            files: this.files,
            notAfter: this.notAfter,
        });
    }

    /**
     * Declares what stands on the certificates: the callback runs, at once, only where everything was signed.
     *
     * @returns what the callback returns; undefined where it did not run
     */
    public whenSigned<T>(declare: (files: AuthorityFiles, tls: AuthorityTls) => T): T | undefined {
        return this.files === undefined || this.tls === undefined ? undefined : declare(this.files, this.tls);
    }

    /**
     * The texts given, as certificates and nothing else: what cannot be read as such, or has a private key in it, goes no
     * further than here. The rest is judged together with the requests, by a resource.
     */
    private judgeTexts(signed: SignedArgs): SignedArgs {
        const texts = TAKEN.flatMap((tier) => {
            const pem: unknown = signed[tier];
            // Programs without types may give anything.
            return pem === undefined
                ? []
                : [{ tier, property: `signed.${tier}`, pem: typeof pem === "string" ? pem : "" }];
        });
        const verdict: SignedVerdict = checkSigned(texts, new Date());
        if (texts.some(({ tier }) => verdict.certificates[tier] === undefined)) refuseFaults(verdict);
        for (const { property, problem, remedy } of verdict.warnings) {
            this.warn(`${property}: ${problem} ${remedy}`);
        }
        const { root, intermediate, server } = verdict.certificates;
        return {
            ...(root === undefined ? {} : { root }),
            ...(intermediate === undefined ? {} : { intermediate }),
            ...(server === undefined ? {} : { server }),
        };
    }

    private developed(name: string, args: OfflineAuthorityArgs): Hierarchy {
        const constrained = args.intermediate.permittedDnsDomains !== undefined;
        const lost = constrained
            ? " permittedDnsDomains is not applied: @pulumi/tls has no name constraints."
            : "";
        const made = development(name, args, this);
        this.warn(`For development alone: the root's key is in the state.${lost}`);
        return made;
    }

    private warn(message: string): void {
        // A warning that cannot be delivered is no reason to stop.
        void pulumi.log.warn(message, this).catch(() => undefined);
    }
}
