// Jest runs the unit tests: pure logic, and components under mocks.
module.exports = {
    testEnvironment: "node",
    roots: ["<rootDir>/test/unit"],
    testMatch: ["**/*.test.ts"],
    transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
    modulePathIgnorePatterns: ["<rootDir>/dist"],
};
