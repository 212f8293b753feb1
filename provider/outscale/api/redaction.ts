/** Keeps what identifies the caller out of texts that came from elsewhere. */
import { withoutSecrets } from "../../redaction";

/** Replaces every given secret, and anything of the form of a signature or a private key, by a mark. */
export function redact(text: string, secrets: readonly string[]): string {
    return withoutSecrets(text, secrets, MARK)
        .replaceAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, MARK)
        .replaceAll(/(OSC4|AWS4)-HMAC-SHA256 Credential=[^"]*Signature=[0-9a-f]+/g, MARK)
        .replaceAll(/Signature=[0-9a-f]+/g, MARK);
}

const MARK = "[hidden]";
