// Jest runs the unit tests: pure logic, and components under mocks.
module.exports = {
    testEnvironment: "node",
    roots: ["<rootDir>/test/unit"],
    testMatch: ["**/*.test.ts"],
    // Types are checked by a step of their own: here every file is only transpiled.
    transform: {
        "\\.ts$": [
            "ts-jest",
            {
                diagnostics: false,
                tsconfig: {
                    target: "ES2022",
                    module: "commonjs",
                    esModuleInterop: true,
                    isolatedModules: true,
                },
            },
        ],
    },
    modulePathIgnorePatterns: ["<rootDir>/dist"],
};
