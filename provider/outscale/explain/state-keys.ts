/** The access keys and the policy of an account, as far as a Pulumi stack's state has them. */
import { z } from "zod";
import { readable } from "../../declarations";
import { engineType } from "../../engine-type";
import type { ExportedResource } from "../../exported-state";
import { accessKey } from "../access-key";
import type { OwnedKey } from "../access-keys";
import { accountRecord } from "../account-record";
import type { ApiAccessPolicy } from "../api/objects";
import { apiAccessPolicy } from "../api-access-policy";
import { keyAudit } from "../key-audit";
import { secondsOf } from "../policy-inputs";

const made = z.object({
    accessKeyId: z.string(),
    userName: z.string().optional(),
    state: z.enum(["ACTIVE", "INACTIVE"]).catch("ACTIVE"),
    tag: z.string().optional(),
    expirationDate: z.string().optional(),
    previous: z.object({ accessKeyId: z.string(), expirationDate: z.string().optional() }).optional(),
});
const audited = z.object({
    found: accountRecord,
    dates: z.record(z.string(), z.string()).default({}),
    remove: z.array(z.string()).default([]),
});
const policy = z.object({
    maxAccessKeyExpiration: z.string().optional(),
    requireTrustedEnv: z.boolean().default(false),
    onlyRelax: z.boolean().default(false),
});

/**
 * The keys that the program made, and those that an audit found, with the dates that it set; undefined where the state
 * has neither. What cannot be read is left out: nothing here decides whom a rule admits.
 */
export function keysIn(ours: readonly ExportedResource[]): readonly OwnedKey[] | undefined {
    const audits = readable(audited, outputsOf(ours, keyAudit.token));
    const keys = readable(made, outputsOf(ours, accessKey.token));
    if (audits.length + keys.length === 0) return undefined;
    const removed = new Set(audits.flatMap(({ remove }) => remove));
    const dates = Object.assign({}, ...audits.map((audit) => audit.dates)) as Record<string, string>;
    const found = audits
        .flatMap((audit) => audit.found.keys)
        .filter(({ accessKeyId }) => !removed.has(accessKeyId))
        .map((key): OwnedKey => {
            const date = dates[key.accessKeyId];
            return date === undefined ? key : { ...key, expirationDate: date };
        });
    const present = keys.map(({ previous: _previous, ...key }): OwnedKey => key);
    const before = keys.flatMap(({ previous, expirationDate: _end, ...key }): OwnedKey[] =>
        previous === undefined ? [] : [{ ...key, ...previous }],
    );
    return [...new Map([...found, ...present, ...before].map((key) => [key.accessKeyId, key])).values()];
}

/** The policy that the program sets, if any: one that only relaxes does not say what the account has. */
export function policyIn(ours: readonly ExportedResource[]): ApiAccessPolicy | undefined {
    const declared = readable(policy, outputsOf(ours, apiAccessPolicy.token)).find(
        ({ onlyRelax }) => !onlyRelax,
    );
    if (declared === undefined) return undefined;
    return {
        MaxAccessKeyExpirationSeconds: secondsOf(declared.maxAccessKeyExpiration),
        RequireTrustedEnv: declared.requireTrustedEnv,
    };
}

function outputsOf(ours: readonly ExportedResource[], token: string): readonly object[] {
    return ours.filter(({ type }) => type === engineType(token)).map(({ outputs }) => outputs);
}
