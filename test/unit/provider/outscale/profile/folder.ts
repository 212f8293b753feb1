/** A home directory of its own for each test of profiles, and the resource's functions in it. */
import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    statSync,
    writeFileSync,
} from "node:fs";
import os, { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, jest } from "@jest/globals";
import { Declarations } from "../../../../../provider/declarations";
import { PortcullisError } from "../../../../../provider/errors";
import {
    sdkProfile,
    type SdkProfileInputs,
    type SdkProfileState,
} from "../../../../../provider/outscale/sdk-profile";
import type { Context } from "../../../../../provider/resource";

export const SECRET = "SK-TOP-SECRET-0123456789";

/** The home directory of the running test. */
export let home = "";

beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "portcullis-profile-"));
    jest.spyOn(os, "homedir").mockImplementation(() => home);
});
afterEach(() => {
    jest.restoreAllMocks();
});

export const context: Context<undefined> = {
    client: undefined,
    now: () => new Date(),
    declared: new Declarations(),
    sleep: (ms) => sleep(ms),
};

export function inputsOf(over: Partial<SdkProfileInputs> = {}): SdkProfileInputs {
    return {
        client: "osc-cli",
        profile: "secure",
        path: "~/.osc/config.json",
        accessKeyId: "AK",
        secretKey: SECRET,
        region: "eu-west-2",
        adopt: false,
        ...over,
    };
}

export async function create(over: Partial<SdkProfileInputs> = {}): Promise<SdkProfileState> {
    return (await sdkProfile.create(inputsOf(over), context)).state;
}

export async function read(state: SdkProfileState): Promise<SdkProfileState | undefined> {
    return (await sdkProfile.read("id", state, context))?.state;
}

export async function update(
    state: SdkProfileState,
    over: Partial<SdkProfileInputs> = {},
): Promise<SdkProfileState> {
    return sdkProfile.update("id", state, inputsOf(over), context);
}

export async function destroy(state: SdkProfileState): Promise<void> {
    await sdkProfile.delete("id", state, context);
}

export const CONFIG = ".osc/config.json";

export function put(path: string, text: string | Uint8Array, mode = 0o600): void {
    mkdirSync(dirname(join(home, path)), { recursive: true, mode: 0o700 });
    writeFileSync(join(home, path), text, { mode });
}
export const text = (path = CONFIG): string => readFileSync(join(home, path), "utf8");
export const parsed = (path = CONFIG): Record<string, unknown> =>
    // A profile file is an object of profiles.
    JSON.parse(text(path)) as Record<string, unknown>;
export const modeOf = (path = CONFIG): string => (statSync(join(home, path)).mode & 0o777).toString(8);
/** Every file and folder below the home directory. */
export const all = (): string[] => readdirSync(home, { recursive: true }).map(String).sort();
export const isThere = (path: string): boolean => existsSync(join(home, path));

/** The refusal with which work ends; fails where any of it holds a secret. */
export async function refusal(work: Promise<unknown>): Promise<PortcullisError> {
    const error: unknown = await work.then(
        () => undefined,
        (reason: unknown) => reason,
    );
    if (!(error instanceof PortcullisError)) throw new Error(`not refused: ${String(error)}`);
    const told = `${error.message}${String(error.stack)}${String(error.cause)}`;
    if (/TOP-SECRET|PRIVATE KEY|HIDDEN/.test(told)) throw new Error("the refusal holds a secret");
    return error;
}
