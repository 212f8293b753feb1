/** SdkProfile: one profile is written, watched, and taken back, each in the form of its client. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { join } from "node:path";
import { sdkProfile } from "../../../../provider/outscale/sdk-profile";
import { resolveSettings } from "../../../../provider/outscale/settings";
import { UNKNOWN } from "../../../../provider/resource";
import { TYPES } from "../../../../provider/types";
import { readFileSync } from "node:fs";
import { makeHolders, NOW, type Holders } from "../../../support/holders";
import {
    all,
    CONFIG,
    create,
    destroy,
    home,
    inputsOf,
    isThere,
    modeOf,
    parsed,
    put,
    read,
    refusal,
    SECRET,
    text,
    update,
} from "./profile/folder";

let holders: Holders;
beforeAll(async () => {
    holders = await makeHolders();
});

const OTHERS = '{\r\n  "default":{ "access_key" : "A","secret_key":"HIDDEN" }\r\n}';
const PEM = ".osc/config.json.secure.pem";
const endpoint = "https://gate.example:8443/api/v1";

describe("what each client reads", () => {
    test("osc-cli", async () => {
        await create({ clientCertificateFile: "~/c.pem" });
        expect(parsed()).toEqual({
            secure: {
                access_key: "AK",
                secret_key: SECRET,
                host: "outscale.com",
                https: true,
                method: "POST",
                region: "eu-west-2",
                client_certificate: join(home, "c.pem"),
            },
        });
        await create({ profile: "bare", endpoint });
        expect(parsed().bare).toEqual({
            access_key: "AK",
            secret_key: SECRET,
            endpoint: "https://gate.example:8443",
            https: true,
            method: "POST",
            region: "eu-west-2",
        });
    });

    test("the SDKs", async () => {
        await create({ client: "sdk", clientCertificateFile: "~/c.pem", endpoint });
        expect(parsed().secure).toEqual({
            access_key: "AK",
            secret_key: SECRET,
            region: "eu-west-2",
            x509_client_cert: join(home, "c.pem"),
            x509_client_key: join(home, "c.pem"),
            endpoints: { api: endpoint },
        });
        await create({ client: "sdk", profile: "bare" });
        expect(parsed().bare).toEqual({ access_key: "AK", secret_key: SECRET, region: "eu-west-2" });
    });

    test.each(["osc-cli", "sdk"] as const)("this package reads what it wrote for %s", async (client) => {
        await create({ client, clientCertificate: holders.alice, region: "us-east-2", endpoint });
        const settings = resolveSettings({
            arguments: { profile: "secure" },
            environment: {},
            home,
            readFile: (path) => readFileSync(path, "utf8"),
        });
        expect(settings).toEqual({
            accessKey: "AK",
            secretKey: SECRET,
            region: "us-east-2",
            endpoint,
            profile: "secure",
            certificate: {
                certificatePem: holders.alice.certificatePem,
                privateKeyPem: holders.alice.privateKeyPem,
            },
        });
    });
});

describe("a life", () => {
    test("in a home without any file: made with its folder, private, and gone without a trace", async () => {
        const state = await create({ clientCertificate: holders.alice });
        expect([modeOf(".osc"), modeOf(CONFIG), modeOf(PEM)]).toEqual(["700", "600", "600"]);
        expect(all()).toEqual([".osc", CONFIG, PEM]);
        expect(state).toEqual({
            ...inputsOf({ clientCertificate: holders.alice }),
            digest: expect.stringMatching(/^[0-9a-f]{64}$/),
            driftedKeys: [],
        });
        expect(await read(state)).toEqual(state);
        await destroy(state);
        expect(all()).toEqual([".osc"]);
        expect(await read(state)).toBeUndefined();
        await destroy(state);
        expect(all()).toEqual([".osc"]);
    });

    test("beside others: their bytes stay, the mode is tightened", async () => {
        put(CONFIG, OTHERS, 0o644);
        const first = await create();
        expect(modeOf()).toBe("600");
        expect(text().startsWith(OTHERS.slice(0, -3))).toBe(true);
        const second = await update(first, { region: "us-east-2", client: "sdk" });
        expect(parsed()).toMatchObject({
            default: { secret_key: "HIDDEN" },
            secure: { region: "us-east-2" },
        });
        expect(second.digest).not.toBe(first.digest);
        expect(await read(second)).toEqual(second);
        await destroy(second);
        expect(text()).toBe(OTHERS);
    });

    test("its certificate comes, changes and goes", async () => {
        const bare = await create();
        const alice = await update(bare, { clientCertificate: holders.alice });
        expect(text(PEM)).toBe(
            '# Written by pulumi-portcullis for the profile "secure" of config.json: do not edit.\n' +
                holders.alice.certificatePem.trim() +
                "\n" +
                holders.alice.privateKeyPem.trim() +
                "\n",
        );
        const bob = await update(alice, { clientCertificate: holders.bob });
        expect(text(PEM)).toContain(holders.bob.certificatePem);
        expect(bob.digest).toBe(alice.digest);
        await update(bob);
        expect(isThere(PEM)).toBe(false);
        expect(parsed().secure).not.toHaveProperty("client_certificate");
    });

    test("a name that is no file name has its certificate under another", async () => {
        const state = await create({ profile: "../../x y", clientCertificate: holders.alice });
        expect(all().filter((path) => /^\.osc\/config\.json\.[0-9a-f]{16}\.pem$/.test(path))).toHaveLength(1);
        expect(Object.keys(parsed())).toEqual(["../../x y"]);
        await destroy(state);
        expect(all()).toEqual([".osc"]);
    });

    test("an interrupted run is carried on: same profile, left-over certificate, draft and lock", async () => {
        put(PEM, '# Written by pulumi-portcullis for the profile "secure" of config.json: do not edit.\nold');
        put(".osc/.config.json.portcullis-0a0b.tmp", "HIDDEN");
        const first = await create({ clientCertificate: holders.alice });
        expect(await create({ clientCertificate: holders.alice })).toEqual(first);
        expect(all()).toEqual([".osc", CONFIG, PEM]);
        expect(text(PEM)).toContain(holders.alice.certificatePem);
        // The update was written, and the state that says so was lost.
        await update(first, { region: "us-east-2" });
        expect((await update(first, { region: "us-east-2" })).region).toBe("us-east-2");
    });
});

describe("somebody else's profile", () => {
    const THEIRS = '{"secure" :  {"secret_key":"HIDDEN" },"z":1}\n';

    test("is refused", async () => {
        put(CONFIG, THEIRS);
        const error = await refusal(create());
        expect(error).toMatchObject({
            code: "AmbiguousMatch",
            property: "profile",
            problem: `${join(home, CONFIG)} already has a profile "secure" that this resource did not write; nothing has been written.`,
        });
        expect(all()).toEqual([".osc", CONFIG]);
        expect(text()).toBe(THEIRS);
    });

    test("is adopted, and given back to the byte", async () => {
        put(CONFIG, THEIRS);
        const state = await create({ adopt: true, clientCertificate: holders.alice });
        expect(state.found).toBe('{"secret_key":"HIDDEN" }');
        expect(modeOf(".osc/config.json.secure.found")).toBe("600");
        const later = await update(state, { adopt: true, region: "us-east-2" });
        expect(later.found).toBe(state.found);
        await destroy(later);
        expect(text()).toBe(THEIRS);
        expect(all()).toEqual([".osc", CONFIG]);
    });

    test("is given back after an adoption whose state was lost", async () => {
        put(CONFIG, THEIRS);
        await create({ adopt: true });
        const again = await create({ adopt: true });
        expect(again.found).toBe('{"secret_key":"HIDDEN" }');
        await destroy(again);
        expect(text()).toBe(THEIRS);
    });

    test("that says the same is ours, and is given back only where it was adopted", async () => {
        await create();
        const same = text();
        const adopted = await create({ adopt: true });
        await destroy(adopted);
        expect(text()).toBe(same);
        await destroy(await create());
        expect(isThere(CONFIG)).toBe(false);
    });

    test("a file beside it that we did not make is refused, and stays", async () => {
        put(PEM, "HIDDEN");
        const error = await refusal(create({ clientCertificate: holders.alice }));
        expect(error.problem).toBe(
            `${join(home, PEM)}, which this profile needs, is there already and was made by something else; nothing has been written.`,
        );
        expect(all()).toEqual([".osc", PEM]);
        await destroy(await create());
        expect(text(PEM)).toBe("HIDDEN");
    });
});

describe("the contract", () => {
    test("a new path or name is a new profile; of paths that may be one file the old one goes first", async () => {
        const state = await create();
        const diff = (over: object) => sdkProfile.diff(state, { ...inputsOf(), ...over }, NOW);
        expect(diff({ path: "~/other" })).toEqual({
            changed: ["path"],
            replaces: ["path"],
            deleteBeforeReplace: true,
        });
        expect(diff({ profile: "b", path: UNKNOWN })).toMatchObject({
            replaces: ["path", "profile"],
            deleteBeforeReplace: false,
        });
        expect(diff({ secretKey: "new", adopt: true })).toEqual({
            changed: ["secretKey"],
            replaces: [],
            deleteBeforeReplace: false,
        });
    });

    test("what could be a secret is one in state", () => {
        expect(TYPES["outscale:SdkProfile"].secrets).toEqual([
            "secretKey",
            "clientCertificate",
            "digest",
            "found",
        ]);
    });

    test("defaults, an endpoint in its forms", () => {
        const { client, profile, accessKeyId, secretKey } = inputsOf();
        const given = { client, profile, accessKeyId, secretKey };
        expect(sdkProfile.check(given, NOW, {}).inputs).toEqual(inputsOf());
        for (const form of ["gate.example:8443", "https://gate.example:8443/", `${endpoint}/`]) {
            expect(sdkProfile.check({ ...given, endpoint: form }, NOW, {}).inputs.endpoint).toBe(endpoint);
        }
    });
});
