/** Calls of AWS's APIs that tests make to moto: unsigned, for it looks at a call's region and at nothing else of it. */

export const REGION = "eu-west-3";
/** Credentials for programs that will not call without any. */
export const CREDENTIALS = {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: REGION,
} as const;

function headers(service: string, type: string): Record<string, string> {
    const scope = `test/20260101/${REGION}/${service}/aws4_request`;
    return {
        Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
        "Content-Type": type,
    };
}

/** A call of one of the services that take JSON, as `TrentService.CreateKey` of KMS; gives the answer. */
export async function callJson(url: string, service: string, target: string, body: object): Promise<unknown> {
    const answer = await fetch(url, {
        method: "POST",
        headers: { ...headers(service, "application/x-amz-json-1.1"), "X-Amz-Target": target },
        body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${target}: HTTP ${answer.status} ${await answer.text()}`);
    return answer.json();
}

/** A call of one of the services that take forms and answer XML; gives the answer's text. */
export async function callQuery(
    url: string,
    service: string,
    parameters: Readonly<Record<string, string>>,
): Promise<string> {
    const answer = await fetch(url, {
        method: "POST",
        headers: headers(service, "application/x-www-form-urlencoded"),
        body: new URLSearchParams(parameters).toString(),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${parameters.Action ?? service}: HTTP ${answer.status} ${text}`);
    return text;
}

/** A symmetric key; gives its ARN. */
export async function createKey(url: string): Promise<string> {
    const answer = await callJson(url, "kms", "TrentService.CreateKey", {});
    const { KeyMetadata } = answer as { KeyMetadata: { Arn: string } };
    return KeyMetadata.Arn;
}

/** A running instance with this private address and this tag; gives its id. */
export async function createInstance(
    url: string,
    { address, tag }: { readonly address: string; readonly tag: readonly [key: string, value: string] },
): Promise<string> {
    const text = await callQuery(url, "ec2", {
        ...{
            Action: "RunInstances",
            Version: "2016-11-15",
            ImageId: "ami-12345678",
            InstanceType: "t3.small",
        },
        ...{ MinCount: "1", MaxCount: "1", PrivateIpAddress: address },
        "TagSpecification.1.ResourceType": "instance",
        "TagSpecification.1.Tag.1.Key": tag[0],
        "TagSpecification.1.Tag.1.Value": tag[1],
    });
    const id = /<instanceId>(i-[0-9a-f]+)<\/instanceId>/.exec(text)?.[1];
    if (id === undefined) throw new Error(`RunInstances gave no instance: ${text}`);
    return id;
}

export async function terminateInstance(url: string, id: string): Promise<void> {
    await callQuery(url, "ec2", {
        ...{ Action: "TerminateInstances", Version: "2016-11-15", "InstanceId.1": id },
    });
}
