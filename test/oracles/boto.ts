/** The official AWS SDK for Python, which comes with moto: several calls a process, with one role's or user's credentials. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { REGION } from "../../tools/services/moto-calls";

export interface AwsCredentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly token?: string;
}

export interface AwsCall {
    /** As the SDK calls it: "secretsmanager". */
    readonly service: string;
    /** In the SDK's form: "get_secret_value". */
    readonly operation: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
}

/** What became of a call: "ok", or the code of its error. */
export interface AwsResult {
    readonly code: string;
    readonly answer?: Readonly<Record<string, unknown>>;
}

/** The results of the calls, in their order. */
export function callAws(
    python: string,
    endpoint: string,
    { accessKeyId, secretAccessKey, token }: AwsCredentials,
    calls: readonly AwsCall[],
): Promise<readonly AwsResult[]> {
    const { PATH = "" } = process.env;
    const env = {
        ...{ PATH, ENDPOINT: endpoint, AWS_DEFAULT_REGION: REGION, PYTHONWARNINGS: "ignore" },
        ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
        ...(token !== undefined && { AWS_SESSION_TOKEN: token }),
        AWS_EC2_METADATA_DISABLED: "true",
    };
    return new Promise((resolve, reject) => {
        const child = execFile(
            python,
            [join(__dirname, "boto.py")],
            { env, timeout: 120_000, maxBuffer: 16 * 1024 * 1024 },
            (error, stdout, stderr) => {
                if (error !== null) reject(new Error(stderr || error.message));
                // boto.py prints exactly this.
                else resolve(JSON.parse(stdout) as AwsResult[]);
            },
        );
        child.stdin?.end(JSON.stringify(calls));
    });
}
