// Mocha runs what meets real servers and the real engine: test/integration, test/explore, test/e2e.
module.exports = {
    require: ["tsx/cjs"],
    extension: ["ts"],
    timeout: 60_000,
    slow: 5_000,
    forbidOnly: Boolean(process.env.CI),
};
