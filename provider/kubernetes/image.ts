/** Names of container images: which of them say what will run. */

const IMAGE =
    /^(?:[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]{1,5})?\/)?[a-z0-9]+(?:(?:\.|_|__|-+|\/)[a-z0-9]+)*(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@sha256:[0-9a-f]{64})?$/;

/** Why an image's name does not say what will run, with what to do; undefined where it does. */
export function imageFault(image: string): string | undefined {
    const match = IMAGE.exec(image);
    if (match === null) {
        return 'It is no name of an image. Write it as "docker.io/library/node:22.22.0-bookworm-slim", with "@sha256:…" behind it where it is pinned.';
    }
    const [, tag, digest] = match;
    if (digest !== undefined || (tag !== undefined && tag !== "latest")) return undefined;
    return 'What it stands for changes without a word. Give a tag other than "latest", or a digest.';
}
