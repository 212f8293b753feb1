/** Authorities and holders of certificates: right ones, and each wrong in one way. */
import { normalisePem } from "../../provider/pki/pem";
import { authority, client, daysFromNow, NOW, SERVER_AUTH, type Wishes } from "../unit/provider/pki/support";

/** A certificate with its key, both PEM, in their normal form. */
export interface Pair {
    readonly certificatePem: string;
    readonly privateKeyPem: string;
}

export interface Holders {
    /** Two authorities, `impostor` of the same name as the first, and one of the first's kind that has ended. */
    readonly authorities: Readonly<Record<"a" | "b" | "impostor" | "ended", Pair>>;
    readonly alice: Pair;
    readonly bob: Pair;
    /** Of authority b, with the same common name. */
    readonly aliceOfB: Pair;
    /** Of an authority that bears the first one's name. */
    readonly aliceOfImpostor: Pair;
    /** Valid itself, of an authority that has ended. */
    readonly aliceOfEnded: Pair;
    /** Ended the day before. */
    readonly expired: Pair;
    /** Begins the day after. */
    readonly early: Pair;
    /** For TLS servers alone. */
    readonly server: Pair;
    /** Without a common name. */
    readonly nameless: Pair;
}

export { daysFromNow, NOW };

/** Makes them all: elliptic curves, so that it takes a fraction of a second. */
export async function makeHolders(): Promise<Holders> {
    const root = async (name: string, wishes: Wishes = {}): Promise<Pair> => {
        const made = await authority({
            notBefore: daysFromNow(-100),
            notAfter: daysFromNow(1_000),
            subject: [{ CN: [name] }],
            ...wishes,
        });
        return pair(made);
    };
    const [a, b, impostor, ended] = await Promise.all([
        root("Authority A"),
        root("Authority B"),
        root("Authority A"),
        root("Authority ended", { notAfter: daysFromNow(-1) }),
    ]);
    const leaf = async (issuer: Pair, name: string, cn: string, wishes: Wishes = {}): Promise<Pair> => {
        const names = { subject: [{ CN: [cn] }], issuer: [{ CN: [name] }] };
        return pair(await client(issuer.privateKeyPem, { ...names, notAfter: daysFromNow(100), ...wishes }));
    };
    return {
        authorities: { a, b, impostor, ended },
        alice: await leaf(a, "Authority A", "alice"),
        bob: await leaf(a, "Authority A", "bob"),
        aliceOfB: await leaf(b, "Authority B", "alice"),
        aliceOfImpostor: await leaf(impostor, "Authority A", "alice"),
        aliceOfEnded: await leaf(ended, "Authority ended", "alice"),
        expired: await leaf(a, "Authority A", "alice", { notAfter: daysFromNow(-1) }),
        early: await leaf(a, "Authority A", "alice", { notBefore: daysFromNow(1) }),
        server: await leaf(a, "Authority A", "alice", { extendedKeyUsage: [SERVER_AUTH] }),
        nameless: await leaf(a, "Authority A", "", { subject: [{ O: ["Nobody"] }] }),
    };
}

function pair({ pem, key }: { readonly pem: string; readonly key: string }): Pair {
    return { certificatePem: normalisePem(pem), privateKeyPem: key };
}
