// The lint rules: typescript-eslint, strict and type-checked, with Pulumi's rule against outputs in texts.
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

/** Imports from these places; `@pulumi` stands for the SDK. */
function from(...places) {
    const group = places.map((place) => (place === "@pulumi" ? "@pulumi/*" : `**/${place}/**`));
    const message =
        "Arrows go one way: sdk to components to provider, policy to provider; emulators stand alone (CONTRIBUTING.md).";
    return { group, message };
}

/** Refuses such imports. */
function refused(...patterns) {
    return { "no-restricted-imports": ["error", { patterns }] };
}

function closed(...places) {
    return refused(from(...places));
}

export default tseslint.config(
    { ignores: ["dist/**", "node_modules/**", ".portcullis/**"] },
    ...tseslint.configs.strictTypeChecked,
    {
        languageOptions: {
            parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname },
        },
        plugins: { "@pulumi": pulumi },
        rules: {
            "@pulumi/no-output-in-template-literal": "error",
            "@typescript-eslint/switch-exhaustiveness-check": "error",
            "@typescript-eslint/restrict-template-expressions": [
                "error",
                { allowNumber: true, allowBoolean: true },
            ],
            "@typescript-eslint/no-import-type-side-effects": "error",
            "@typescript-eslint/consistent-type-imports": "error",
            "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
            "max-lines": ["error", { max: 320, skipBlankLines: true, skipComments: true }],
        },
    },
    {
        files: ["**/*.mjs", "**/*.cjs", "**/*.js"],
        extends: [tseslint.configs.disableTypeChecked],
        rules: {
            // These need types, which plain JavaScript has none of.
            "@pulumi/no-output-in-template-literal": "off",
            "@typescript-eslint/switch-exhaustiveness-check": "off",
            "@typescript-eslint/no-require-imports": "off",
        },
    },
    {
        files: ["provider/**"],
        rules: closed("components", "policy", "sdk", "emulators", "test", "tools", "@pulumi"),
    },
    {
        // The half of the provider that programs run.
        files: ["provider/dynamic.ts", "provider/*/program/**"],
        rules: closed("components", "sdk", "emulators", "test", "tools"),
    },
    {
        files: ["policy/**"],
        rules: closed("components", "sdk", "emulators", "test", "tools"),
    },
    { files: ["components/**"], rules: closed("policy", "sdk", "emulators", "test", "tools") },
    {
        files: ["components/*/**"],
        rules: refused(from("policy", "sdk", "emulators", "test", "tools"), {
            regex: "^\\.\\./(?!\\.\\.)[^/]+/",
            message:
                "Components do not import one another: what two of them share is above both, in components/ itself.",
        }),
    },
    { files: ["sdk/**"], rules: closed("test", "tools") },
    {
        // The command runs outside of `pulumi up`.
        files: ["sdk/cli/**"],
        rules: closed("components", "program", "test", "tools", "@pulumi"),
    },
    { files: ["emulators/**"], rules: closed("provider", "components", "sdk", "test", "tools", "@pulumi") },
    {
        files: ["test/unit/**"],
        rules: { "@typescript-eslint/unbound-method": "off" },
    },
);
