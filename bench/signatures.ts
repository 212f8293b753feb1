/** How many leaves a second a client of VaultPki has signed, against the barest call of the same server. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { findOpenBao } from "../tools/services/openbao";
import { offlineTiers } from "../test/support/openssl-authority";
import { VaultApi } from "../test/support/vault-api";
import { DOMAIN, outputOf, vaultPkiProgram } from "../test/support/vault-pki-program";
import { openVault, openVaultStack } from "../test/support/vault-stack";
import type { Benchmark } from "./figure";
import { timePairs } from "./pairs";

/** Signatures of each side in one turn, one after the other. */
const EACH = 25;

export const signatures: Benchmark = {
    name: "vault-pki-signatures",
    goal: { atLeast: 0.7 },
    async measure(scope) {
        const program = await findOpenBao();
        if ("missing" in program) throw new Error(program.missing);
        const vault = await openVault(program);
        scope.onClose(() => vault.close());
        scope.progress.step("deploying VaultPki");
        const stack = await openVaultStack(vaultPkiProgram(vault), vault, (line) => {
            scope.progress.done(line);
        });
        const { outputs: unsigned } = await stack.up();
        const tiers = offlineTiers(join(scope.folder(), "offline"), DOMAIN);
        const issuer = tiers.signIssuer(outputOf(unsigned, "request"));
        const signed = { issuer, intermediate: tiers.intermediate, root: tiers.root };
        const { outputs } = await stack.up({ program: vaultPkiProgram(vault, { signed }) });

        scope.progress.step("signing leaves");
        const root = new VaultApi(vault.server.url, vault.token);
        const client = await root.signIn(
            "approle",
            outputOf(outputs, "certManagerRoleId"),
            outputOf(outputs, "certManagerToken"),
        );
        const csr = requestFor(`shop.${DOMAIN}`);
        const many = (api: VaultApi, path: string) => async (): Promise<void> => {
            for (let made = 0; made < EACH; made += 1) {
                const { certificate } = await api.ok("POST", path, { csr });
                if (typeof certificate !== "string") throw new Error(`${path} signed nothing.`);
            }
        };
        const ours = many(client, outputOf(outputs, "signPath"));
        const bare = many(root, "pki_private_issuer/sign-verbatim");
        // The first of each opens connections.
        await ours();
        await bare();
        const pairs = await timePairs(ours, bare, { atLeast: 6, atMost: 30, within: 12_000 });
        const rate = (side: "subject" | "baseline"): number =>
            (pairs.length * EACH) / (pairs.reduce((sum, pair) => sum + pair[side], 0) / 1_000);
        const [subject, baseline] = [rate("subject"), rate("baseline")];
        return {
            ratio: subject / baseline,
            detail: `${subject.toFixed(0)} a second against ${baseline.toFixed(0)}, ${pairs.length * EACH} of each`,
        };
    },
};

/** A request of a new key, as cert-manager makes it. */
function requestFor(name: string): string {
    return execFileSync(
        "openssl",
        [
            ...["req", "-new", "-sha256", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
            ...["-keyout", "/dev/null", "-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`],
        ],
        { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
}
