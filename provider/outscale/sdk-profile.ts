/** The SdkProfile resource: one profile in the configuration file of OUTSCALE's clients, on this machine. */
import { lstat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { changedProperties } from "../changes";
import { PortcullisError } from "../errors";
import { checkInputs } from "../inputs";
import type { ResourceType } from "../resource";
import { certificateFile, certificateFileOf, foundFile, foundFileOf } from "./profile/companions";
import {
    certificateKeys,
    CLIENTS,
    digestOf,
    driftedKeys,
    profileValue,
    type ProfileContent,
    type ProfileValue,
} from "./profile/forms";
import { expandHome, findPlace, readText, type Place } from "./profile/place";
import { refuseFile } from "./profile/refusal";
import { changeFile, readCompanion, removeCompanion, type Companion } from "./profile/store";
import { EMPTY, findInText, standing, withoutProfile, withProfile, withRaw } from "./profile/text";
import { clientCertificate } from "./schemas";
import { apiEndpoint } from "./settings/endpoint";

const filePath = z
    .string()
    .refine(
        (path) => /^[^\p{Cc}]{1,1000}$/u.test(path) && (isAbsolute(path) || /^~\/./.test(path)),
        "Write an absolute path, or one that begins with ~/.",
    )
    .refine((path) => !path.endsWith("/"), "It ends in a slash. Write the path of a file.");

const key = z.string().regex(/^[\x21-\x7e]+$/, "No OUTSCALE key is like this. Give the key by itself.");

const schema = z.object({
    client: z.enum(CLIENTS, { error: 'Use one of: "osc-cli", "sdk".' }),
    profile: z
        .string()
        .regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u, "Write 1 to 100 characters, without control characters."),
    path: filePath.default("~/.osc/config.json"),
    accessKeyId: key,
    secretKey: key,
    region: z
        .string()
        .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "This is no region's name. Write it like eu-west-2.")
        .default("eu-west-2"),
    endpoint: z
        .string()
        .transform((text, context) => {
            const url = apiEndpoint(text);
            if (url !== undefined) return url;
            const message =
                "This is no https URL of an API endpoint. Write it like https://api.eu-west-2.outscale.com/api/v1, without a user, query or fragment.";
            context.addIssue({ code: "custom", message });
            return z.NEVER;
        })
        .optional(),
    clientCertificate: clientCertificate.optional(),
    clientCertificateFile: filePath.optional(),
    adopt: z.boolean().default(false),
});

export interface SdkProfileInputs extends ProfileContent {
    readonly profile: string;
    /** Absolute, or `~/…`: the home directory of whoever runs the deployment. */
    readonly path: string;
    /** Written to a file of its own beside the profile file. */
    readonly clientCertificate?:
        { readonly certificatePem: string; readonly privateKeyPem: string } | undefined;
    /** A file of both halves that is there already, absolute or `~/…`. */
    readonly clientCertificateFile?: string | undefined;
    /** Take over a profile of this name that is there already. */
    readonly adopt: boolean;
}

export interface SdkProfileState extends SdkProfileInputs {
    /** SHA-256 of the profile as it was last seen in the file: what differs from it is not touched. */
    readonly digest: string;
    /** The keys of the profile whose values in the file are not those that were written. */
    readonly driftedKeys: readonly string[];
    /** The text of the profile that was taken over: destroy gives it back. */
    readonly found?: string | undefined;
}

const COMPARED = [
    "client",
    "accessKeyId",
    "secretKey",
    "region",
    "endpoint",
    "clientCertificate",
    "clientCertificateFile",
] as const;

