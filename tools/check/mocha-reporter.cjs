// Mocha's own listing, and at the end the counts and failures as JSON in the file that PORTCULLIS_COUNTS names.
const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

module.exports = class CountingReporter extends reporters.Spec {
    constructor(runner, options) {
        super(runner, options);
        const failed = [];
        runner.on(Runner.constants.EVENT_TEST_FAIL, (test, error) => {
            failed.push({ name: test.fullTitle(), message: String(error?.message ?? error) });
        });
        runner.once(Runner.constants.EVENT_RUN_END, () => {
            const { passes, failures, pending } = runner.stats;
            const counts = { passed: passes, failed: failures, skipped: pending, tests: failed };
            writeFileSync(process.env.PORTCULLIS_COUNTS, JSON.stringify(counts));
        });
    }
};
