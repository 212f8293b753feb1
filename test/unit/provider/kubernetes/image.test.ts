/** Names of container images: which say what will run. */
import { expect, test } from "@jest/globals";
import { imageFault } from "../../../../provider/kubernetes/image";

const DIGEST = `sha256:${"0a".repeat(32)}`;

test.each([
    "node:22-slim",
    "docker.io/library/node:22.22.0-bookworm-slim",
    `node@${DIGEST}`,
    `registry.example.org:5000/mirror/node:22@${DIGEST}`,
    `node:latest@${DIGEST}`,
])("%s is taken", (image) => {
    expect(imageFault(image)).toBeUndefined();
});

test.each(["node", "node:latest", "registry.example.org:5000/node"])("%s says nothing for sure", (image) => {
    expect(imageFault(image)).toBe(
        'What it stands for changes without a word. Give a tag other than "latest", or a digest.',
    );
});

test.each(["", "Node:22", "node:", "node@sha256:12", "https://docker.io/node:22", "node:22 "])(
    "%j is no name",
    (image) => {
        expect(imageFault(image)).toMatch(/^It is no name of an image\. Write it as "docker/);
    },
);
