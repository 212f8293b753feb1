/** Keeps the names of Vault itself from those for which leaves may be signed. */
import { isDnsName } from "../../provider/pki/offline/general-names";
import { isInSubtree } from "../../provider/pki/offline/name-constraints";
import { invalidInput } from "../../provider/pki/pem";

/** What the role admits. */
export interface Issued {
    /** In lower case. */
    readonly domains: readonly string[];
    /** Whether a leaf may be for a domain itself; else below it alone. */
    readonly allowBareDomains: boolean;
}

/**
 * The names as given, in lower case.
 *
 * @throws PortcullisError `InvalidInput` where one is no DNS name in full
 */
export function reservedNamesOf(names: readonly string[]): readonly string[] {
    const wrong = names.find((name) => !isDnsName(name) || name.startsWith("*"));
    if (wrong === undefined) return names.map((name) => name.toLowerCase());
    throw invalidInput(
        "reservedNames",
        `${JSON.stringify(wrong.slice(0, 255))} is no DNS name in full.`,
        'Write it without "*", as "vault.example.org".',
    );
}

/**
 * Refuses a name for which the role would have a leaf signed. With that leaf, its holder could answer as Vault to all who
 * trust the same root: even cert-manager's AppRole, which may nothing else, would come to every client's token.
 *
 * @throws PortcullisError `InvalidInput`
 */
export function refuseReserved(name: string, { domains, allowBareDomains }: Issued): void {
    // A dot at the end says that the name is whole. An IP address lies in no domain, and no role here signs for one.
    const asked = name.toLowerCase().replace(/\.$/, "");
    const within = domains.find((domain) => isInSubtree(asked, allowBareDomains ? domain : `.${domain}`));
    if (within === undefined) return;
    throw invalidInput(
        "domains",
        `Leaves below ${JSON.stringify(within)} could be for ${JSON.stringify(asked)}, by which Vault is called: whoever may have them signed could pass for Vault.`,
        'Give Vault a name outside all of `domains`, as "vault.vault-platform.example.org" beside "apps.example.org", or name narrower domains.',
    );
}
