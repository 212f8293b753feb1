/** What is wrong with how somebody is told to reach Vault: its address, the authorities that verify it, an auth method's path. */
import { PortcullisError } from "../errors";
import { parseCertificate } from "../pki/parsed-certificate";
import { certificateBlocksIn } from "../pki/pem";
import { looksLikePrivateKey } from "../pki/private-key-text";
import { isMountPath } from "./mount-path";

/** Why a text is no address of a server over TLS, with what to do; undefined where it is one. */
export function addressFault(text: string): string | undefined {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol === "http:") {
        return "Over http:// anybody on the way could read the token and answer in Vault's place. Give the address that begins with https://.";
    }
    if (url?.protocol === "https:" && url.href === `${url.origin}/`) return undefined;
    return 'It is no address of a server. Write scheme, name and port alone, as "https://vault.example.org:8200".';
}

/** Why a text is no bundle of authorities; nothing of it is echoed, for it may hold a key. Undefined where it is one. */
export function bundleFault(text: string, now: Date): string | undefined {
    if (looksLikePrivateKey(text)) {
        return "There is a private key in it. Give the certificates alone, and treat that key as exposed.";
    }
    const blocks = certificateBlocksIn(text);
    if (blocks.length === 0) {
        return "There is no certificate in it. Give the text of CA certificates in PEM form; it is encoded for Kubernetes here.";
    }
    if ((text.match(/-----BEGIN /g) ?? []).length !== blocks.length) {
        return "There is something else than whole certificates in it. Give the certificates alone.";
    }
    for (const [index, block] of blocks.entries()) {
        const which =
            blocks.length === 1 ? "The certificate" : `Certificate ${index + 1} of ${blocks.length}`;
        try {
            const { x509, notAfter } = parseCertificate(block);
            if (!x509.ca)
                return `${which} is no authority's. Give that of the authority that issued the server's.`;
            if (notAfter <= now)
                return `${which} ended on ${notAfter.toISOString().slice(0, 10)}. Give the one after it.`;
        } catch (error) {
            if (!(error instanceof PortcullisError)) throw error;
            return `${which} cannot be read. Give it as it was issued, unchanged.`;
        }
    }
    return undefined;
}

/** Whether a text can be the name in a server's certificate: letters, digits, hyphens and dots, 253 at most. */
export function isServerName(text: string): boolean {
    return /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(text);
}

/** Whether a text is the path of an auth method, without "auth/" and slashes around it. */
export function isAuthMount(text: string): boolean {
    return isMountPath(text) && !/^(auth|v1)(\/|$)/.test(text);
}

/** Whether a text can name a role of an auth method. */
export function isRole(text: string): boolean {
    return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(text);
}
