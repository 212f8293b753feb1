/** What tests of VaultInitialization share: a program, an authority with its people, holders of shares, nodes without data. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before } from "mocha";
import { vaultInitialization } from "../../provider/vault/initialization";
import { findOpenBao, type VaultProgram } from "../../tools/services/openbao";
import { makePgpHolders, type PgpHolders } from "./pgp-holders";
import { TestAuthority, type Issued } from "./vault-certificates";
import { checkedInputs, contextOf, startEmptyNode, type Node, type State } from "./vault-cluster-of-one";
import { VaultGate } from "./vault-gate";
import { foundOrSkip } from "./skip";

export class VaultScene {
    readonly #open: (() => Promise<void>)[] = [];

    private constructor(
        public readonly program: VaultProgram,
        public readonly directory: string,
        public readonly authority: TestAuthority,
        public readonly server: Issued,
        public readonly alice: Issued,
        public readonly bob: Issued,
        public readonly pgp: PgpHolders,
    ) {}

    /** The scene, or why there is none on this machine. */
    public static async set(holders: number): Promise<VaultScene | { readonly missing: string }> {
        const program = await findOpenBao();
        if ("missing" in program) return program;
        const directory = mkdtempSync(join(tmpdir(), "portcullis-vault-pki-"));
        const authority = new TestAuthority(join(directory, "authority"));
        const [alice, bob] = [authority.client("alice"), authority.client("bob")];
        const pgp = await makePgpHolders(holders);
        return new VaultScene(program, directory, authority, authority.server(), alice, bob, pgp);
    }

    /** The same people and programs, with servers of their own: `afterEach` of this one ends no other's. */
    public beside(): VaultScene {
        const { program, directory, authority, server, alice, bob, pgp } = this;
        return new VaultScene(program, directory, authority, server, alice, bob, pgp);
    }

    /** A node without data; it ends with the test. */
    public async emptyNode(more: Parameters<typeof startEmptyNode>[2] = {}): Promise<Node> {
        const node = await startEmptyNode(this.program, this.server, more);
        this.#open.push(node.close);
        return node;
    }

    /** A gate before a server; it ends with the test. */
    public async gate(
        target: string,
        clients: readonly Issued[] = [this.alice, this.bob],
    ): Promise<VaultGate> {
        const gate = new VaultGate(this.server, this.authority.certificatePem, clients);
        gate.target = target;
        await gate.open();
        this.#open.push(() => gate.close());
        return gate;
    }

    /** Ends what a test has started. */
    public async afterEach(): Promise<void> {
        for (const close of this.#open.splice(0).reverse()) await close();
    }

    public async close(): Promise<void> {
        await this.afterEach();
        this.pgp.close();
        rmSync(this.directory, { recursive: true, force: true });
    }

    /** What a program says of a cluster there: a share for each holder, alice and bob as its administrators. */
    public given(address: string, more: object = {}): object {
        return {
            address,
            caCertificatePem: this.authority.certificatePem,
            owner: "gatehouse/test vault",
            pgpKeys: this.pgp.holders.map(({ publicKey }) => publicKey),
            administrators: [
                { name: "alice", certificatePem: this.alice.certificatePem },
                { name: "team", authorityPem: this.authority.certificatePem, commonNames: ["bob"] },
            ],
            node: { authorityPem: this.authority.certificatePem, dnsNames: ["vault.test"] },
            ...more,
        };
    }

    public async initialised(address: string, more: object = {}): Promise<State> {
        const inputs = checkedInputs(this.given(address, more));
        return (await vaultInitialization.create(inputs, contextOf(this.alice))).state;
    }

    /** The shares in clear, as their holders read them. */
    public async sharesOf({ encryptedShares = [] }: State): Promise<readonly string[]> {
        return Promise.all(
            this.pgp.holders.map(({ decrypt }, index) => decrypt(encryptedShares[index] ?? "")),
        );
    }
}

/**
 * Sets the scene before the tests of a suite, or skips them where there is none, ends after each what it has started, and
 * the scene at the end.
 * @param holders how many people hold shares
 * @param use is told the scene, before any other hook of the suite
 */
export function useVaultScene(holders: number, use: (scene: VaultScene) => void): void {
    let scene: VaultScene | undefined;
    before(async function () {
        // What is missing may have to be installed first.
        this.timeout(600_000);
        const set = foundOrSkip(this, await VaultScene.set(holders));
        scene = set;
        use(set);
    });
    afterEach(() => scene?.afterEach());
    after(() => scene?.close());
}
