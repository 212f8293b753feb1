/** A rule that a program declares, as plan and proof take it: with certificates in place of authority ids. */
import { z } from "zod";
import { certificatePem, ipRange, textSet } from "./schemas";

export const declaredRule = z.strictObject({
    name: z.string().min(1),
    ruleId: z.string().min(1).optional(),
    authorityPems: z.array(certificatePem).default([]),
    cns: textSet(z.string()),
    ipRanges: textSet(ipRange),
});

/** A rule that the program declares, with the certificates of the authorities that it names. */
export type DeclaredRule = z.output<typeof declaredRule>;
