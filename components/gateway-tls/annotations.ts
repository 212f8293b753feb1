/** The Gateway's annotations: those by which cert-manager issues, and which others it may have. */
import { durationOrUndefined } from "../../provider/duration";
import type { Issuer } from "../../provider/kubernetes/issuer";
import type { CheckFailure } from "../../provider/resource";
import { valueRefusal } from "./annotation-values";
import { timeFailures } from "./certificates";

const PREFIX = "cert-manager.io/";

/** What cert-manager reads at a Gateway that names its issuer. Source: pkg/controller/certificate-shim/helper.go. */
const READ = [
    "alt-names",
    "common-name",
    "duration",
    "email-sans",
    "ip-sans",
    "private-key-algorithm",
    "private-key-encoding",
    "private-key-rotation-policy",
    "private-key-size",
    "renew-before",
    "renew-before-percentage",
    "revision-history-limit",
    "secret-template",
    "subject-countries",
    "subject-localities",
    "subject-organizations",
    "subject-organizationalunits",
    "subject-postalcodes",
    "subject-provinces",
    "subject-serialnumber",
    "subject-streetaddresses",
    "usages",
];

/** The annotation that names the issuer. */
export function issuerAnnotation({ kind, name }: Issuer): Readonly<Record<string, string>> {
    return { [`${PREFIX}${kind === "Issuer" ? "issuer" : "cluster-issuer"}`]: name };
}

/** What is wrong with annotations besides that one. */
export function annotationFailures(
    annotations: Readonly<Record<string, string>>,
    issuer: Issuer,
    isExplicit: boolean,
): readonly CheckFailure[] {
    const own = Object.keys(annotations).filter((key) => key.startsWith(PREFIX));
    const failures = own.flatMap((key) => {
        const reason = keyRefusal(key.slice(PREFIX.length), isExplicit);
        return reason === undefined ? [] : [{ property: `annotations["${key}"]`, reason }];
    });
    return failures.length > 0 || isExplicit ? failures : valueFailures(annotations, issuer);
}

function keyRefusal(key: string, isExplicit: boolean): string | undefined {
    if (["issuer", "cluster-issuer", "issuer-kind", "issuer-group"].includes(key)) {
        return isExplicit
            ? "With it, cert-manager would make certificates of its own for the secrets of `certificates`. Leave it out."
            : "The component names the issuer, and with two such annotations cert-manager issues nothing. Set `issuer` instead.";
    }
    if (isExplicit)
        return "cert-manager does not read it where `certificates` are given. Set it there instead.";
    if (READ.includes(key)) return undefined;
    if (key === "ignore-tls-listeners") {
        return "A listener that cert-manager ignores has no certificate. Leave the listener out instead.";
    }
    return `cert-manager reads no such annotation at a Gateway, and says nothing of it. Those of certificates are ${READ.map((one) => `${PREFIX}${one}`).join(", ")}.`;
}

function valueFailures(
    annotations: Readonly<Record<string, string>>,
    issuer: Issuer,
): readonly CheckFailure[] {
    const own = Object.fromEntries(
        Object.entries(annotations).flatMap(([key, value]) =>
            key.startsWith(PREFIX) ? [[key.slice(PREFIX.length), value] as const] : [],
        ),
    );
    const failures = Object.keys(own).flatMap((key): readonly CheckFailure[] => {
        const reason = valueRefusal(key, own, issuer);
        return reason === undefined ? [] : [{ property: `annotations["${PREFIX}${key}"]`, reason }];
    });
    if (failures.length > 0) return failures;
    const { duration, "renew-before": renewBefore } = own;
    const asked = durationOrUndefined(duration ?? "2160h") ?? 0;
    const found = timeFailures(
        { ...(duration !== undefined && { duration }), ...(renewBefore !== undefined && { renewBefore }) },
        issuer,
        "",
        // Unless it is said, cert-manager renews when a third is left.
        {
            duration: asked,
            renewBefore: renewBefore === undefined ? asked / 3 : (durationOrUndefined(renewBefore) ?? 0),
        },
    );
    return found.map(({ property, reason }) => ({
        property: `annotations["${PREFIX}${property === ".duration" ? "duration" : "renew-before"}"]`,
        reason,
    }));
}