/** A profile of OUTSCALE's clients on the machine that runs the deployment; what else the file holds is not touched. */
export const sdkProfile: ResourceType<SdkProfileInputs, SdkProfileState, undefined> = {
    token: "outscale:SdkProfile",

    check: (inputs) =>
        checkInputs(schema, inputs, ({ clientCertificate: pair, clientCertificateFile: file }) =>
            pair !== undefined && file !== undefined
                ? [
                      {
                          property: "clientCertificateFile",
                          reason: "clientCertificate is given too. Give one of them.",
                      },
                  ]
                : [],
        ),

    diff(state, inputs) {
        const replaces = changedProperties(state, inputs, ["path", "profile"]);
        const drifted = state.driftedKeys.length > 0 ? ["driftedKeys"] : [];
        return {
            changed: [...replaces, ...changedProperties(state, inputs, COMPARED), ...drifted],
            replaces,
            // Two paths may lead to one file, where the new profile would be taken for somebody else's.
            deleteBeforeReplace: replaces.includes("path") && !replaces.includes("profile"),
        };
    },

    async create(inputs, context) {
        const { profile, adopt } = inputs;
        await refuseHiding(await findPlace(inputs.path));
        const state = await changeFile(inputs.path, context, async (text, place) => {
            const file = findInText(text ?? EMPTY, profile, place.path);
            const { value, companions } = wantedOf(inputs, place);
            const there = standing(file);
            const digest = digestOf(value);
            // Equal in every key: what an interrupted run left behind.
            const isWritten = there !== undefined && digestOf(there.value) === digest;
            if (there !== undefined && !isWritten && !adopt) throw taken(place, profile);
            const before = isWritten ? await readCompanion(foundFileOf(place, profile)) : undefined;
            const found = before ?? (adopt ? there?.raw : undefined);
            return {
                text: isWritten && text !== undefined ? text : withProfile(file, value),
                write: [...companions, ...(found === undefined ? [] : [foundFile(place, profile, found)])],
                remove: [],
                result: { ...inputs, digest, driftedKeys: [], ...(found !== undefined && { found }) },
            };
        });
        return { id: `${inputs.path}#${profile}`, state };
    },

    async read(id, state) {
        const place = await findPlace(state.path);
        const text = await readText(place);
        const there = text === undefined ? undefined : standing(findInText(text, state.profile, place.path));
        if (there === undefined) return undefined;
        const { value, companions } = wantedOf(state, place);
        const isWhole = await Promise.all(
            companions.map(async (each) => (await readCompanion(each)) === each.content),
        );
        const keys = driftedKeys(value, there.value);
        const lost = isWhole.includes(false) ? certificateKeys(state.client) : [];
        const drifted = [...new Set([...keys, ...lost])].sort();
        return { id, state: { ...state, digest: digestOf(there.value), driftedKeys: drifted } };
    },

    update(_id, state, inputs, context) {
        const { profile } = inputs;
        return changeFile(inputs.path, context, (text, place) => {
            const file = findInText(text ?? EMPTY, profile, place.path);
            const { value, companions } = wantedOf(inputs, place);
            const digest = digestOf(value);
            const there = standing(file);
            if (there !== undefined && ![state.digest, digest].includes(digestOf(there.value))) {
                throw changed(place, profile);
            }
            return {
                text: withProfile(file, value),
                write: companions,
                remove: companions.length === 0 ? [certificateFileOf(place, profile)] : [],
                result: {
                    ...inputs,
                    digest,
                    driftedKeys: [],
                    ...(state.found !== undefined && { found: state.found }),
                },
            };
        });
    },

    async delete(_id, state, context) {
        const { profile } = state;
        const remove = (place: Place) => [certificateFileOf(place, profile), foundFileOf(place, profile)];
        const here = await findPlace(state.path);
        if (!here.exists) {
            await Promise.all(remove(here).map(removeCompanion));
            return;
        }
        await changeFile(state.path, context, (text, place) => {
            const file = findInText(text ?? EMPTY, profile, place.path);
            const there = standing(file);
            if (there !== undefined && digestOf(there.value) !== state.digest) throw changed(place, profile);
            const isGivenBack = there !== undefined && state.found !== undefined;
            const left = isGivenBack ? withRaw(file, state.found) : withoutProfile(file);
            return {
                text: left === EMPTY && !place.isLinked ? null : left,
                write: [],
                remove: remove(place),
                result: undefined,
            };
        });
    },
};

interface Wanted {
    readonly value: ProfileValue;
    readonly companions: readonly Companion[];
}

function wantedOf(inputs: SdkProfileInputs, place: Place): Wanted {
    const { clientCertificate: pair, clientCertificateFile: file } = inputs;
    if (pair !== undefined) {
        const companion = certificateFile(place, inputs.profile, pair);
        return { value: profileValue(inputs, companion.path), companions: [companion] };
    }
    // No client expands `~`.
    return { value: profileValue(inputs, file && expandHome(file)), companions: [] };
}

/** osc-cli reads the first of two files that exists: a new one would hide every profile of the older. */
async function refuseHiding({ path, exists }: Place): Promise<void> {
    const older = join(homedir(), ".osc_sdk", "config.json");
    if (exists || path !== join(homedir(), ".osc", "config.json")) return;
    const hides = await lstat(older).then(
        () => true,
        () => false,
    );
    if (!hides) return;
    throw refuseFile(
        `There is no ${path} yet, and making it would hide ${older} from osc-cli, which reads the first of them that exists`,
        "Write to the older file (`path`: ~/.osc_sdk/config.json), or move that file to the new place first.",
    );
}

function taken({ path }: Place, profile: string): PortcullisError {
    return new PortcullisError({
        code: "AmbiguousMatch",
        property: "profile",
        problem: `${path} already has a profile ${JSON.stringify(profile)} that this resource did not write; nothing has been written.`,
        remedy: "Choose another `profile`, or set `adopt` to take it over until this resource is destroyed.",
    });
}

function changed({ path }: Place, profile: string): PortcullisError {
    return refuseFile(
        `The profile ${JSON.stringify(profile)} of ${path} is not as it was last seen`,
        "Run `pulumi refresh`, see in `driftedKeys` what was changed, and run again: it is then overwritten or removed. " +
            "Where it is to stay, take the resource out of the stack with `pulumi state delete` instead.",
    );
}
