/** The encrypted key file: whole or not there, never overwritten, and its errors. */
import {
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { needKeyFile, readKeyFile, writeKeyFile, type KeyFile } from "../../../../provider/pki/key-file";
import { generatePrivateKey } from "../../../../provider/pki/keys";

let folder: string;
let file: KeyFile;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "portcullis-key-"));
    file = { path: join(folder, "ca-key.pem"), passphraseVariable: "PORTCULLIS_TEST_PASSPHRASE" };
    process.env.PORTCULLIS_TEST_PASSPHRASE = "correct horse";
});

afterEach(() => {
    rmSync(folder, { recursive: true });
    delete process.env.PORTCULLIS_TEST_PASSPHRASE;
});

test("is written for its owner alone, encrypted, with nothing left beside it", async () => {
    const key = await generatePrivateKey("EC-P256");
    expect(await writeKeyFile(file, key, "privateKeyFile")).toBe(true);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(readFileSync(file.path, "utf8")).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    expect(readdirSync(folder)).toEqual(["ca-key.pem"]);
    expect(await readKeyFile(file, "privateKeyFile")).toBe(key);
});

test("is never overwritten, not even through a link that leads nowhere", async () => {
    writeFileSync(file.path, "precious");
    expect(await writeKeyFile(file, await generatePrivateKey("EC-P256"), "privateKeyFile")).toBe(false);
    expect(readFileSync(file.path, "utf8")).toBe("precious");
    const dangling = { ...file, path: join(folder, "link") };
    symlinkSync(join(folder, "nowhere"), dangling.path);
    expect(await writeKeyFile(dangling, await generatePrivateKey("EC-P256"), "privateKeyFile")).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(["ca-key.pem", "link"]);
});

test("of several writers at once, one wins and the others change nothing", async () => {
    const keys = await Promise.all(["a", "b", "c"].map(() => generatePrivateKey("EC-P256")));
    const written = await Promise.all(keys.map((key) => writeKeyFile(file, key, "privateKeyFile")));
    expect(written.filter(Boolean)).toEqual([true]);
    expect(await readKeyFile(file, "privateKeyFile")).toBe(keys[written.indexOf(true)]);
});

test("a file that is not there is undefined, or an error where it is needed", async () => {
    expect(await readKeyFile(file, "privateKeyFile")).toBeUndefined();
    await expect(needKeyFile(file, "authorityKeyFile")).rejects.toMatchObject({
        code: "InvalidInput",
        property: "authorityKeyFile.path",
        problem: `authorityKeyFile.path: There is no file ${file.path}.`,
    });
});

test("what cannot be read or written says so, by property", async () => {
    const key = await generatePrivateKey("EC-P256");
    const noFolder = { ...file, path: join(folder, "no", "ca-key.pem") };
    await expect(writeKeyFile(noFolder, key, "privateKeyFile")).rejects.toMatchObject({
        property: "privateKeyFile.path",
        problem: expect.stringContaining("cannot be written (ENOENT)"),
    });
    await expect(readKeyFile({ ...file, path: folder }, "privateKeyFile")).rejects.toMatchObject({
        property: "privateKeyFile.path",
        problem: expect.stringContaining("cannot be read (EISDIR)"),
    });
});

test.each([undefined, ""])("a passphrase variable that is %j is named", async (value) => {
    const key = await generatePrivateKey("EC-P256");
    delete process.env.PORTCULLIS_TEST_PASSPHRASE;
    if (value !== undefined) process.env.PORTCULLIS_TEST_PASSPHRASE = value;
    await expect(writeKeyFile(file, key, "privateKeyFile")).rejects.toMatchObject({
        code: "InvalidConfiguration",
        property: "privateKeyFile.passphraseVariable",
        problem: expect.stringContaining("PORTCULLIS_TEST_PASSPHRASE is not set"),
    });
    expect(readdirSync(folder)).toEqual([]);
});

test("a short passphrase writes nothing", async () => {
    process.env.PORTCULLIS_TEST_PASSPHRASE = "short";
    await expect(
        writeKeyFile(file, await generatePrivateKey("EC-P256"), "privateKeyFile"),
    ).rejects.toMatchObject({
        code: "InvalidInput",
        property: "privateKeyFile.passphraseVariable",
    });
    expect(readdirSync(folder)).toEqual([]);
});
