/** The errors of the API, and which of their codes are documented. */

/** What a call answers: an HTTP status and a JSON body. */
export interface ApiAnswer {
    readonly status: number;
    readonly body: unknown;
}

/** Thrown by a call to answer with an error. */
export class Refusal extends Error {
    constructor(
        public readonly status: number,
        public readonly code: string,
        public readonly type: string,
        public readonly details: string,
    ) {
        super(`${code} ${type}: ${details}`);
        this.name = "Refusal";
    }
}

/** The body of every error: the code is a string. */
export function errorBody(refusal: Refusal, requestId: string): unknown {
    return {
        Errors: [{ Code: refusal.code, Type: refusal.type, Details: refusal.details }],
        ResponseContext: { RequestId: requestId },
    };
}

/**
 * Codes 1, 11, 13, 14, 24 and 25 stand on the API's error page 1.39.1; 2, 6, 9 and 12 on that of 1.28.5.
 * They are common to all calls.
 */
export const gateway = {
    authenticationFailed: (why: string) =>
        new Refusal(401, "1", "AccessDenied", `ErrorAuthenticationFailed: ${why}`),
    methodNotAllowed: () => new Refusal(405, "2", "AccessDenied", "ErrorHttpMethodNotAllowed"),
    throttledPlatform: () =>
        new Refusal(503, "6", "AccessDenied", "ErrorOperationThrottled: Request rate exceeded."),
    passwordNotAllowed: () =>
        new Refusal(
            401,
            "9",
            "AuthFailure",
            "ErrorAuthFailure: The authentication using login/password is not allowed for this call.",
        ),
    lockedForGood: () =>
        new Refusal(
            401,
            "11",
            "AccessDenied",
            "ErrorBruteForceAccessLocked: Too many failed connection attempts. " +
                "Your access has been permanently locked. Please, contact the support to unlock it.",
        ),
    unknownAuthorizationType: () =>
        new Refusal(
            401,
            "12",
            "AccessDenied",
            "ErrorUnknownAuthorizationType: The authentication type in the Authorization header is unknown.",
        ),
    lockedFor: (seconds: number) =>
        new Refusal(
            401,
            "13",
            "AccessDenied",
            "ErrorTemporaryBruteForceAccessLockedException: Too many failed connection attempts. " +
                `Your access has been locked for ${seconds} seconds.`,
        ),
    unmatchedApiAccessRules: () =>
        new Refusal(
            401,
            "14",
            "AccessDenied",
            "ErrorUnmatchedApiAccessRules: The authentication method does not comply with the API access rules " +
                "configured for your account. Please, use a valid certificate or IP address.",
        ),
    throttledAccount: () =>
        new Refusal(429, "24", "AccessDenied", "ErrorOperationThrottledPerAccount: Request rate exceeded."),
    throttledCall: () =>
        new Refusal(429, "25", "AccessDenied", "ErrorOperationThrottledPerCall: Request rate exceeded."),
    /** Not documented: a server's own fault has no code of its own that could be found. */
    internalError: (status: number) =>
        new Refusal(status, "2000", "InternalError", "An internal error has occurred."),
    /** Named `no-such-call` in the official list of gateway errors; the status is not documented. */
    noSuchCall: (call: string) =>
        new Refusal(404, "5011", "InvalidResource", `The call '${call}' does not exist.`),
};

/**
 * Errors about parameters. 4045, 4047, 4106 and 4108 carry these names in the official list of gateway errors, and
 * 4110 was seen for a wrong type; which of them the real API picks in each case is not documented.
 */
export const parameter = {
    /** The code is not documented. */
    missing: (name: string) =>
        new Refusal(400, "7000", "MissingParameter", `The required parameter '${name}' is missing.`),
    unknown: (name: string) =>
        new Refusal(400, "4045", "InvalidParameter", `The parameter '${name}' is not valid for this call.`),
    /** `wanted` is a JSON type; the value itself is not repeated, since it may be a secret. */
    wrongType: (name: string, wanted: string) =>
        new Refusal(400, "4110", "InvalidParameterValue", `Wrong type. '${name}' must be '${wanted}' type.`),
    /** Seen word for word from the real API for `ExpirationDate: ""`; only its code is not known. */
    unknownType: (name: string) =>
        new Refusal(400, "4108", "InvalidParameterType", `The parameter type of ${name} is unknown.`),
    invalid: (name: string, why: string) =>
        new Refusal(400, "4047", "InvalidParameterValue", `The value of '${name}' is not valid: ${why}`),
    malformedBody: (why: string) => new Refusal(400, "4045", "InvalidParameter", why),
    bodyTooLarge: (limit: number) =>
        new Refusal(413, "4106", "InvalidParameterValue", `The body exceeds ${limit} bytes.`),
};

/** Errors about what a call names or would break. Each comment says what is known of its code. */
export const resource = {
    /** Named `access-keys-not-found` in the official list. */
    noSuchAccessKey: () =>
        new Refusal(400, "4000", "InvalidParameterValue", "The access key does not exist for this user."),
    /** Named `no-such-user` in the official list. */
    noSuchUser: (name: string) =>
        new Refusal(400, "5075", "InvalidResource", `The user '${name}' does not exist.`),
    /** Named `duplicate-username` in the official list. */
    duplicateUser: (name: string) =>
        new Refusal(409, "9022", "ResourceConflict", `The user '${name}' already exists.`),
    /** Named `no-such-certificate` in the official list; that CAs use it is a guess. */
    noSuchCa: (id: string) => new Refusal(400, "5012", "InvalidResource", `The CA '${id}' does not exist.`),
    /** Not documented. */
    noSuchRule: (id: string) =>
        new Refusal(400, "5901", "InvalidResource", `The API access rule '${id}' does not exist.`),
    /** Not documented: only that the call is refused. */
    lastRule: () =>
        new Refusal(409, "9901", "ResourceConflict", "The last remaining API access rule cannot be deleted."),
    /** Not documented, and only with `refuseDeleteOfUsedCa`. */
    caInUse: (ruleIds: readonly string[]) =>
        new Refusal(424, "1901", "DependencyProblem", `The CA is used by ${ruleIds.join(", ")}.`),
    /** Not documented: only that such a key must be inactive first. */
    activeKey: () =>
        new Refusal(409, "9902", "ResourceConflict", "The access key of an EIM user must be INACTIVE first."),
    /** Not documented: only that such a user cannot be deleted. */
    userHasKeys: (name: string) =>
        new Refusal(409, "9903", "ResourceConflict", `The user '${name}' still has access keys.`),
    /** Not documented: only the preconditions. */
    policyUnmet: (why: string) => new Refusal(409, "9904", "ResourceConflict", why),
};
