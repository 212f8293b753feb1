// Mocha's own listing, and at the end the counts as JSON in the file that PORTCULLIS_COUNTS names.
const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

module.exports = class CountingReporter extends reporters.Spec {
    constructor(runner, options) {
        super(runner, options);
        runner.once(Runner.constants.EVENT_RUN_END, () => {
            const { passes, failures, pending } = runner.stats;
            const counts = { passed: passes, failed: failures, skipped: pending };
            writeFileSync(process.env.PORTCULLIS_COUNTS, JSON.stringify(counts));
        });
    }
};
